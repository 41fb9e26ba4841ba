// Arguments of commands: read by commander, which may neither print by itself nor exit.
import { type Command, CommanderError } from 'commander';
import { type Host, UsageError } from './host';

export { UsageError } from './host';

/**
 * Reads a command's arguments into `command`.
 * @returns false when they asked for help or the version, which has been printed
 * @throws UsageError for arguments that the command does not know
 */
export function readArguments(command: Command, args: readonly string[], host: Host): boolean {
  command.exitOverride().configureOutput({
    writeOut: (text) => {
      host.print(text.trimEnd());
    },
    writeErr: () => undefined, // the error that is thrown says it
  });
  try {
    command.parse([...args], { from: 'user' });
    return true;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return false;
    const reason = error.message.replace(/^error: /, '').replace(/\.$/, '');
    throw new UsageError(`${reason}; \`${command.name()} --help\` lists what there is.`);
  }
}
