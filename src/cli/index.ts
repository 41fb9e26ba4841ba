// The door of the command line: `bin/` bundles call it with the program's name.
import { main } from './main';
import { openTerminal } from './terminal';

export type { Host } from './host';
export { main } from './main';

/** Runs a program in this process and sets its exit code. */
export async function runProgram(program: 'create-drone-mlops' | 'drone-mlops'): Promise<void> {
  process.exitCode = await main(program, process.argv.slice(2), openTerminal());
}
