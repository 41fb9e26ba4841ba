// A platform is rehearsed from its publication to a package that waits for approval; cdk and model-build are stand-ins of a few lines.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as operations from '../../src/operate';
import { rehearse, type RehearsalEvent, type RehearsalOptions } from '../../src/rehearsal';
import { installedPlatform, redefine } from '../operate/operator';
import { imagery, MODULES, modelBuild } from './model-build';
import { denied, policiesOf } from './region/platform/replay';

const launcher = join(__dirname, '../../seed-code/platform/images/launcher/launcher.cjs');
/** A rehearsal takes ten seconds on a quiet machine. */
jest.setTimeout(240_000);

const BUILDSPEC = `
version: 0.2
phases:
  build:
    commands:
      - ln -s ${MODULES} node_modules
      - npm run pipeline -- upsert
      - mkdir data && echo image > data/a.jpg && npm run data -- push data
      - echo 'No data version has been pushed yet, so the sample set is used.'
      - npm run pipeline -- start --data-version 1
`;

/** A platform with a release of what stands there. */
async function platform(changes: { readonly buildspec?: string } = {}): Promise<string> {
  const dir = installedPlatform({ repositoryProvider: 'CodeCommit' });
  const seed = modelBuild();
  const files = {
    'buildspec.yml': changes.buildspec ?? BUILDSPEC,
    'package-lock.json': '{}\n',
    'README.md': 'Ours.\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(seed, name), text);
  mkdirSync(join(seed, 'training'));
  writeFileSync(join(seed, 'training', 'requirements.txt'), '');
  cpSync(seed, join(dir, 'model-build'), { recursive: true });
  mkdirSync(join(dir, 'catalog'), { recursive: true });
  const signal = new AbortController().signal;
  await operations.freezeCandidate(dir, { say: () => undefined, signal, env: process.env, pollSeconds: 1 });
  redefine(dir, {});
  return dir;
}

const stateOf = (dir: string): string => join(dir, '.rehearsal', 'region');

async function rehearsal(
  dir: string,
  options: Partial<RehearsalOptions> = {},
  told: (event: RehearsalEvent) => void = () => undefined,
) {
  const given = { directory: join(dir, 'model-build'), platform: { directory: dir, operations } };
  const signal = new AbortController().signal;
  return rehearse({ ...given, stateDir: stateOf(dir), launcher, signal, ...options }, told);
}

test('it is published, launched and cloned; the commit is built, trained and registered, as the roles’ own policies allow', async () => {
  const dir = await platform();
  const record = await rehearsal(dir);
  expect(record).toMatchObject({
    outcome: 'registered',
    execution: { status: 'Succeeded' },
    data: { source: 'sample', version: '1', images: 1 },
    package: { approval: 'PendingManualApproval' },
    platform: { release: '1.0.0', launch: { name: 'drone-demo', via: 'service-catalog' } },
  });
  expect(record.reason).toBeUndefined();
  const { publication = [], builds = [], commit, mails = [] } = record.platform ?? {};
  expect(publication.map(({ stage }) => stage)).toContain('Catalog: the product of Service Catalog');
  const built = builds.filter((build) => build.commit === commit);
  expect(built).toMatchObject([{ status: 'Succeeded', notes: [expect.stringMatching(/the sample set is used/)] }]);
  expect(built[0]?.commands.map(({ command }) => command)).toContain('npm run pipeline -- upsert');
  expect(mails.map(({ subject }) => subject)).toContain('drone-demo: training succeeded');
  // The stand-in's pipeline has no tags, which real jobs are created with: test/e2e/generated.test.ts asks about those.
  const judged = (role: string) => !role.endsWith('-execution');
  expect(await denied(stateOf(dir), policiesOf(stateOf(dir)), judged)).toEqual([]);

  // AND once more on what is there: nothing is published or launched again, another commit is
  rmSync(join(dir, 'model-build', 'environments.jsonl')); // what the stand-in writes down would be part of the seed
  const next = await rehearsal(dir, { keep: true });
  expect(next).toMatchObject({ outcome: 'registered', platform: { publication: [] } });
  expect(next.platform?.launch?.id).toBe(record.platform?.launch?.id);
  expect(next.platform?.commit).not.toBe(commit);
  expect(next.package?.arn).toMatch(/\/2$/);
});

test.each([
  ['is published', (event: RehearsalEvent) => event.kind === 'said' && event.text.includes('Runtime images')],
  ['is launched', (event: RehearsalEvent) => event.kind === 'said' && event.text.includes('CreateInProgress')],
  ['is built', (event: RehearsalEvent) => event.kind === 'said' && event.text.startsWith('build: npm run pipeline')],
  ['trains', (event: RehearsalEvent) => event.kind === 'step' && event.name === 'Evaluate'],
])('interrupted while it %s, the next one goes on from there', async (_when, now) => {
  const dir = await platform();
  const interrupt = new AbortController();
  const ended = rehearsal(dir, { signal: interrupt.signal }, (event) => {
    if (now(event)) interrupt.abort();
  });
  await expect(ended).rejects.toThrow();
  expect(await rehearsal(dir, { keep: true })).toMatchObject({ outcome: 'registered' });
});

test('another trainer, imagery and MLflow are what the commit tries, after a person has pushed the data', async () => {
  const dir = await platform();
  const options = { trainer: { name: 'baseline' }, dataDir: imagery(), mlflow: 'http://127.0.0.1:5000' } as const;
  const { platform: { builds, commit } = {}, data } = await rehearsal(dir, options);
  expect(data).toMatchObject({ source: 'folder', folder: 'imagery' });
  const commands = builds?.find((build) => build.commit === commit)?.commands.map(({ command }) => command);
  const tried = [
    'export MLFLOW_TRACKING_URI=http://127.0.0.1:5000',
    'npm run pipeline -- upsert --set training.trainer=baseline',
  ];
  expect(commands).toEqual(expect.arrayContaining(tried));
});

test('a commit whose build fails says in which phase, why, and what was said last', async () => {
  const dir = await platform({
    buildspec: BUILDSPEC.replace('npm run data', 'echo no labels && exit 1 && npm run data'),
  });
  const record = await rehearsal(dir);
  expect(record).toMatchObject({ outcome: 'failed', platform: { builds: [expect.anything(), { status: 'Failed' }] } });
  expect(record.reason).toMatch(/^The build of [0-9a-f]{40} ended as Failed in BUILD: .*exit status 1.*no labels/s);
  expect(record.execution).toBeUndefined();
});
