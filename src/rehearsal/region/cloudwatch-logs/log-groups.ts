// Log groups and their streams on disk: a file of JSON lines for each stream.
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Collection } from '../collection';

export interface LogGroup {
  readonly logGroupName: string;
  /** Milliseconds since 1970. */
  readonly creationTime: number;
  readonly retentionInDays?: number;
  readonly kmsKeyId?: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface LogStream {
  readonly logStreamName: string;
  readonly creationTime: number;
}

export interface LogEvent {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly message: string;
}

export class LogGroups {
  readonly groups: Collection<LogGroup>;
  /** By `<group>:<stream>`: neither may hold a colon. */
  readonly streams: Collection<LogStream>;

  constructor(private readonly folder: string) {
    this.groups = new Collection(join(folder, 'groups'));
    this.streams = new Collection(join(folder, 'streams'));
    mkdirSync(join(folder, 'events'), { recursive: true });
  }

  append(group: string, stream: string, events: readonly LogEvent[]): void {
    const lines = events.map(({ timestamp, message }) => `${JSON.stringify({ timestamp, message })}\n`);
    appendFileSync(this.file(group, stream), lines.join(''));
  }

  events(group: string, stream: string): LogEvent[] {
    const file = this.file(group, stream);
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LogEvent); // written by `append` alone
  }

  delete(group: string): void {
    for (const [name, { logStreamName }] of this.streams.entries()) {
      if (name !== `${group}:${logStreamName}`) continue;
      rmSync(this.file(group, logStreamName), { force: true });
      this.streams.delete(name);
    }
    this.groups.delete(group);
  }

  private file(group: string, stream: string): string {
    const name = createHash('sha256').update(`${group}:${stream}`).digest('hex').slice(0, 32);
    return join(this.folder, 'events', `${name}.jsonl`);
  }
}
