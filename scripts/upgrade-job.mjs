// One upgrade job, for us and for copier: 150 files of two versions of a template, 20 of them edited by the team.
// As a program it does our side: node scripts/upgrade-job.mjs PROJECT TEMPLATE VERSION.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FILES = 150;
const EDITED = 20;
/** Lines a file: 640 KB in all, as the figures of reference were measured. */
const LINES = 110;

const script = fileURLToPath(import.meta.url);
if (process.argv[1] === script) generate(process.argv[2], process.argv[3], process.argv[4]);

/** Prepares the job; each side has a project to upgrade, and a way back to how it was before. */
export function prepareUpgrade(work, copier) {
  const dir = join(work, 'upgrade');
  const template = join(dir, 'template');
  const forCopier = withPlainGit(join(dir, 'bin'));
  mkdirSync(template, { recursive: true });
  git(template, 'init', '--quiet');
  for (const version of ['0.1.0', '0.2.0']) {
    writeTemplate(join(dir, version), version);
    writeTemplate(template, version);
    writeFileSync(join(template, 'copier.yml'), '_subdirectory: files\n');
    writeFileSync(
      join(template, 'files', '{{_copier_conf.answers_file}}.jinja'),
      '{{ _copier_answers|to_nice_yaml }}\n',
    );
    commit(template, version);
    git(template, 'tag', version);
  }
  const before = { ours: join(dir, 'ours-before'), copiers: join(dir, 'copiers-before') };
  generate(before.ours, join(dir, '0.1.0', 'files'), '0.1.0');
  if (copier)
    run(copier, ['copy', '--quiet', '--defaults', '--vcs-ref', '0.1.0', template, before.copiers], dir, forCopier);
  const sides = copier ? ['ours', 'copiers'] : ['ours'];
  const project = (side) => join(dir, side);
  const reset = (side) => {
    rmSync(project(side), { recursive: true, force: true });
    cpSync(before[side], project(side), { recursive: true });
  };
  for (const side of sides) {
    for (let i = 0; i < EDITED; i++) edit(join(before[side], name(i)));
    git(before[side], 'init', '--quiet');
    commit(before[side], 'edited');
    reset(side);
  }
  return {
    ours: {
      run: () => run(process.execPath, [script, project('ours'), join(dir, '0.2.0', 'files'), '0.2.0'], dir),
      after: () => reset('ours'),
    },
    copiers: {
      run: () => run(copier, ['update', '--quiet', '--defaults', '--vcs-ref', '0.2.0'], project('copiers'), forCopier),
      after: () => reset('copiers'),
    },
  };
}

function name(i) {
  return `src/room-${i % 10}/file-${i}.ts`;
}

/** The second version changes the first line of every third file, far from where the team edits. */
function writeTemplate(dir, version) {
  for (let i = 0; i < FILES; i++) {
    const file = join(dir, 'files', name(i));
    mkdirSync(dirname(file), { recursive: true });
    const first = version === '0.2.0' && i % 3 === 0 ? 'changed' : 'first';
    const body = Array.from({ length: LINES }, (_, n) => `export const value${i}x${n} = ${i * n};`);
    writeFileSync(file, `// ${first}\n${body.join('\n')}\n`);
  }
}

function edit(file) {
  writeFileSync(file, `${readFileSync(file, 'utf8')}// the team's\n`);
}

function generate(project, template, version) {
  const { DEFAULT_SETTINGS, recover, regenerate } = createRequire(import.meta.url)('../lib/upgrade/index.js');
  mkdirSync(project, { recursive: true });
  const owned = new Map(
    readdirSync(template, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(template.length + 1), { bytes: readFileSync(file), executable: false }]),
  );
  const none = new Map();
  const carried = { files: none, stale: /^$/ };
  const root = { version, owned, managed: none, once: none, mergedByKey: none, carried, renames: [], policies: {} };
  recover(project);
  regenerate(project, [{ folder: '', template: root, migrations: [] }], DEFAULT_SETTINGS);
}

function commit(dir, message) {
  git(dir, 'add', '--all');
  git(dir, '-c', 'user.name=A', '-c', 'user.email=a@example.org', 'commit', '--quiet', '-m', message);
}

/** copier says `git checkout --end-of-options`, which git before 2.44 takes for a file: a git that leaves it out. */
function withPlainGit(bin) {
  const found = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();
  const lines = [
    '#!/bin/sh',
    'for arg; do',
    '  shift',
    '  [ "$arg" = --end-of-options ] || set -- "$@" "$arg"',
    'done',
    `exec ${found} "$@"`,
  ];
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'git'), `${lines.join('\n')}\n`, { mode: 0o755 });
  return { ...process.env, PATH: `${bin}:${process.env.PATH}` };
}

function git(dir, ...args) {
  run('git', args, dir);
}

function run(command, args, cwd, env = process.env) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}\n${error ?? ''}`);
}
