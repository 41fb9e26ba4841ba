// From a program's arguments to a command, and from what a command throws to a sentence and an exit code.
import { COMMANDS } from './commands';
import { type Host, UsageError } from './host';

/** `create-drone-mlops …` is `drone-mlops create …`. */
export async function main(program: string, args: readonly string[], host: Host): Promise<number> {
  const [name, ...rest] = program === 'create-drone-mlops' ? ['create', ...args] : args;
  try {
    if (name === undefined || name === '--help' || name === '-h') {
      host.print(help());
      return 0;
    }
    const command = COMMANDS[name];
    if (!command) throw new UsageError(`There is no command ${name}; \`drone-mlops --help\` lists what there is.`);
    return await (await command.load()).run(rest, host);
  } catch (error) {
    const message = describe(error);
    if (args.includes('--json')) host.print(JSON.stringify({ error: message }));
    host.say(message);
    return exitCode(error);
  }
}

function help(): string {
  const lines = Object.entries(COMMANDS).map(([name, { about }]) => `  ${name.padEnd(12)}${about}`);
  return ['Usage: drone-mlops COMMAND [options]', '', ...lines, '', 'drone-mlops COMMAND --help says more.'].join('\n');
}

/** Each bundle has its own copies of the error classes, so errors are told apart by name. */
const EXIT_CODES: Readonly<Record<string, number>> = {
  UsageError: 2,
  InterruptedError: 130, // as shells report SIGINT
};

const UNFORESEEN = ['Error', 'TypeError', 'ReferenceError', 'RangeError', 'SyntaxError', 'AssertionError'];

function exitCode(error: unknown): number {
  return error instanceof Error ? (EXIT_CODES[error.name] ?? 1) : 1;
}

/** A sentence for what was foreseen, by errors of our own or the system's; the stack for what was not. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const foreseen = 'code' in error || !UNFORESEEN.includes(error.name);
  return foreseen ? error.message : (error.stack ?? error.message);
}
