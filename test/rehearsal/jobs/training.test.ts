import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract, list } from 'tar';
import { runTrainingJob, UnsupportedJobError, type JobOutcome } from '../../../src/rehearsal/jobs';
import { glob } from './glob';
import { forever, IMAGE, impatient, never, region, type Region } from './region';

const MODEL = 's3://bucket/models/job/output/model.tar.gz';

let s3: Region;
beforeEach(async () => {
  s3 = await region();
});
afterEach(() => s3.remove());

/** Runs a job whose bundle is `script`; within it, `root` is what stands for /opt/ml. */
async function run(script: string, more: Record<string, unknown> = {}, signal = never): Promise<JobOutcome> {
  await s3.put(
    's3://bucket/code/train.js',
    `const fs = require('node:fs'); const root = process.env.DRONE_MLOPS_ROOT;
     const model = (name, text) => fs.writeFileSync(root + '/model/' + name, text);\n${script}`,
  );
  await s3.put('s3://bucket/code/bundle.json', '{"natives":{}}');
  const request = {
    AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: 'File' },
    HyperParameters: { epochs: '3' },
    InputDataConfig: [channel('code'), ...((more.channels as object[] | undefined) ?? [])],
    OutputDataConfig: { S3OutputPath: 's3://bucket/models/' },
    ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.xlarge', VolumeSizeInGB: 1 },
    ...more,
  };
  return runTrainingJob({ name: 'job', arn: 'arn:job', request }, s3.runtime, signal);
}

const channel = (name: string) => ({
  ChannelName: name,
  DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://bucket/${name}` } },
});

/** The files of an archive, by name. */
async function unpacked(uri: string): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'model-'));
  await extract({ file: s3.file(uri), cwd: folder });
  const paths = await glob(folder);
  const entries = await Promise.all(
    paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const),
  );
  await rm(folder, { recursive: true });
  return Object.fromEntries(entries);
}

describe('a training job', () => {
  test('finds its channels and settings, and its model becomes model.tar.gz', async () => {
    await s3.put('s3://bucket/train/images/a.jpg', 'A');
    const outcome = await run(
      `const json = (name) => JSON.parse(fs.readFileSync(root + '/input/config/' + name + '.json'));
       fs.mkdirSync(root + '/model/code');
       model('code/serve.js', '');
       model('seen.json', JSON.stringify({
         image: fs.readFileSync(root + '/input/data/train/images/a.jpg', 'utf8'),
         argv: process.argv.slice(1).map((word) => word.replace(root, '')), main: require.main === module,
         hyperparameters: json('hyperparameters'), channels: json('inputdataconfig'), resources: json('resourceconfig'),
         name: process.env.TRAINING_JOB_NAME, arn: process.env.TRAINING_JOB_ARN, own: process.env.OWN,
       }));
       fs.writeFileSync(root + '/output/data/curve.csv', '1');`,
      { channels: [channel('train')], Environment: { OWN: 'x' } },
    );
    expect(outcome).toMatchObject({ status: 'Completed', modelArtifacts: MODEL });
    const { 'seen.json': seen = '', ...others } = await unpacked(MODEL);
    expect(others).toEqual({ 'code/serve.js': '' });
    const mode = { TrainingInputMode: 'File', S3DistributionType: 'FullyReplicated', RecordWrapperType: 'None' };
    expect(JSON.parse(seen)).toEqual({
      image: 'A',
      argv: ['/input/data/code/train.js'],
      main: true,
      hyperparameters: { epochs: '3' },
      channels: { code: mode, train: mode },
      resources: { current_host: 'algo-1', hosts: ['algo-1'], network_interface_name: 'eth0' },
      name: 'job',
      arn: 'arn:job',
      own: 'x',
    });
    expect(await unpacked('s3://bucket/models/job/output/output.tar.gz')).toEqual({ 'curve.csv': '1' });
  });

  test('makes the same archive of the same files, whenever and in whatever order they were written', async () => {
    await run(`model('b', 'B'); model('a', 'A');`);
    const first = await readFile(s3.file(MODEL));
    await run(`model('a', 'A'); fs.utimesSync(root + '/model/a', 1, 1); model('b', 'B');`);
    expect(await readFile(s3.file(MODEL))).toEqual(first);
    const names: string[] = [];
    await list({ file: s3.file(MODEL), onReadEntry: (entry) => names.push(entry.path) });
    expect(names).toEqual(['a', 'b']);
  });

  test('fails with what it leaves in its failure file', async () => {
    const outcome = await run(
      `model('half', ''); fs.writeFileSync(root + '/output/failure', 'no licence'); process.exitCode = 1;`,
    );
    expect(outcome).toMatchObject({ status: 'Failed', failureReason: 'AlgorithmError: no licence, exit code: 1' });
    expect(await s3.objects()).not.toContain(MODEL);
  });

  test('that throws says so in its log', async () => {
    const outcome = await run(`throw new Error('boom');`);
    expect(outcome.failureReason).toBe('AlgorithmError: See the log, exit code: 1');
    expect(s3.lines.map(({ text }) => text).join('\n')).toMatch(/Error: boom/);
  });

  test('whose bundle is not there fails with the remedy', async () => {
    const outcome = await run('', { InputDataConfig: [] });
    expect(outcome.failureReason).toMatch(
      /^AlgorithmError: There is no .*train\.js: give the training job a channel "code" with the bundle\., exit code: 1$/,
    );
  });

  test('whose bundle was built for another native module fails before it runs', async () => {
    // GIVEN an image with onnxruntime-node 1.29.0
    const folder = join(s3.folder, 'node_modules', 'onnxruntime-node');
    await mkdir(join(folder, 'dist'), { recursive: true });
    await writeFile(
      join(folder, 'package.json'),
      '{"name":"onnxruntime-node","version":"1.29.0","main":"dist/index.js"}',
    );
    await writeFile(join(folder, 'dist', 'index.js'), '');
    // WHEN a bundle wants 1.30.0
    await s3.put('s3://bucket/other/train.js', `console.log('ran')`);
    await s3.put('s3://bucket/other/bundle.json', '{"natives":{"onnxruntime-node":"1.30.0"}}');
    const data = { ...channel('other'), ChannelName: 'code' };
    const outcome = await run('', { InputDataConfig: [data] });
    // THEN
    expect(outcome.failureReason).toBe(
      "AlgorithmError: The bundle was built for onnxruntime-node 1.30.0, and this image has 1.29.0: use the image of the bundle's release., exit code: 1",
    );
    expect(s3.lines.map(({ text }) => text)).not.toContain('ran');
  });

  describe('with checkpoints', () => {
    const CheckpointConfig = { S3Uri: 's3://bucket/checkpoints/execution' };
    const checkpointed = `const file = root + '/checkpoints/last.json';
      const epoch = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file)).epoch + 1 : 1;
      fs.rmSync(root + '/checkpoints/old.json', { force: true });
      fs.writeFileSync(file, JSON.stringify({ epoch }));`;

    test('that is killed resumes from them', async () => {
      await s3.put('s3://bucket/checkpoints/execution2/last.json', '{"epoch":7}'); // of another execution
      const killed = await run(`${checkpointed} process.kill(process.pid, 'SIGKILL');`, { CheckpointConfig });
      expect(killed.status).toBe('Failed');
      await run(`${checkpointed} model('epoch', String(epoch));`, { CheckpointConfig });
      expect(await unpacked(MODEL)).toEqual({ epoch: '2' });
    });

    test('that deletes some deletes them from S3', async () => {
      await s3.put('s3://bucket/checkpoints/execution/old.json', '');
      await run(checkpointed, { CheckpointConfig });
      expect((await s3.objects()).filter((uri) => uri.includes('checkpoints'))).toEqual([
        's3://bucket/checkpoints/execution/last.json',
      ]);
    });
  });

  describe('on spot capacity', () => {
    const spot = {
      EnableManagedSpotTraining: true,
      CheckpointConfig: { S3Uri: 's3://bucket/checkpoints/execution' },
    };
    /** Saves an epoch a run; the first waits to be ended. */
    const epochs = `const file = root + '/checkpoints/last.json';
      const before = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file)).epoch : 0;
      fs.writeFileSync(file, JSON.stringify({ epoch: before + 1 }));
      if (before === 0) { fs.writeFileSync(root + '/model/left-behind', ''); ${forever} }
      else model('epoch', String(before + 1));`;
    const after = (seconds: number): void => {
      s3 = { ...s3, runtime: { ...s3.runtime, interruptTrainingAfter: seconds } };
    };

    test('whose instance is taken away goes on from its checkpoints on an empty one', async () => {
      after(0);
      const outcome = await run(epochs, spot);
      expect(outcome).toMatchObject({ status: 'Completed', interruptions: [{ checkpoints: ['last.json'] }] });
      expect(await unpacked(MODEL)).toEqual({ epoch: '2' });
    });

    test('that does not heed SIGTERM is killed after the grace', async () => {
      after(0);
      s3 = impatient(s3);
      const outcome = await run(`process.on('SIGTERM', () => {}); ${epochs}`, spot);
      expect(outcome).toMatchObject({ status: 'Completed', interruptions: [{ checkpoints: ['last.json'] }] });
    });

    test('that ends before the moment is left alone, and so is a job that is on no spot capacity', async () => {
      after(60);
      const done = `fs.writeFileSync(root + '/checkpoints/last.json', ''); model('done', '');`;
      const early = await run(done, spot);
      expect(early).toMatchObject({ status: 'Completed' });
      expect(early.interruptions).toBeUndefined();
      after(0);
      const onDemand = await run(`${done} setTimeout(() => {}, 300);`, { CheckpointConfig: spot.CheckpointConfig });
      expect(onDemand).toMatchObject({ status: 'Completed' });
      expect(onDemand.interruptions).toBeUndefined();
    });
  });

  test('that is stopped keeps the model that it saves in time', async () => {
    const controller = new AbortController();
    const { runtime } = s3;
    s3 = {
      ...s3,
      runtime: {
        ...runtime,
        onLog: () => {
          controller.abort();
        },
      },
    };
    const outcome = await run(
      `process.once('SIGTERM', () => { model('saved', ''); process.exit(0); }); console.log('ready'); ${forever}`,
      {},
      controller.signal,
    );
    expect(outcome).toMatchObject({ status: 'Stopped', modelArtifacts: MODEL });
    expect(await unpacked(MODEL)).toEqual({ saved: '' });
  });

  test('that takes too long is stopped as MaxRuntimeExceeded, though its bundle does not handle signals', async () => {
    const outcome = await run(forever, { StoppingCondition: { MaxRuntimeInSeconds: 1 } });
    expect(outcome).toMatchObject({
      status: 'Stopped',
      secondaryStatus: 'MaxRuntimeExceeded',
      hosts: [{ exitCode: 143 }],
    });
  });

  test.each([
    ['ResourceConfig.InstanceCount', { ResourceConfig: { InstanceCount: 2 } }],
    [
      'AlgorithmSpecification.TrainingInputMode',
      { AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: 'Pipe' } },
    ],
  ])('that asks for another %s is refused', async (place, more) => {
    const refused = run('', more);
    await expect(refused).rejects.toThrow(UnsupportedJobError);
    await expect(refused).rejects.toThrow(place);
  });
});
