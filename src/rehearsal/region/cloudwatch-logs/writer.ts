// Writes what a build or a function says to its log stream, in the name of its role.
import type { Caller } from '../service';

export interface LogWriter {
  /** Lines of text; the last may be unfinished. */
  readonly write: (text: string) => void;
  /** Writes what is left. Settles when all of it is there. @throws AwsError when the log cannot be written */
  end(): Promise<void>;
}

/** Milliseconds between two calls: builds say a lot. */
const INTERVAL_MS = 200;

export async function logWriter(caller: Caller, logGroupName: string, logStreamName: string): Promise<LogWriter> {
  await caller.call('logs', 'CreateLogStream', { logGroupName, logStreamName });
  let rest = '';
  let events: { timestamp: number; message: string }[] = [];
  let sent = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    timer = undefined;
    if (events.length === 0) return;
    const logEvents = events;
    events = [];
    sent = sent.then(async () => {
      await caller.call('logs', 'PutLogEvents', { logGroupName, logStreamName, logEvents });
    });
    sent.catch(() => undefined); // told by `end`
  };
  const take = (lines: readonly string[]): void => {
    const timestamp = Date.now();
    // An event may not be empty.
    events.push(...lines.filter((line) => line !== '').map((line) => ({ timestamp, message: line })));
    timer ??= setTimeout(flush, INTERVAL_MS);
  };
  return {
    write(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      take(lines.map((line) => line.replace(/\r$/, '')));
    },
    async end() {
      take([rest]);
      rest = '';
      clearTimeout(timer);
      flush();
      await sent;
    },
  };
}
