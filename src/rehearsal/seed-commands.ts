// The seed's own npm scripts, run as CodeBuild would run them, in the rehearsal's isolated environment.
import { run } from '../process';

/** A command of the project failed; the message names it and repeats what it said last. */
export class SeedCommandError extends Error {
  override readonly name = 'SeedCommandError';
}

export interface SeedCommands {
  /** Runs `npm run SCRIPT -- ARGS` and returns its standard output; `permitted` lists exit codes that are answers. */
  run(
    script: string,
    args: readonly string[],
    permitted?: readonly number[],
  ): Promise<{ code: number; stdout: string }>;
  /** As `run`, with `--json`: the one value that the command printed. */
  json(script: string, args: readonly string[], permitted?: readonly number[]): Promise<unknown>;
}

/** Looks at executions and endpoints come often: they cost nothing here. */
export const POLL_SECONDS = '0.5';
/** Lines of a failed command's output that are worth repeating. */
const SAID_LINES = 12;

/** @param onLine what the command says while it runs (its standard error) */
export function seedCommands(
  directory: string,
  env: NodeJS.ProcessEnv,
  onLine: (line: string) => void,
  signal: AbortSignal,
): SeedCommands {
  const runScript: SeedCommands['run'] = async (script, args, permitted = [0]) => {
    const finished = await run('npm', ['run', '--silent', script, '--', ...args], {
      cwd: directory,
      env,
      signal,
      onStderr: (text) => {
        for (const line of text.split('\n')) if (line.trim() !== '') onLine(line);
      },
    });
    if (finished.code === null || !permitted.includes(finished.code)) {
      const how = finished.code === null ? `was ended by ${finished.signal}` : `ended with exit code ${finished.code}`;
      throw failure(script, args, how, `${finished.stdout}\n${finished.stderr}`);
    }
    return { code: finished.code, stdout: finished.stdout };
  };
  return {
    run: runScript,
    async json(script, args, permitted) {
      const { stdout } = await runScript(script, [...args, '--json'], permitted);
      try {
        return JSON.parse(stdout) as unknown;
      } catch {
        throw failure(script, [...args, '--json'], 'answered with something else than JSON', stdout);
      }
    },
  };
}

function failure(script: string, args: readonly string[], how: string, output: string): SeedCommandError {
  const said = output.trim().split('\n').slice(-SAID_LINES).join('\n');
  return new SeedCommandError(`\`npm run ${script} -- ${args.join(' ')}\` ${how}: ${said}`);
}
