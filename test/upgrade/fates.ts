// What may become of files between two versions: each has a doing of the team's and one of the template's, and what would be a loss.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import fc from 'fast-check';

const TEAM = ['nothing', 'edits', 'deletes', 'moves', 'moves and edits', 'makes executable'] as const;
const TEMPLATE = ['nothing', 'edits', 'edits the same line', 'deletes', 'renames', 'renames and edits'] as const;

export type Fate =
  | { readonly kind: 'text'; readonly team: (typeof TEAM)[number]; readonly template: (typeof TEMPLATE)[number] }
  | {
      readonly kind: 'binary';
      readonly team: 'nothing' | 'edits' | 'deletes';
      readonly template: 'nothing' | 'edits' | 'deletes';
    };

/** A project of so many files, and whether an option is switched on with the second version. */
export const project = (files: number) =>
  fc.record({
    option: fc.boolean(),
    fates: fc.array(
      fc.oneof(
        {
          weight: 5,
          arbitrary: fc.record({
            kind: fc.constant('text' as const),
            team: fc.constantFrom(...TEAM),
            template: fc.constantFrom(...TEMPLATE),
          }),
        },
        fc.record({
          kind: fc.constant('binary' as const),
          team: fc.constantFrom('nothing' as const, 'edits' as const, 'deletes' as const),
          template: fc.constantFrom('nothing' as const, 'edits' as const, 'deletes' as const),
        }),
      ),
      { minLength: files, maxLength: files },
    ),
  });

const LINES = 30;
/** Lines that the two write, far enough from each other to be merged. */
const [TEAM_LINE, TEMPLATE_LINE] = [5, 25];

const teamWord = (i: number): string => `the team wrote ${i}`;
const templateWord = (i: number): string => `the template wrote ${i}`;
const path = (i: number, { kind }: Fate): string => `src/room-${i}/file-${i}.${kind === 'text' ? 'ts' : 'bin'}`;
const renamed = (i: number): string => `src/room-${i}/renamed-${i}.ts`;
const bytes = (i: number, who: string): Buffer => Buffer.from(`\u0000${who} ${i}`);

function text(i: number, changed: Readonly<Record<number, string>>): string {
  return Array.from({ length: LINES }, (_, n) => `${changed[n] ?? `line ${n} of ${i}`}\n`).join('');
}

const renames = (fate: Fate): boolean => fate.kind === 'text' && fate.template.startsWith('renames');

/** What the template holds, by path; and which of it has another name than before. */
export function templateFiles(version: 1 | 2, fates: readonly Fate[]) {
  const files: Record<string, Buffer> = {};
  const moves: { from: string; to: string }[] = [];
  for (const [i, fate] of fates.entries()) {
    const from = path(i, fate);
    if (version === 2 && fate.template === 'deletes') continue;
    const to = version === 2 && renames(fate) ? renamed(i) : from;
    if (to !== from) moves.push({ from, to });
    const edits = version === 2 && fate.template.includes('edits');
    if (fate.kind === 'binary') files[to] = bytes(i, edits ? 'template' : 'first');
    else {
      const line = fate.template === 'edits the same line' ? TEAM_LINE : TEMPLATE_LINE;
      files[to] = Buffer.from(text(i, edits ? { [line]: templateWord(i) } : {}));
    }
  }
  return { files, moves };
}

/** Does in a project of the first version what the team does. */
export function teamWorks(dir: string, fates: readonly Fate[]): void {
  for (const [i, fate] of fates.entries()) {
    const file = join(dir, path(i, fate));
    if (fate.team === 'deletes') rmSync(file);
    if (fate.team === 'makes executable') chmodSync(file, 0o755);
    if (fate.team.includes('edits'))
      writeFileSync(file, fate.kind === 'binary' ? bytes(i, 'team') : text(i, { [TEAM_LINE]: teamWord(i) }));
    if (!fate.team.startsWith('moves')) continue;
    const to = join(dir, 'own', `moved-${i}.ts`);
    mkdirSync(dirname(to), { recursive: true });
    renameSync(file, to);
  }
}

export const LOSSES = [
  'lines of the team’s that are nowhere',
  'binaries of the team’s that are nowhere',
  'files that the team deleted, and that are back',
  'files that the team made executable, and that are not',
  'changes of the template’s that are nowhere',
  'options that did not arrive',
  'conflicts that the exit code does not tell',
] as const;
export type Losses = Readonly<Record<(typeof LOSSES)[number], number>>;

/** Counts what an update lost. */
export function lossesIn(
  dir: string,
  { fates, option }: { fates: readonly Fate[]; option: boolean },
  code: number,
): Losses {
  const found = filesBelow(dir).map((file) => readFileSync(file));
  const all = Buffer.concat(found).toString('latin1');
  const there = (word: string): boolean => all.includes(`${word}\n`);
  const count = (lost: (fate: Fate, i: number) => boolean): number => fates.filter(lost).length;
  const binary = (i: number, who: string): boolean => found.some((one) => one.equals(bytes(i, who)));
  const places = (fate: Fate, i: number): string[] =>
    [path(i, fate), renamed(i)].map((one) => join(dir, one)).filter((file) => existsSync(file));
  const conflicts = all.split('<<<<<<< ').length - 1;
  return {
    'lines of the team’s that are nowhere': count(
      (fate, i) => fate.kind === 'text' && fate.team.includes('edits') && !there(teamWord(i)),
    ),
    'binaries of the team’s that are nowhere': count(
      (fate, i) => fate.kind === 'binary' && fate.team === 'edits' && !binary(i, 'team'),
    ),
    'files that the team deleted, and that are back': count(
      (fate, i) => fate.team === 'deletes' && places(fate, i).length > 0,
    ),
    'files that the team made executable, and that are not': count(
      (fate, i) =>
        fate.team === 'makes executable' && places(fate, i).some((file) => (statSync(file).mode & 0o100) === 0),
    ),
    'changes of the template’s that are nowhere': count((fate, i) => {
      if (!fate.template.includes('edits') || fate.team === 'deletes') return false;
      return fate.kind === 'binary' ? !binary(i, 'template') : !there(templateWord(i));
    }),
    'options that did not arrive': Number(!all.includes(`{"on": ${option}}`)),
    'conflicts that the exit code does not tell': code === 0 ? conflicts : 0,
  };
}

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .map((entry) => ({ entry, file: join(entry.parentPath, entry.name) }))
    .filter(({ entry, file }) => entry.isFile() && !/^(\.git|\.drone-mlops)\//.test(relative(dir, file)))
    .map(({ file }) => file);
}
