// How commands parse their arguments: `node:util`'s parseArgs, with wrong usage told apart from failure.
import { parseArgs, type ParseArgsConfig } from 'node:util';

/** The command was called in a way that it does not understand; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command was asked what it takes. */
class HelpAsked extends Error {
  override readonly name = 'HelpAsked';
}

const HELP = { help: { type: 'boolean', short: 'h' } } as const;

/** As `parseArgs`, of a command that also takes --help. @throws UsageError in place of its errors */
export function parseCommandLine<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  let parsed;
  try {
    parsed = parseArgs({ ...config, options: { ...config.options, ...HELP } });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  if ('help' in parsed.values) throw new HelpAsked();
  return parsed as ReturnType<typeof parseArgs<T>>; // But for --help, which is not there, its options are the caller's.
}

/**
 * A number given on the command line.
 * @throws UsageError that names the flag, when it is not a number from `low` to `high`
 */
export function numberFlag(flag: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= low && value <= high)) {
    throw new UsageError(`--${flag} takes a number from ${low} to ${high}, not ${JSON.stringify(text)}.`);
  }
  return value;
}

/** Runs a command. Asked for help, it prints how it is meant; used wrongly, it prints that too, and exits 2. */
export async function withUsage(usage: string, body: () => number | Promise<number>): Promise<number> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof HelpAsked) {
      process.stdout.write(`Usage: ${usage}\n`);
      return 0;
    }
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\nUsage: ${usage}\n`);
    return 2;
  }
}

/** Prints what came of a command on standard output: one JSON value, or lines. */
export function printOutcome(json: boolean | undefined, value: unknown, lines: readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : lines.map((line) => `${line}\n`).join(''));
}
