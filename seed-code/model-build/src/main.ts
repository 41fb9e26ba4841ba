// Routes `model-build COMMAND …` to its command; each is loaded only when it is asked for.

/** A command: takes its arguments, prints, returns the exit code (0 done, 1 failed, 2 wrong usage). */
type Command = (args: readonly string[]) => Promise<number>;

const COMMANDS: Record<string, { readonly about: string; readonly load: () => Promise<{ run: Command }> }> = {};

async function main([name, ...args]: readonly string[]): Promise<number> {
  const command = COMMANDS[name ?? ''];
  if (command) return (await command.load()).run(args);
  const asked = name === undefined || name === '--help' || name === 'help';
  const lines = Object.entries(COMMANDS).map(([key, { about }]) => `  ${key.padEnd(10)}${about}`);
  (asked ? process.stdout : process.stderr).write(
    `${asked ? '' : `There is no command ${JSON.stringify(name)}.\n`}Usage: model-build COMMAND [options]\n${lines.join('\n')}\n`,
  );
  return asked ? 0 : 2;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
