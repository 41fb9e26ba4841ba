// A generated project as its team lives with it: installed, cloned, tested, regenerated. Slow: it installs real packages.
import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { seedZip } from '../../src/catalog';
import { PACKAGE_ROOT } from '../../src/project';
import type { RehearsalRecord } from '../../src/rehearsal';
import { unzip } from '../../src/zip';
import { filesIn, temporaryFolder } from '../folder';
import { denied, policiesOf } from '../rehearsal/region/platform/replay';
import { type Packed, cleanEnvironment, manifestOf, pack, succeed } from './packed';

/** An installation, and a rehearsal, whose build installs and tests the package from its repository alone. */
jest.setTimeout(900_000);

const work = temporaryFolder();
const project = join(work, 'drone-demo');
const env = cleanEnvironment({ npm_config_prefer_offline: 'true' });
let packed: Packed;

beforeAll(async () => {
  packed = await pack(PACKAGE_ROOT, work);
  const bin = join(PACKAGE_ROOT, 'dist', 'create-drone-mlops.cjs');
  await succeed(process.execPath, [bin, project, '--generator-tarball', packed.tarball], { cwd: work, env });
  rmSync(packed.tarball); // the project has its own
});

const git = async (dir: string, ...args: string[]): Promise<string> =>
  (await succeed('git', args, { cwd: dir, env })).stdout.trim();

describe('a generated project', () => {
  test('is committed as a whole, and its lockfiles name no machine', async () => {
    expect(await git(project, 'status', '--porcelain')).toBe('');
    for (const root of [project, join(project, 'model-build')]) {
      const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
      expect(lock.match(/"resolved": "(?!file:vendor\/)[^"]*"/g)).toBeNull();
    }
  });

  test.each([
    ['npx projen', 'npx', ['projen']],
    ['npm run regenerate', 'npm', ['run', 'regenerate']],
  ])('does not change by %s, in either root', async (_, command, args) => {
    for (const root of [project, join(project, 'model-build')]) {
      await succeed(command, args, { cwd: root, env });
      expect(await git(project, 'status', '--porcelain')).toBe('');
    }
  });

  test('has a definition that TypeScript accepts', async () => {
    await succeed('npm', ['run', 'typecheck'], { cwd: project, env });
  });

  test('keeps a dependency that the team added with npm install', async () => {
    const clone = join(work, 'with-dependency');
    await git(work, 'clone', '--quiet', project, clone);
    await succeed('npm', ['install', '--prefer-offline', 'picocolors@1.1.1'], { cwd: clone, env });
    await succeed('npm', ['run', 'regenerate'], { cwd: clone, env });
    expect(manifestOf(clone).dependencies).toEqual({ picocolors: '^1.1.1' });
    expect(await git(clone, 'diff', '--name-only')).not.toContain('.projenrc.ts');
  });

  test('has a model-build that, taken out of its seed zip alone, is the seed package and regenerates itself', async () => {
    // GIVEN what a release would freeze of model-build, as git holds it
    const clone = join(work, 'clone');
    await git(work, 'clone', '--quiet', project, clone);
    const alone = join(work, 'alone');
    await unzip(await seedZip(join(clone, 'model-build')), alone);
    symlinkSync(join(project, 'model-build', 'node_modules'), join(alone, 'node_modules'));
    const before = filesIn(alone);
    // THEN
    const seed = filesIn(join(PACKAGE_ROOT, 'seed-code', 'model-build', 'src'));
    expect(filesIn(join(alone, 'src'))).toEqual(seed);
    await succeed('npx', ['projen'], { cwd: alone, env });
    const after = Object.entries(filesIn(alone)).filter(([path]) => path in before);
    expect(Object.fromEntries(after)).toEqual(before);
  });

  test('grows by a step of each kind, and is published, launched, built from a commit, and trained, as policies allow', async () => {
    // WHEN
    for (const [name = '', after = '', kind = ''] of [
      ['count-tiles', 'preprocess', 'processing'],
      ['look-up', 'validate', 'lambda'],
      ['review', 'evaluate', 'callback'],
    ]) {
      const args = ['drone-mlops', 'add', 'step', name, '--after', after, '--kind', kind];
      await succeed('npx', args, { cwd: project, env });
    }
    const { stdout } = await succeed('npx', ['drone-mlops', 'rehearse', '--json'], { cwd: project, env });
    // THEN the commit was built from the repository alone, by the lines of its buildspec
    const { outcome, execution, platform } = JSON.parse(stdout) as RehearsalRecord;
    const built = platform?.builds.find(({ commit }) => commit === platform.commit);
    expect(built).toMatchObject({
      status: 'Succeeded',
      notes: [expect.stringMatching(/the sample set, the baseline/)],
    });
    expect(built?.commands.map(({ command }) => command)).toEqual([
      'npm ci',
      'npm run lint',
      'npm run typecheck',
      'npm run jest',
      'npm run pipeline -- upsert',
      'npm run pipeline -- start',
    ]);
    // AND what it started trained and registered
    expect(outcome).toBe('registered');
    const steps = execution?.steps.filter(({ status }) => status === 'Succeeded').map(({ name, type }) => [name, type]);
    expect(steps).toEqual([
      ['Split', 'ProcessingJob'],
      ['Preprocess', 'ProcessingJob'],
      ['CountTiles', 'ProcessingJob'],
      ['Validate', 'ProcessingJob'],
      ['LookUp', 'Lambda'],
      ['Train', 'TrainingJob'],
      ['Evaluate', 'ProcessingJob'],
      ['Review', 'Callback'],
      ['Gate', 'Condition'],
      ['Register', 'RegisterModel'],
    ]);
    // AND nothing was called that AWS would have denied
    const region = join(project, '.rehearsal', 'region');
    expect(await denied(region, policiesOf(region))).toEqual([]);
  });
});
