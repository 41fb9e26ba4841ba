import { existsSync, readFileSync } from 'node:fs';
import { UnsupportedJobError, runProcessingJob, type JobOutcome } from '../../../src/rehearsal/jobs';
import { forever, IMAGE, impatient, never, region, type Region } from './region';

const OUTPUT = {
  OutputName: 'out',
  S3Output: { S3Uri: 's3://bucket/out', LocalPath: '/opt/ml/processing/output/out', S3UploadMode: 'EndOfJob' },
};
const input = (name: string, uri: string, more: Record<string, unknown> = {}) => ({
  InputName: name,
  S3Input: {
    S3Uri: uri,
    LocalPath: `/opt/ml/processing/input/${name}`,
    S3DataType: 'S3Prefix',
    S3InputMode: 'File',
    ...more,
  },
});

let s3: Region;
beforeEach(async () => {
  s3 = await region();
});
afterEach(() => s3.remove());

/** Starts a job whose bundle is `script`; within it, `root` is what stands for /opt/ml. */
async function run(script: string, more: Record<string, unknown> = {}, signal = never): Promise<JobOutcome> {
  await s3.put(
    's3://bucket/code/step.js',
    `const fs = require('node:fs'); const root = process.env.DRONE_MLOPS_ROOT;
     const out = (name, text) => fs.writeFileSync(root + '/processing/output/out/' + name, text);\n${script}`,
  );
  const { ProcessingInputs = [], AppSpecification = {}, InstanceCount = 1, ...rest } = more;
  const request = {
    AppSpecification: {
      ImageUri: IMAGE,
      ContainerEntrypoint: ['node', '/opt/ml/processing/input/code/step.js'],
      ...(AppSpecification as object),
    },
    ProcessingInputs: [input('code', 's3://bucket/code'), ...(ProcessingInputs as object[])],
    ProcessingOutputConfig: { Outputs: [OUTPUT] },
    ProcessingResources: { ClusterConfig: { InstanceCount, InstanceType: 'ml.m5.xlarge', VolumeSizeInGB: 1 } },
    RoleArn: 'arn:role',
    ...rest,
  };
  return runProcessingJob({ name: 'job', arn: 'arn:job', request }, s3.runtime, signal);
}

/** Whether a process runs: a killed one that its parent has not yet collected does not. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('a processing job', () => {
  test('finds its inputs, arguments and configuration, and stores its outputs', async () => {
    await s3.put('s3://bucket/data/a.txt', 'A');
    await s3.put('s3://bucket/data/deep/b.txt', 'B');
    await s3.put('s3://bucket/database.txt', 'not below data/');
    const outcome = await run(
      `const data = root + '/processing/input/data/';
       const json = (name) => JSON.parse(fs.readFileSync(root + '/config/' + name + '.json'));
       fs.mkdirSync(root + '/processing/output/out/deep');
       out('deep/seen.json', JSON.stringify({
         a: fs.readFileSync(data + 'a.txt', 'utf8'), b: fs.readFileSync(data + 'deep/b.txt', 'utf8'),
         args: process.argv.slice(2), resources: json('resourceconfig'),
         job: json('processingjobconfig').ProcessingJobArn, count: json('processingjobconfig').ProcessingInputs.length,
       }));`,
      {
        ProcessingInputs: [input('data', 's3://bucket/data/')],
        AppSpecification: { ContainerArguments: ['--size=3', '--in=/opt/ml/processing/input/data', '/opt/mlx'] },
      },
    );
    expect(outcome).toMatchObject({ status: 'Completed', hosts: [{ host: 'algo-1', exitCode: 0, signal: null }] });
    const { args, ...seen } = JSON.parse(await s3.get('s3://bucket/out/deep/seen.json')) as { args: string[] };
    expect(seen).toEqual({
      a: 'A',
      b: 'B',
      resources: { current_host: 'algo-1', hosts: ['algo-1'] },
      job: 'arn:job',
      count: 2,
    });
    expect(args).toEqual(['--size=3', expect.stringMatching(/^--in=.*algo-1\/processing\/input\/data$/), '/opt/mlx']);
  });

  test('inherits nothing of this process, and cannot undo the isolation', async () => {
    process.env.AWS_PROFILE = 'someone';
    try {
      await run(`out('env.json', JSON.stringify(process.env));`, {
        Environment: { STAGE: 'test', AWS_ACCESS_KEY_ID: 'AKIAREAL', DRONE_MLOPS_ROOT: '/' },
      });
    } finally {
      delete process.env.AWS_PROFILE;
    }
    const environment = JSON.parse(await s3.get('s3://bucket/out/env.json')) as Record<string, string>;
    expect(Object.keys(environment).sort()).toEqual([
      'AWS_ACCESS_KEY_ID',
      'AWS_REGION',
      'DRONE_MLOPS_ROOT',
      'HOME',
      'LANG',
      'NODE_PATH',
      'PATH',
      'STAGE',
      'TMPDIR',
    ]);
    expect(environment).toMatchObject({ AWS_ACCESS_KEY_ID: 'rehearsal', AWS_REGION: 'eu-west-1', STAGE: 'test' });
    expect(environment.DRONE_MLOPS_ROOT).toMatch(/jobs\/job\/algo-1$/);
  });

  test('tells what it prints, line by line, and leaves only its log behind', async () => {
    const outcome = await run(
      `process.stdout.write('one\\ntw'); process.stdout.write('o\\n'); console.error('three');`,
    );
    const [host] = outcome.hosts;
    expect(s3.lines.filter(({ stream }) => stream === 'stdout').map(({ text }) => text)).toEqual(['one', 'two']);
    expect(s3.lines).toContainEqual({ host: 'algo-1', stream: 'stderr', text: 'three' });
    expect(existsSync(host?.log ?? '')).toBe(true);
    expect(existsSync(`${s3.runtime.folder}/job/algo-1`)).toBe(false);
  });

  test('fails with what its container says and its exit code', async () => {
    const outcome = await run(
      `out('half.txt', 'half'); fs.writeFileSync(root + '/output/message', 'no images' + '!'.repeat(2000)); process.exitCode = 3;`,
    );
    expect(outcome.status).toBe('Failed');
    expect(outcome.exitMessage).toHaveLength(1024);
    expect(outcome.failureReason).toMatch(/^AlgorithmError: no images!+, exit code: 3$/);
    expect(outcome.failureReason).toHaveLength(1024);
    expect(await s3.objects()).not.toContain('s3://bucket/out/half.txt');
  });

  test('that is killed fails with a reason', async () => {
    const outcome = await run(`process.kill(process.pid, 'SIGKILL');`);
    expect(outcome).toMatchObject({
      status: 'Failed',
      failureReason:
        'AlgorithmError: SIGKILL ended the container, as SIGKILL does when memory runs out, exit code: 137',
      hosts: [{ exitCode: 137, signal: 'SIGKILL' }],
    });
  });

  test('whose heap runs out fails with a reason', async () => {
    const outcome = await run(`const all = []; for (;;) all.push(new Array(1e5).fill(all.length));`, {
      AppSpecification: {
        ContainerEntrypoint: ['node', '--max-old-space-size=32', '/opt/ml/processing/input/code/step.js'],
      },
    });
    expect(outcome.failureReason).toMatch(/^AlgorithmError: SIGABRT ended the container.*, exit code: 134$/);
  });

  test('whose entry point does not exist fails, and starts clean the next time', async () => {
    const AppSpecification = { ContainerEntrypoint: ['node', '/opt/ml/processing/input/code/nope.js'] };
    const outcome = await run('', { AppSpecification });
    expect(outcome.failureReason).toBe('AlgorithmError: See the log, exit code: 1');
    expect(s3.lines.map(({ text }) => text).join('\n')).toMatch(/Cannot find module/);
    expect((await run('')).status).toBe('Completed');
  });

  test.each([
    [{ ContainerEntrypoint: ['no-such-command'] }, /^ClientError: no-such-command cannot be started/],
    [{ ImageUri: 'public.ecr.aws/x:1' }, /^ClientError: A rehearsal has no image "public.ecr.aws\/x:1"/],
  ])('%j fails before it starts', async (AppSpecification, reason) => {
    const outcome = await run('', { AppSpecification });
    expect(outcome).toMatchObject({ status: 'Failed', hosts: [] });
    expect(outcome.failureReason).toMatch(reason);
  });

  test('without an object for an input fails', async () => {
    const outcome = await run('', { ProcessingInputs: [input('data', 's3://bucket/none')] });
    expect(outcome.failureReason).toBe(
      'ClientError: No S3 objects found under S3 URL "s3://bucket/none" given in input data source.',
    );
  });

  test('fails when the store does', async () => {
    const { store } = s3.runtime;
    s3 = { ...s3, runtime: { ...s3.runtime, store: { ...store, upload: () => Promise.reject(new Error('ENOSPC')) } } };
    expect((await run(`out('a', 'a');`)).failureReason).toBe('InternalServerError: ENOSPC');
  });

  test('that has nowhere to run fails', async () => {
    await s3.put('s3://bucket/taken', '');
    s3 = { ...s3, runtime: { ...s3.runtime, folder: s3.file('s3://bucket/taken') } };
    const outcome = await run('');
    expect(outcome).toMatchObject({ status: 'Failed', hosts: [] });
    expect(outcome.failureReason).toMatch(/^InternalServerError: .*(ENOTDIR|EEXIST)/);
  });

  test('uploads no link', async () => {
    await run(
      `out('a.txt', 'a'); fs.symlinkSync('a.txt', root + '/processing/output/out/link.txt');
       fs.symlinkSync(root + '/processing/input', root + '/processing/output/out/folder');`,
    );
    expect((await s3.objects()).filter((uri) => uri.startsWith('s3://bucket/out'))).toEqual(['s3://bucket/out/a.txt']);
  });

  test('cannot change the objects that it was given', async () => {
    await s3.put('s3://bucket/data/a.txt', 'A');
    await run(`fs.writeFileSync(root + '/processing/input/data/a.txt', 'changed');`, {
      ProcessingInputs: [input('data', 's3://bucket/data')],
    });
    expect(await s3.get('s3://bucket/data/a.txt')).toBe('A');
  });

  describe('on two hosts', () => {
    const list = `const list = (name) => fs.readdirSync(root + '/processing/input/' + name, { recursive: true }).sort();
      const { current_host } = JSON.parse(fs.readFileSync(root + '/config/resourceconfig.json'));
      out(current_host + '.json', JSON.stringify({ images: list('images'), labels: list('labels') }));`;

    test('shares out what is sharded by key and gives the rest to both', async () => {
      for (const name of ['a', 'b', 'c', 'd', 'e']) await s3.put(`s3://bucket/images/${name}.jpg`, name);
      await s3.put('s3://bucket/labels/all.txt', 'l');
      const outcome = await run(list, {
        InstanceCount: 2,
        ProcessingInputs: [
          input('images', 's3://bucket/images', { S3DataDistributionType: 'ShardedByS3Key' }),
          input('labels', 's3://bucket/labels', { S3DataDistributionType: 'FullyReplicated' }),
        ],
      });
      expect(outcome.hosts.map(({ host }) => host)).toEqual(['algo-1', 'algo-2']);
      expect(JSON.parse(await s3.get('s3://bucket/out/algo-1.json'))).toEqual({
        images: ['a.jpg', 'c.jpg', 'e.jpg'],
        labels: ['all.txt'],
      });
      expect(JSON.parse(await s3.get('s3://bucket/out/algo-2.json'))).toEqual({
        images: ['b.jpg', 'd.jpg'],
        labels: ['all.txt'],
      });
    });

    test('reads only what a manifest names, and shards that', async () => {
      for (const name of ['a', 'b', 'c']) await s3.put(`s3://bucket/objects/x/${name}.jpg`, name);
      await s3.put('s3://bucket/labels/all.txt', 'l');
      await s3.put(
        's3://bucket/m/train.manifest',
        JSON.stringify([{ prefix: 's3://bucket/objects/' }, 'x/a.jpg', 'x/c.jpg']),
      );
      await run(list, {
        InstanceCount: 2,
        ProcessingInputs: [
          input('images', 's3://bucket/m/train.manifest', {
            S3DataType: 'ManifestFile',
            S3DataDistributionType: 'ShardedByS3Key',
          }),
          input('labels', 's3://bucket/labels'),
        ],
      });
      expect(JSON.parse(await s3.get('s3://bucket/out/algo-2.json'))).toMatchObject({ images: ['x', 'x/c.jpg'] });
    });

    test('ends the other when one fails', async () => {
      const outcome = await run(`if (root.endsWith('algo-2')) process.exitCode = 5; else ${forever}`, {
        InstanceCount: 2,
      });
      expect(outcome.failureReason).toBe('AlgorithmError: See the log, exit code: 5');
      expect(outcome.hosts.map(({ exitCode }) => exitCode)).toEqual([143, 5]);
    });
  });

  test.each([
    ['no list', '{}'],
    ['a list without prefix', '["a"]'],
    ['no JSON', 'a b'],
  ])('whose manifest is %s fails', async (_what, manifest) => {
    await s3.put('s3://bucket/m', manifest);
    const outcome = await run('', { ProcessingInputs: [input('m', 's3://bucket/m', { S3DataType: 'ManifestFile' })] });
    expect(outcome.failureReason).toMatch(/^ClientError: The manifest s3:\/\/bucket\/m is not of the form/);
  });

  test('whose manifest leads out of its folder fails', async () => {
    await s3.put('s3://bucket/m', '[{"prefix":"s3://bucket/"},"../../../../code/step.js"]');
    const outcome = await run('', { ProcessingInputs: [input('m', 's3://bucket/m', { S3DataType: 'ManifestFile' })] });
    expect(outcome.failureReason).toMatch(/leads out of the input's folder/);
  });

  describe('that is stopped', () => {
    test('may save what it has on SIGTERM, and uploads nothing', async () => {
      const controller = new AbortController();
      stopWhenReady(controller);
      const outcome = await run(
        `process.on('SIGTERM', () => { console.log('saved'); process.exit(0); }); console.log('ready'); ${forever}`,
        {},
        controller.signal,
      );
      expect(outcome).toMatchObject({ status: 'Stopped', hosts: [{ exitCode: 0 }] });
      expect(s3.lines.map(({ text }) => text)).toEqual(['ready', 'saved']);
    });

    test('is killed when it does not end', async () => {
      s3 = impatient(s3);
      const controller = new AbortController();
      stopWhenReady(controller);
      const outcome = await run(
        `process.on('SIGTERM', () => {}); console.log('ready'); ${forever}`,
        {},
        controller.signal,
      );
      expect(outcome).toMatchObject({ status: 'Stopped', hosts: [{ signal: 'SIGKILL' }] });
    });

    test('leaves no process of its own behind', async () => {
      const controller = new AbortController();
      stopWhenReady(controller);
      await run(
        `const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(forever)}]);
         console.log('ready', child.pid); ${forever}`,
        {},
        controller.signal,
      );
      const pid = Number(s3.lines[0]?.text.split(' ')[1]);
      while (isAlive(pid)) await new Promise(setImmediate); // a kill takes effect a moment later
    });

    test('before it starts, does not start', async () => {
      const controller = new AbortController();
      controller.abort();
      const outcome = await run(`console.log('ran');`, {}, controller.signal);
      expect(outcome).toMatchObject({ status: 'Stopped', hosts: [] });
      expect(s3.lines).toEqual([]);
    });

    /** Stops the job once its container prints `ready`. */
    function stopWhenReady(controller: AbortController): void {
      const { runtime } = s3;
      s3 = {
        ...s3,
        runtime: {
          ...runtime,
          onLog: (job, line) => {
            runtime.onLog?.(job, line);
            if (line.text.startsWith('ready')) controller.abort();
          },
        },
      };
    }
  });

  test('that takes too long is stopped, and says so', async () => {
    const outcome = await run(forever, { StoppingCondition: { MaxRuntimeInSeconds: 1 } });
    expect(outcome).toMatchObject({
      status: 'Stopped',
      failureReason: 'The job was stopped since it exceeded its MaxRuntimeInSeconds of 1.',
      hosts: [{ signal: 'SIGTERM' }],
    });
  });

  test.each([
    ['AppSpecification.ContainerEntrypoint', { AppSpecification: { ContainerEntrypoint: undefined } }],
    ['ProcessingInputs[1].S3Input.S3InputMode', { ProcessingInputs: [input('d', 's3://b', { S3InputMode: 'Pipe' })] }],
    ['ProcessingInputs[1].S3Input.LocalPath', { ProcessingInputs: [input('d', 's3://b', { LocalPath: '/data' })] }],
    [
      'ProcessingInputs[1].S3Input.LocalPath',
      { ProcessingInputs: [input('d', 's3://b', { LocalPath: '/opt/ml/processing/../x' })] },
    ],
  ])('that asks for another %s is refused', async (place, more) => {
    const refused = run('', more);
    await expect(refused).rejects.toThrow(UnsupportedJobError);
    await expect(refused).rejects.toThrow(place);
  });
});
