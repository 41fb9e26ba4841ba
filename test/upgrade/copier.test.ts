// Who loses what: the same projects, with the same doings of team and template, through our update and through copier's.
// Runs where DRONE_MLOPS_COPIER names copier's command; DRONE_MLOPS_HISTORIES says how many projects.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { conflictsOf } from '../../src/upgrade';
import { runSync } from '../../src/process';
import { temporaryFolder } from '../folder';
import { LOSSES, type Losses, lossesIn, project, teamWorks, templateFiles } from './fates';
import { generate, managed, put, templateOf } from './project';

const copier = process.env.DRONE_MLOPS_COPIER;
const withCopier = copier === undefined ? describe.skip : describe;
jest.setTimeout(600_000);

/** Files of a project: enough that a few projects meet each pair of doings. */
const FILES = 40;
const PROJECTS = Number(process.env.DRONE_MLOPS_HISTORIES ?? 2);
/** The same projects in each run, so that the table is the same. */
const SEED = 5;

type Project = ReturnType<typeof project> extends fc.Arbitrary<infer T> ? T : never;

function ours({ fates, option }: Project): Losses {
  const dir = temporaryFolder();
  const template = (version: 1 | 2, on: boolean) => {
    const { files, moves } = templateFiles(version, fates);
    const renames = moves.map((move) => ({ version: '0.2.0', ...move }));
    return templateOf(`0.${version}.0`, files, { renames, managed: managed({ 'options.json': `{"on": ${on}}\n` }) });
  };
  generate(dir, template(1, false));
  teamWorks(dir, fates);
  const report = generate(dir, template(2, option));
  return lossesIn(dir, { fates, option }, conflictsOf(report).length > 0 ? 1 : 0);
}

function copiers({ fates, option }: Project): Losses {
  const [template, work] = [temporaryFolder(), temporaryFolder()];
  const dir = join(work, 'project');
  git(template, 'init', '--quiet');
  for (const version of [1, 2] as const) {
    const { files } = templateFiles(version, fates);
    rmSync(join(template, 'files'), { recursive: true, force: true });
    for (const [path, bytes] of Object.entries(files)) put(template, join('files', path), bytes);
    put(template, 'copier.yml', '_subdirectory: files\noption:\n  type: bool\n  default: false\n');
    put(template, 'files/options.json.jinja', '{"on": {{ option | lower }}}\n');
    put(template, 'files/{{_copier_conf.answers_file}}.jinja', '{{ _copier_answers|to_nice_yaml }}\n');
    commit(template, `version ${version}`);
    git(template, 'tag', `0.${version}.0`);
  }
  const run = (cwd: string, ...args: string[]) => runSync('env', [`PATH=${plainGit()}`, copier ?? '', ...args], cwd);
  const copied = run(work, 'copy', '--quiet', '--defaults', '--vcs-ref', '0.1.0', template, dir);
  if (copied.code !== 0) throw new Error(`copier copy: ${copied.stderr}`);
  git(dir, 'init', '--quiet');
  commit(dir, 'generated');
  teamWorks(dir, fates);
  commit(dir, 'edited');
  const { code } = run(dir, 'update', '--quiet', '--defaults', '--data', `option=${option}`, '--vcs-ref', '0.2.0');
  return lossesIn(dir, { fates, option }, code ?? 1);
}

withCopier('over the same projects', () => {
  test('copier loses work and changes in silence, and we lose none', () => {
    const projects = fc.sample(project(FILES), { seed: SEED, numRuns: PROJECTS });
    const sum = (side: (one: Project) => Losses): Losses =>
      projects
        .map(side)
        .reduce((all, one) => Object.fromEntries(LOSSES.map((loss) => [loss, all[loss] + one[loss]])) as Losses);
    const [us, them] = [sum(ours), sum(copiers)];
    const rows = LOSSES.map(
      (loss) => `${loss.padEnd(56)}${String(them[loss]).padStart(8)}${String(us[loss]).padStart(8)}`,
    );
    process.stdout.write(
      [`${PROJECTS} projects of ${FILES} files: lost by`.padEnd(56) + '  copier    ours', ...rows, ''].join('\n'),
    );
    expect(us).toEqual(Object.fromEntries(LOSSES.map((loss) => [loss, 0])));
    // What the table is worth: the judge finds what is known of copier.
    expect(them['lines of the team’s that are nowhere']).toBeGreaterThan(0);
    expect(them['conflicts that the exit code does not tell']).toBeGreaterThan(0);
  });
});

function commit(dir: string, message: string): void {
  git(dir, 'add', '--all');
  git(dir, '-c', 'user.name=A', '-c', 'user.email=a@example.org', 'commit', '--quiet', '-m', message);
}

function git(dir: string, ...args: string[]): void {
  const { code, stderr } = runSync('git', args, dir);
  if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
}

/** copier says `git checkout --end-of-options`, which git before 2.44 takes for a file: a PATH with a git that leaves it out. */
function plainGit(): string {
  const bin = temporaryFolder();
  const found = runSync('sh', ['-c', 'command -v git'], bin).stdout.toString().trim();
  const lines = [
    '#!/bin/sh',
    'for arg; do',
    '  shift',
    '  [ "$arg" = --end-of-options ] || set -- "$@" "$arg"',
    'done',
  ];
  writeFileSync(join(bin, 'git'), `${[...lines, `exec ${found} "$@"`].join('\n')}\n`, { mode: 0o755 });
  return `${bin}:${process.env.PATH ?? ''}`;
}
