// Regenerates a project as `npx projen` does, from outside: runs its definition in a process of its own and reads what it did.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../process';
import { checkManifest } from './manifest';
import type { Outcome } from './outcome';
import { conflictsOf, type Report } from './report';
import { SETTINGS_VARIABLE, type Settings } from './settings';

/** The definition could not be run, or stopped before it wrote anything. */
export class RegenerationError extends Error {
  override readonly name = 'RegenerationError';
}

const JITI = join('node_modules', 'jiti', 'lib', 'jiti-cli.mjs');
const DEFINITION = '.projenrc.ts';

export interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

/**
 * Regenerates the project in a folder with the version that is installed there. Installs nothing.
 * @returns what was done, conflicts among it
 * @throws RegenerationError with what the definition threw, UnreadableJsonError
 */
export async function regenerateProject(
  dir: string,
  settings: Partial<Settings>,
  options: RunOptions,
): Promise<Report> {
  for (const [file, remedy] of [
    [DEFINITION, 'name the folder of a generated project'],
    [JITI, 'run `npm ci` there'],
  ] as const) {
    if (!existsSync(join(dir, file))) throw new RegenerationError(`${dir} has no ${file}: ${remedy}.`);
  }
  checkManifest(dir);
  const work = mkdtempSync(join(tmpdir(), 'drone-mlops-outcome-'));
  const outcomeFile = join(work, 'outcome.json');
  try {
    const finished = await run(process.execPath, [JITI, DEFINITION], {
      cwd: dir,
      env: {
        ...options.env,
        PROJEN_DISABLE_POST: 'true', // whoever asked installs, and says so
        [SETTINGS_VARIABLE]: JSON.stringify({ ...settings, outcomeFile }),
      },
      ...(options.signal ? { signal: options.signal } : {}),
    });
    const said = causeIn(finished.stderr) || finished.stdout.trim() || 'it said nothing';
    if (!existsSync(outcomeFile)) throw new RegenerationError(`${join(dir, DEFINITION)} could not be run: ${said}`);
    // Written by the same settings' reader, in the project's version of this package.
    const outcome = JSON.parse(readFileSync(outcomeFile, 'utf8')) as Outcome;
    if ('error' in outcome) throw new RegenerationError(outcome.error);
    if (finished.code !== 0 && conflictsOf(outcome.report).length === 0) {
      throw new RegenerationError(`The project was regenerated, and then ${join(dir, DEFINITION)} failed: ${said}`);
    }
    return outcome.report;
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** What jiti says of a definition that is no TypeScript: `[Error: ParseError: what \n path:line:column]`. */
const PARSE_ERROR = /^\[Error: ParseError: (.*?)\s*\n\s*(.+:\d+:\d+)\]$/s;

/** What a process said of its end, without the stack. */
function causeIn(stderr: string): string {
  const lines = stderr.trim().split('\n');
  const stack = lines.findIndex((line) => /^\s+at /.test(line));
  const said = (stack < 0 ? lines : lines.slice(0, stack)).join('\n').trim();
  const [, what, place] = PARSE_ERROR.exec(said) ?? [];
  return what === undefined || place === undefined ? said : `${what} at ${place}. Mend it, then run again.`;
}
