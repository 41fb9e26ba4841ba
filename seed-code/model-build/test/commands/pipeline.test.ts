import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../src/commands/pipeline';
import { commandRun } from '../account';
import type { AwsStub, Operations } from '../aws-stub';
import { CONFIG } from '../pipeline/example';

const EXECUTION = 'arn:aws:sagemaker:eu-west-1:123456789012:pipeline/p/execution/abcdefghijkl';
const DATA = 'd'.repeat(64);

const command = commandRun();
const { printed } = command;

/** An account whose bucket holds the data version {@link DATA}. */
async function account(operations: Operations): Promise<AwsStub> {
  const stub = await command.account(operations);
  writeFileSync(join(command.folder, 'drone-mlops.json'), JSON.stringify(CONFIG));
  stub.objects.set(`bucket/data/versions/${DATA}/manifest.jsonl`, Buffer.from('{}'));
  return stub;
}

/** As an upsert leaves it. */
function upserted(state: object): void {
  mkdirSync(join(command.folder, 'dist'), { recursive: true });
  writeFileSync(join(command.folder, 'dist', 'pipeline.json'), JSON.stringify(state));
}

const STARTED: Operations = { StartPipelineExecution: () => ({ PipelineExecutionArn: EXECUTION }) };

test('wrong usage exits 2 and says how it is meant; asked for, the usage is no mistake', async () => {
  expect(await run(['begin'])).toBe(2);
  expect(printed.err).toMatch(/^There is no command begin\.\nUsage: npm run pipeline/);
  expect(await run(['upsert', '--dry'])).toBe(2);
  expect(await run(['start', 'now'])).toBe(2);
  expect(printed.out).toBe('');
  expect(await run(['--help'])).toBe(0);
  expect(printed.out).toContain('3 the execution ended at the quality gate');
});

test('an environment that is not set up is told in one sentence', async () => {
  await account({});
  delete process.env.ARTIFACT_BUCKET;

  await expect(run(['start'])).rejects.toThrow('Set ARTIFACT_BUCKET in the environment');
});

test('start pins the version that the upsert here made, with data, commit and parameters', async () => {
  const { calls } = await account(STARTED);
  upserted({ pipelineName: 'drone-p-1', version: 7 });

  expect(await run(['start', '--data-version', DATA, '--parameter', 'Epochs=3', '--json'])).toBe(0);

  expect(calls.slice(-1)).toMatchObject([
    {
      operation: 'StartPipelineExecution',
      input: {
        PipelineName: 'drone-p-1',
        PipelineVersionId: 7,
        PipelineParameters: [
          { Name: 'Epochs', Value: '3' },
          { Name: 'DataVersion', Value: DATA },
          { Name: 'Commit', Value: 'abc123' },
        ],
      },
    },
  ]);
  expect(JSON.parse(printed.out)).toMatchObject({ executionArn: EXECUTION, pipelineVersion: 7, dataVersion: DATA });
});

test('start refuses to guess a version: none was made here, or one of another pipeline', async () => {
  await account(STARTED);

  expect(await run(['start', '--data-version', DATA])).toBe(2);
  upserted({ pipelineName: 'another', version: 7 });
  expect(await run(['start', '--data-version', DATA])).toBe(2);
  expect(printed.err).toContain('No version of drone-p-1 was made here');
  expect(await run(['start', '--data-version', DATA, '--pipeline-version', '2'])).toBe(0);
});

test('start names a data version that is not in the bucket, before anything runs', async () => {
  const { calls } = await account(STARTED);

  await expect(run(['start', '--data-version', 'abc', '--pipeline-version', '2'])).rejects.toThrow(
    'The bucket holds no data version abc: push it',
  );
  expect(calls.map(({ operation }) => operation)).toEqual(['HEAD object']);
});

test('without a data version, start takes the one that was pushed last', async () => {
  const { objects } = await account(STARTED);

  await expect(run(['start', '--pipeline-version', '2'])).rejects.toThrow('The bucket holds no data version: push one');
  objects.set('bucket/data/latest.json', Buffer.from(JSON.stringify({ version: DATA })));
  expect(await run(['start', '--pipeline-version', '2', '--json'])).toBe(0);
  expect(JSON.parse(printed.out)).toMatchObject({ dataVersion: DATA });
});

// The sample set takes a while to draw.
test('until data is pushed, start takes the sample set, which then does not count as pushed', async () => {
  const { objects, calls } = await account(STARTED);
  upserted({ pipelineName: 'drone-p-1', version: 1, sample: true });

  expect(await run(['start', '--json'])).toBe(0);

  const { dataVersion, sample } = JSON.parse(printed.out) as { dataVersion: string; sample: boolean };
  expect(sample).toBe(true);
  expect(dataVersion).not.toBe(DATA);
  expect(objects.has(`bucket/data/versions/${dataVersion}/manifest.jsonl`)).toBe(true);
  expect(objects.has('bucket/data/latest.json')).toBe(false);
  expect(calls.at(-1)?.input).toMatchObject({
    PipelineParameters: expect.arrayContaining([{ Name: 'DataVersion', Value: dataVersion }]) as unknown,
  });
}, 60_000);

test('a pipeline that was made for the sample set does not start on data that came since', async () => {
  const { objects } = await account(STARTED);
  upserted({ pipelineName: 'drone-p-1', version: 1, sample: true });
  objects.set('bucket/data/latest.json', Buffer.from(JSON.stringify({ version: DATA })));

  expect(await run(['start'])).toBe(2);
  expect(printed.err).toContain('run the upsert again');
});

test('an experiment starts what is in its folder: no version of the pipeline proper', async () => {
  await account(STARTED);

  expect(await run(['start', '--experiment', 'tiles', '--pipeline-version', '2'])).toBe(2);
  await expect(run(['start', '--experiment', 'not a name'])).rejects.toThrow('cannot be called "not a name"');
});

test('wait follows the execution that was started here, and tells a gate from an error by its exit code', async () => {
  let gate = 'False';
  await account({
    ...STARTED,
    DescribePipelineExecution: () => ({ PipelineExecutionStatus: 'Failed', FailureReason: 'coco.AP50 is 0.1' }),
    ListPipelineExecutionSteps: () => ({
      PipelineExecutionSteps: [
        { StepName: 'Gate', StepStatus: 'Succeeded', Metadata: { Condition: { Outcome: gate } } },
      ],
    }),
  });
  upserted({ pipelineName: 'drone-p-1', version: 1 });
  await run(['start', '--data-version', DATA]);

  expect(await run(['wait', '--poll-seconds', '0.1'])).toBe(3);
  expect(printed.err).toMatch(/Gate +Succeeded/);
  expect(printed.out).toContain('The execution ended at the gate. coco.AP50 is 0.1');
  gate = 'True';
  // AND for whoever has nothing but the line of a mail
  delete process.env.ARTIFACT_BUCKET;
  expect(await run(['wait', EXECUTION])).toBe(1);
});
