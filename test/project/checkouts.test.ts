// What git and people do to a whole project between two generations: squashed, shallow, with CRLF, moved, killed half-way.
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runSync } from '../../src/process';
import { DroneMlopsProject, ModelBuildProject } from '../../src/project';
import { PENDING_FOLDER } from '../../src/upgrade';
import { disk } from '../../src/upgrade/disk';
import { commit } from '../../src/upgrade/journal';
import { filesIn, temporaryFolder } from '../folder';

process.env.PROJEN_DISABLE_POST = 'true';

const BEFORE = { projectName: 'drone-demo', classes: ['vehicle', 'person'] };
/** Changes managed files, and the README of model-build, which is the team's. */
const AFTER = { ...BEFORE, classes: ['vehicle', 'person', 'boat'] };
const README = join('model-build', 'README.md');

/** A project in a git repository of its own. */
function repository(): string {
  const dir = temporaryFolder();
  new DroneMlopsProject({ ...BEFORE, outdir: dir, generator: { version: '1.2.3' } }).synth();
  git(dir, 'init', '--quiet', '--initial-branch=main');
  commitAll(dir, 'Generate');
  return dir;
}

function regenerate(outdir: string, options: typeof BEFORE): void {
  new DroneMlopsProject({ ...options, outdir }).synth();
}

function git(dir: string, ...args: string[]): string {
  const { code, stdout, stderr } = runSync('git', args, dir);
  if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.toString().trim();
}

function commitAll(dir: string, message: string): void {
  git(dir, 'add', '--all');
  git(dir, '-c', 'user.name=A', '-c', 'user.email=a@example.org', 'commit', '--quiet', '-m', message);
}

const read = (dir: string, path: string): string => readFileSync(join(dir, path), 'utf8');

test('an upgrade that was merged as a squash is merged against by the next one', () => {
  const dir = repository();
  git(dir, 'switch', '--quiet', '--create', 'upgrade');
  regenerate(dir, AFTER);
  commitAll(dir, 'Regenerate');
  appendFileSync(join(dir, README), '\nThe team’s last line.\n');
  commitAll(dir, 'Edit');
  git(dir, 'switch', '--quiet', 'main');
  git(dir, 'merge', '--quiet', '--squash', 'upgrade');
  commitAll(dir, 'Squash');
  git(dir, 'branch', '--quiet', '--delete', '--force', 'upgrade');
  regenerate(dir, AFTER);
  expect(git(dir, 'status', '--porcelain')).toBe('');
  regenerate(dir, BEFORE);
  expect(read(dir, README)).toMatch(/detects vehicle, person\.[^]+The team’s last line\.\n$/);
});

test('in a shallow clone a file that was moved, and not committed, is merged at its new place', () => {
  const dir = join(temporaryFolder(), 'clone');
  git('/', 'clone', '--quiet', '--depth=1', `file://${repository()}`, dir);
  mkdirSync(join(dir, 'model-build', 'about'));
  renameSync(join(dir, README), join(dir, 'model-build', 'about', 'us.md'));
  regenerate(dir, AFTER);
  expect(read(dir, 'model-build/about/us.md')).toContain('detects vehicle, person, boat.');
  expect(existsSync(join(dir, README))).toBe(false);
});

test('in a checkout with CRLF nothing changes by itself, and what changes stays in CRLF', () => {
  const dir = join(temporaryFolder(), 'clone');
  git('/', 'clone', '--quiet', '--no-checkout', repository(), dir);
  // The project's .gitattributes asks for LF; this machine's own count more.
  writeFileSync(join(dir, '.git', 'info', 'attributes'), '* text=auto eol=crlf\n');
  git(dir, 'checkout', '--quiet', 'main');
  expect(read(dir, README)).toContain('\r\n');
  const before = filesIn(dir);
  regenerate(dir, BEFORE);
  expect(git(dir, 'status', '--porcelain')).toBe('');
  expect(
    Object.entries(filesIn(dir)).filter(([path, text]) => !path.startsWith('.git/') && text !== before[path]),
  ).toEqual([]);
  appendFileSync(join(dir, README), 'The team’s last line.\r\n');
  regenerate(dir, AFTER);
  const merged = read(dir, README);
  expect(merged).toMatch(/detects vehicle, person, boat\.\r\n[^]+The team’s last line\.\r\n$/);
  expect(merged.replaceAll('\r\n', '')).not.toContain('\n');
});

test('a model-build folder that the team moved is its own from then on; the platform does not bring it back', () => {
  const dir = repository();
  renameSync(join(dir, 'model-build'), join(dir, 'detector'));
  const moved = filesIn(join(dir, 'detector'));
  regenerate(dir, AFTER);
  expect(existsSync(join(dir, 'model-build'))).toBe(false);
  expect(filesIn(join(dir, 'detector'))).toEqual(moved);
  new ModelBuildProject({ ...AFTER, outdir: join(dir, 'detector') }).synth();
  expect(read(dir, 'detector/README.md')).toContain('detects vehicle, person, boat.');
});

test('runs that were killed in either root are finished by the next one of the platform', () => {
  const dir = repository();
  const roots = [dir, join(dir, 'model-build')];
  for (const root of roots) {
    // GIVEN a run that died with its journal written, before it had placed anything
    const dying = {
      ...disk,
      rename(from: string, to: string) {
        if (!to.endsWith('journal.json')) throw new Error('killed');
        disk.rename(from, to);
      },
    };
    const action = {
      do: 'write',
      path: 'README.md',
      bytes: Buffer.from('as decided\n'),
      executable: false,
      readonly: false,
    } as const;
    expect(() => {
      commit(root, [action], dying);
    }).toThrow('killed');
  }
  regenerate(dir, BEFORE);
  for (const root of roots) {
    expect(read(root, 'README.md')).toBe('as decided\n');
    expect(existsSync(join(root, PENDING_FOLDER))).toBe(false);
  }
});
