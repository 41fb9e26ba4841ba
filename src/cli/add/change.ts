// A change of a project: new files and a changed definition, put in place together and regenerated, or not at all.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { RegenerationError, type Report, regenerateProject } from '../../upgrade';
import type { Host } from '../host';
import { UsageError } from '../usage';
import type { FoundProject } from './project';

export interface Change {
  /** Text of `.projenrc.ts` afterwards. */
  readonly definition: string;
  /** Text by path from the project's root. */
  readonly files: ReadonlyMap<string, string>;
}

/** @throws UsageError for a file that is there already: nothing of the team's is written over */
export function checkFree({ root }: FoundProject, { files }: Change): void {
  const taken = [...files.keys()].find((path) => existsSync(join(root, path)));
  if (taken !== undefined) throw new UsageError(`${taken} is there already: choose another name, or move it.`);
}

/**
 * @returns what regenerating did, conflicts among it
 * @throws RegenerationError after everything is again as it was
 */
export async function apply(project: FoundProject, change: Change, host: Host): Promise<Report> {
  const before = readFileSync(project.definition, 'utf8');
  const undo = (): void => {
    writeFileSync(project.definition, before);
    for (const path of change.files.keys()) rmSync(join(project.root, path), { force: true });
  };
  try {
    for (const [path, text] of change.files) {
      mkdirSync(dirname(join(project.root, path)), { recursive: true });
      writeFileSync(join(project.root, path), text);
    }
    writeFileSync(project.definition, change.definition);
    return await regenerate(project, host);
  } catch (error) {
    undo();
    throw error;
  }
}

async function regenerate({ root }: FoundProject, host: Host): Promise<Report> {
  try {
    return await regenerateProject(root, {}, { env: host.env, signal: host.interrupted });
  } catch (error) {
    if (!(error instanceof RegenerationError)) throw error;
    throw new RegenerationError(
      `The change was taken back, since the project does not regenerate with it: ${error.message}`,
    );
  }
}

/** The line of the definition that changes, and the files that are new, for people. */
export function preview(project: FoundProject, change: Change): string[] {
  const before = new Set(readFileSync(project.definition, 'utf8').split('\n'));
  const lines = change.definition.split('\n').filter((line) => !before.has(line));
  return [
    `${relative(project.root, project.definition)}:`,
    ...lines.map((line) => `+ ${line.trim()}`),
    ...[...change.files.keys()].map((path) => `new: ${path}`),
  ];
}
