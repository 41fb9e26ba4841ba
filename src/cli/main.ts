// From a program's arguments to a command, and from what a command throws to a sentence and an exit code.
import { OptionError, OPTION_NAMES, optionFlag } from '../options';
import { COMMANDS } from './commands';
import { type Host, InterruptedError } from './host';
import { UsageError } from './usage';

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

function exitCode(error: unknown): number {
  if (error instanceof InterruptedError) return 130; // as shells report SIGINT
  return error instanceof UsageError || error instanceof OptionError ? 2 : 1;
}

/** A sentence for what was foreseen, by errors of our own or the system's; the stack for what was not. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof OptionError) {
    const option = OPTION_NAMES.find((name) => name === error.option);
    return `${option ? optionFlag(option) : error.option} ${error.reason}.`;
  }
  const foreseen = error.constructor !== Error && !UNFORESEEN.some((type) => error instanceof type);
  return foreseen || 'code' in error ? error.message : (error.stack ?? error.message);
}

const UNFORESEEN = [TypeError, ReferenceError, RangeError, SyntaxError];
