import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { definition } from '../../seed-code/model-build/src/pipeline';
import { flatten } from '../../seed-code/model-build/src/pipeline/builder';
import { parseConfig } from '../../seed-code/model-build/src/config';
import { CODE, ENVIRONMENT } from '../../seed-code/model-build/test/pipeline/example';
import { main } from '../../src/cli';
import { STEP_RESULTS } from '../../src/cli/add/step';
import { STEP_KINDS } from '../../src/options';
import { DroneMlopsProject } from '../../src/project';
import { filesIn, temporaryFolder } from '../folder';
import { type FakeHost, fakeHost } from './fake-host';

process.env.PROJEN_DISABLE_POST = 'true';

/** Stands for jiti: runs no definition, and says what its regeneration would. */
const JITI = `import { writeFileSync } from 'node:fs';
const { outcomeFile } = JSON.parse(process.env.DRONE_MLOPS_REGENERATION);
writeFileSync(outcomeFile, process.env.OUTCOME);`;

/** A generated project, and a host in it where regenerating has this outcome. */
function generated(outcome: object = { report: { changes: [] } }): FakeHost {
  const outdir = temporaryFolder();
  new DroneMlopsProject({ projectName: 'drone-demo', outdir, generator: { version: '1.2.3' } }).synth();
  mkdirSync(join(outdir, 'node_modules/jiti/lib'), { recursive: true });
  writeFileSync(join(outdir, 'node_modules/jiti/lib/jiti-cli.mjs'), JITI);
  return fakeHost(outdir, { env: { OUTCOME: JSON.stringify(outcome) } });
}

const add = (host: FakeHost, ...args: string[]): Promise<number> => main('drone-mlops', ['add', ...args], host);
const read = (host: FakeHost, path: string): string => readFileSync(join(host.cwd, path), 'utf8');

describe('add step', () => {
  test('writes the runner, its logic and its test, and names the step in the definition', async () => {
    // GIVEN
    const host = generated();
    const before = filesIn(host.cwd);
    // WHEN
    expect(await add(host, 'step', 'count-tiles', '--after', 'preprocess')).toBe(0);
    // THEN
    const after = filesIn(host.cwd);
    const changed = Object.keys(after).filter((path) => after[path] !== before[path]);
    expect(changed.sort()).toEqual([
      '.projenrc.ts',
      'model-build/src/custom/count-tiles.ts',
      'model-build/src/steps/count-tiles.ts',
      'model-build/test/steps/count-tiles.test.ts',
    ]);
    expect(after['.projenrc.ts']).toContain(
      "steps: [{ name: 'count-tiles', after: 'preprocess', kind: 'processing' }]",
    );
    expect(after['model-build/src/steps/count-tiles.ts']).toContain("'train': paths.processingInput('train')");
    expect(host.printed.join('\n')).toContain('npm test && npm run rehearse');
  });

  test.each([
    ['lambda', /as a Lambda function/],
    ['callback', /as a callback: `npm run worker -- look-up`/],
  ])('of the kind %s writes a handler, its logic and its test', async (kind, about) => {
    const host = generated();
    expect(await add(host, 'step', 'look-up', '--after', 'evaluate', '--kind', kind)).toBe(0);
    expect(read(host, '.projenrc.ts')).toContain(`{ name: 'look-up', after: 'evaluate', kind: '${kind}' }`);
    expect(read(host, 'model-build/src/steps/look-up.ts')).toMatch(about);
    expect(read(host, 'model-build/src/steps/look-up.ts')).toContain('export const handler = requestHandler(logic);');
    expect(read(host, 'model-build/test/steps/look-up.test.ts')).toContain("'evaluation': { files: 1, bytes: 9 }");
  });

  test('inside model-build changes the platform’s definition, where its own comes from', async () => {
    const host = generated();
    const inside = { ...host, cwd: join(host.cwd, 'model-build') };
    expect(await main('drone-mlops', ['add', 'step', 'look', '--after', 'split'], inside)).toBe(0);
    expect(read(host, '.projenrc.ts')).toContain("name: 'look'");
  });

  test('takes the logic from a file that exports it', async () => {
    const host = generated();
    writeFileSync(join(host.cwd, 'mine.ts'), 'export const logic = async (): Promise<void> => undefined;\n');
    expect(await add(host, 'step', 'mine', '--after', 'evaluate', '--logic', 'mine.ts')).toBe(0);
    expect(read(host, 'model-build/src/custom/mine.ts')).toBe(read(host, 'mine.ts'));
    expect(read(host, 'model-build/test/steps/mine.test.ts')).toContain('leaves something of what it is given');
  });

  test('prefers the team’s own template', async () => {
    const host = generated();
    mkdirSync(join(host.cwd, 'templates/step/processing'), { recursive: true });
    writeFileSync(join(host.cwd, 'templates/step/processing/runner.ts.hbs'), '// {{name}} as we do it\n');
    await add(host, 'step', 'ours', '--after', 'split');
    expect(read(host, 'model-build/src/steps/ours.ts')).toBe('// ours as we do it\n');
  });

  test.each([
    ['a name of the pipeline’s own', ['validate', '--after', 'split'], /names each step once/],
    ['a name that is none', ['Count_Tiles', '--after', 'split'], /lower-case letters/],
    ['no place', ['count'], /--after is missing: .*split, preprocess, validate, train, evaluate/],
    ['a place after nothing', ['count', '--after', 'gate'], /puts each step after one of/],
    [
      'another kind',
      ['count', '--after', 'split', '--kind', 'job'],
      /--kind job is none of processing, lambda, callback/,
    ],
    ['a Lambda step of a long name', ['c'.repeat(26), '--after', 'split', '--kind', 'lambda'], /25 characters at most/],
    ['a missing file', ['count', '--after', 'split', '--logic', 'gone.ts'], /gone\.ts: there is no such file/],
    [
      'logic that is none',
      ['count', '--after', 'split', '--logic', '.projenrc.ts'],
      /exports no function called logic/,
    ],
  ])('refuses %s, and writes nothing', async (_what, args, message) => {
    const host = generated();
    const before = filesIn(host.cwd);
    expect(await add(host, 'step', ...args)).toBe(2);
    expect(host.said.join('\n')).toMatch(message);
    expect(filesIn(host.cwd)).toEqual(before);
  });

  test('refuses to write over a file of the team’s', async () => {
    const host = generated();
    writeFileSync(join(host.cwd, 'model-build/src/steps/count.ts'), '// ours');
    expect(await add(host, 'step', 'count', '--after', 'split')).toBe(2);
    expect(host.said.join('\n')).toContain('model-build/src/steps/count.ts is there already');
  });

  test('with --dry-run says what would change and changes nothing', async () => {
    const host = generated();
    const before = filesIn(host.cwd);
    expect(await add(host, 'step', 'count', '--after', 'split', '--dry-run')).toBe(0);
    expect(host.printed.join('\n')).toContain("+ steps: [{ name: 'count', after: 'split', kind: 'processing' }],");
    expect(filesIn(host.cwd)).toEqual(before);
  });

  test('takes everything back when the project does not regenerate with it', async () => {
    const host = generated({ error: 'classes names every class once.' });
    const before = filesIn(host.cwd);
    expect(await add(host, 'step', 'count', '--after', 'split')).toBe(1);
    expect(host.said.join('\n')).toBe(
      'The change was taken back, since the project does not regenerate with it: classes names every class once.',
    );
    expect(filesIn(host.cwd)).toEqual(before);
  });

  test('tells of conflicts that regenerating left, with their lines, and exits 1', async () => {
    const conflict = {
      path: 'model-build/docs/steps.md',
      kind: 'conflict',
      why: 'both changed the same lines',
      lines: [7],
    };
    const host = generated({ report: { changes: [conflict] } });
    expect(await add(host, 'step', 'count', '--after', 'split')).toBe(1);
    expect(host.printed.join('\n')).toMatch(/One conflict is left to resolve:\n {2}model-build\/docs\/steps\.md:7\n/);
  });

  test('of a project whose package.json is spoilt says where, in one sentence, and changes nothing', async () => {
    const host = generated();
    writeFileSync(join(host.cwd, 'package.json'), '{\n  "name": "x",,\n}\n');
    const before = filesIn(host.cwd);
    expect(await add(host, 'step', 'count', '--after', 'split')).toBe(1);
    expect(host.said.join('\n')).toMatch(/package\.json:2 cannot be read \(.+\): mend it, then run again\.$/);
    expect(host.said).toHaveLength(1);
    expect(filesIn(host.cwd)).toEqual(before);
  });

  test.each(STEP_KINDS)('gives a %s step what the pipeline’s definition gives it', (kind) => {
    const host = generated();
    const config = parseConfig(read(host, 'model-build/drone-mlops.json'), 'drone-mlops.json');
    for (const [after, results] of Object.entries(STEP_RESULTS)) {
      const steps = [{ name: 'look', after, kind }];
      const told = definition({ ...config, steps }, ENVIRONMENT, { ...CODE, look: '6'.repeat(64) }).Steps;
      const look = flatten(told).find(({ Name }) => Name === 'Look');
      const { ProcessingInputs } = look?.Arguments as { ProcessingInputs?: { InputName: string }[] };
      const given = ProcessingInputs?.map(({ InputName }) => InputName) ?? Object.keys(look?.Arguments ?? {});
      const own = kind === 'processing' ? 'code' : 'output';
      expect(given.sort()).toEqual([own, ...results].sort());
    }
  });
});

describe('add class and add environment', () => {
  test('a class comes last, so that the numbers in labels stay as they are', async () => {
    const host = generated();
    expect(await add(host, 'class', 'boat')).toBe(0);
    expect(read(host, '.projenrc.ts')).toContain("classes: ['vehicle', 'person', 'boat'],");
  });

  test('an environment comes after those that there are', async () => {
    const host = generated();
    expect(await add(host, 'environment', 'acceptance')).toBe(0);
    expect(read(host, '.projenrc.ts')).toContain("environments: ['staging', 'production', 'acceptance'],");
  });

  test.each([
    ['class', 'vehicle', /names every class once/],
    ['environment', 'Live!', /lower-case letters/],
  ])('refuses the %s %s', async (what, name, message) => {
    const host = generated();
    expect(await add(host, what, name)).toBe(2);
    expect(host.said.join('\n')).toMatch(message);
  });

  test('refuses what is not there to be added to', async () => {
    const host = fakeHost(temporaryFolder());
    expect(await add(host, 'class', 'boat')).toBe(2);
    expect(host.said.join('\n')).toContain('is no project of this generator');
  });
});
