import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../../src/cli';
import { temporaryFolder } from '../folder';
import { change, environments, imagery, modelBuild } from '../rehearsal/model-build';
import { fakeHost, withProgram, type FakeHost } from './fake-host';

/** Runs `drone-mlops rehearse` in a package, with imagery at hand. */
function rehearse(host: FakeHost, ...args: string[]): Promise<number> {
  return main('drone-mlops', ['rehearse', '--data', imagery(), ...args], host);
}

function reportIn(directory: string): string {
  return readFileSync(join(directory, '.rehearsal', 'report.html'), 'utf8');
}

describe('rehearse', () => {
  test('says how it goes, prints the verdict, and writes the report', async () => {
    const host = fakeHost(modelBuild());
    expect(await rehearse(host)).toBe(0);
    expect(host.printed).toEqual([
      'coco.AP50 0.900 (gate 0.5): passed',
      'Served: 2 of 2 frames answered as they were evaluated.',
      expect.stringMatching(/^Registered arn:aws:sagemaker:eu-west-1:.*\/1, PendingManualApproval: /),
      `Report: ${join(host.cwd, '.rehearsal', 'report.html')}`,
    ]);
    expect(host.said.map((line) => line.replace(/^ *\d+\.\d s {2}/, ''))).toEqual(
      expect.arrayContaining(['▸ Run the pipeline', '  Split      Succeeded', '  Evaluate   Succeeded']),
    );
    expect(reportIn(host.cwd)).toContain('fake');
  });

  test('finds the package in a platform repository, and exits with 3 when the gate refuses', async () => {
    const platform = temporaryFolder();
    renameSync(modelBuild({ score: 0.4 }), join(platform, 'model-build'));
    const host = fakeHost(temporaryFolder());
    expect(await rehearse(host, '--project', platform)).toBe(3);
    expect(host.printed.slice(0, 2)).toEqual([
      'coco.AP50 0.400 (gate 0.5): failed',
      "The quality gate failed: Step 'Refuse' failed with message: AP50 is below 0.5.",
    ]);
    expect(reportIn(join(platform, 'model-build'))).toContain('AP50 is below 0.5.');
  });

  test('exits with 1 when a command fails, and writes the report all the same', async () => {
    const host = fakeHost(modelBuild({ command: 'throw new Error("The disk is full.");' }));
    expect(await rehearse(host)).toBe(1);
    expect(host.printed[0]).toMatch(/^Failed: `npm run data -- push .*` ended with exit code 1: The disk is full\.$/);
    expect(reportIn(host.cwd)).toContain('The disk is full.');
  });

  test('with --json prints one JSON object and says nothing, however it ends', async () => {
    const host = fakeHost(modelBuild({ score: 0.4 }));
    expect(await rehearse(host, '--json')).toBe(3);
    expect(host.said).toEqual([]);
    expect(host.printed).toHaveLength(1);
    expect(JSON.parse(host.printed[0])).toMatchObject({
      outcome: 'gate-failed',
      execution: { status: 'Failed' },
      report: join(host.cwd, '.rehearsal', 'report.html'),
    });

    change(host.cwd, { command: 'throw new Error("The disk is full.");' });
    expect(await rehearse(host, '--json')).toBe(1);
    expect(host.printed).toHaveLength(2);
    expect(JSON.parse(host.printed[1])).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('The disk is full.') as string,
    });
  });

  test('that is interrupted says so, and writes no report', async () => {
    const host = fakeHost(modelBuild());
    const interrupting: FakeHost = {
      ...host,
      say: (text) => {
        host.say(text);
        if (text.includes('Push the data')) host.interrupt.abort();
      },
    };
    expect(await rehearse(interrupting)).toBe(130);
    expect(host.printed).toEqual([]);
    expect(host.said.at(-1)).toMatch(/^Interrupted: nothing of the rehearsal is running any more/);
    expect(existsSync(join(host.cwd, '.rehearsal', 'report.html'))).toBe(false);
    expect(Object.keys(environments(host.cwd))).not.toContain('pipeline start');
  });

  test('with --open hands the report to a browser that outlives it', async () => {
    // GIVEN a program that starts the browser behind its back and ends, as xdg-open does
    const directory = modelBuild({ command: 'throw new Error("Nothing to see.");' });
    const bin = temporaryFolder();
    const opened = join(bin, 'opened');
    const script = `(sleep 0.3; printf '%s' "$1" > '${opened}.part'; mv '${opened}.part' '${opened}') &`;
    withProgram(bin, 'open', script);
    const host = fakeHost(directory, { env: withProgram(bin, 'xdg-open', script) });
    // WHEN
    await rehearse(host, '--open');
    // THEN
    while (!existsSync(opened)) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(readFileSync(opened, 'utf8')).toBe(join(directory, '.rehearsal', 'report.html'));
  });
});

describe('rehearse refuses in one sentence, and writes nothing', () => {
  test.each([
    ['a flag that it does not know', ['--fast'], /^unknown option '--fast'; `rehearse --help` lists what there is\.$/],
    ['imagery that is not there', ['--data', 'missing'], /^--data missing: there is no such folder\.$/],
    [
      'a trainer that there is not',
      ['--trainer', 'detectron'],
      /^--trainer is baseline or ultralytics, not detectron\.$/,
    ],
    ['a moment that is none', ['--interrupt-training', 'soon'], /^--interrupt-training takes seconds .*"soon"\.$/],
    ['imagery that is no folder', ['--data', 'package.json'], /^--data package\.json: there is no such folder\.$/],
  ])('%s, as wrong usage', async (_what, args, sentence) => {
    const host = fakeHost(modelBuild());
    expect(await main('drone-mlops', ['rehearse', ...args], host)).toBe(2);
    expect(host.said).toEqual([expect.stringMatching(sentence)]);
    expect(host.printed).toEqual([]);
    expect(existsSync(join(host.cwd, '.rehearsal'))).toBe(false);
  });

  test.each([
    ['YOLO11 without its licence', [], /AGPL-3\.0 or an Ultralytics Enterprise licence.*--accept-ultralytics-license/],
    [
      'YOLO11 without a Python for it',
      ['--accept-ultralytics-license'],
      /no-python is no Python with PyTorch.*--python/,
    ],
  ])('%s', async (_what, more, sentence) => {
    const host = fakeHost(modelBuild());
    expect(await rehearse(host, '--trainer', 'ultralytics', '--python', 'no-python', ...more)).toBe(1);
    expect(host.said).toEqual([expect.stringMatching(sentence)]);
    expect(existsSync(join(host.cwd, '.rehearsal'))).toBe(false);
  });

  test('a folder without a package', async () => {
    const host = fakeHost(temporaryFolder());
    expect(await rehearse(host)).toBe(1);
    expect(host.said).toEqual([
      `${host.cwd} holds no model-build package (drone-mlops.json): name one with --project.`,
    ]);
    expect(existsSync(join(host.cwd, '.rehearsal'))).toBe(false);
  });

  test('a package that is not installed; with --json as an object', async () => {
    const host = fakeHost(modelBuild());
    rmSync(join(host.cwd, 'node_modules'));
    expect(await rehearse(host, '--json')).toBe(1);
    const error = `The packages of ${host.cwd} are not installed: run \`npm install\` there first.`;
    expect(host.printed.map((line) => JSON.parse(line) as unknown)).toEqual([{ error }]);
  });
});

test('rehearse --help explains the exit codes', async () => {
  const host = fakeHost(temporaryFolder());
  expect(await main('drone-mlops', ['rehearse', '--help'], host)).toBe(0);
  expect(host.printed.join('\n')).toContain('0 registered, 1 failed, 2 wrong usage, 3 the quality gate refused');
});
