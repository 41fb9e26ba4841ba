// A model-build package small enough for tests: its commands and steps are scripts of a few lines, its SDK clients real.
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../folder';

/** What a test has its package do otherwise. */
export interface Changes {
  /** What the evaluate step measures; the gate wants 0.5. @default 0.9 */
  readonly score?: number;
  /** Put before what the split step does. */
  readonly split?: string;
  /** What the served model finds in the second frame, as a script's expression; the evaluate step found `found`. */
  readonly served?: string;
  /** Put before what each command does: a body of (script, action). */
  readonly command?: string;
}

/** Where the packages of this repository are installed. */
export const MODULES = join(dirname(require.resolve('@aws-sdk/client-s3/package.json')), '..', '..');

/** @returns the folder of a new package */
export function modelBuild(changes: Changes = {}): string {
  const folder = join(temporaryFolder(), 'model-build');
  mkdirSync(join(folder, 'steps'), { recursive: true });
  const scripts = Object.fromEntries(
    ['data', 'pipeline', 'endpoint'].map((name) => [name, `node commands.cjs ${name}`]),
  );
  write(folder, 'package.json', JSON.stringify({ name: 'model-build', private: true, scripts }));
  const config = { projectName: 'fake', region: 'eu-west-1', training: { trainer: 'none' } };
  write(folder, 'drone-mlops.json', JSON.stringify(config));
  symlinkSync(MODULES, join(folder, 'node_modules'));
  change(folder, changes);
  return folder;
}

/** Gives the package other behaviour than it was made with. */
export function change(folder: string, { score = 0.9, split = '', served = 'found', command = '' }: Changes): void {
  write(folder, 'commands.cjs', COMMANDS.replace('/* CHANGED */', command).replace('SERVED', served));
  write(folder, 'steps/split.js', `(async () => {${split}\n${SPLIT}})();`);
  write(folder, 'steps/evaluate.js', EVALUATE.replaceAll('SCORE', String(score)));
}

/** A folder of imagery, as far as the package's commands look at it. */
export function imagery(): string {
  const folder = join(temporaryFolder(), 'imagery');
  mkdirSync(folder);
  write(folder, 'a.jpg', 'an image');
  return folder;
}

/** The environments that the package's commands were run in, by command; empty when none was. */
export function environments(folder: string): Record<string, NodeJS.ProcessEnv> {
  const file = join(folder, 'environments.jsonl');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  return Object.fromEntries(lines.map((line) => JSON.parse(line) as [string, NodeJS.ProcessEnv])); // as COMMANDS writes it
}

function write(folder: string, name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

const SPLIT = `
  const { readdirSync, writeFileSync } = require('node:fs');
  const { DRONE_MLOPS_ROOT: root } = process.env;
  const images = readdirSync(root + '/processing/input/data');
  writeFileSync(root + '/processing/output/split/split.json', JSON.stringify({ images, warnings: ['One flight only.'] }));`;

const EVALUATE = `
  const { readFileSync, writeFileSync } = require('node:fs');
  const { DRONE_MLOPS_ROOT: root } = process.env;
  const { images } = JSON.parse(readFileSync(root + '/processing/input/split/split.json', 'utf8'));
  const folder = root + '/processing/output/evaluation/';
  const metrics = { coco: { AP50: SCORE }, ultralytics: {} };
  const gate = { metric: 'coco.AP50', threshold: 0.5, value: SCORE, passed: SCORE >= 0.5 };
  writeFileSync(folder + 'evaluation.json', JSON.stringify({
    images: { validation: 0, test: images.length },
    operatingPoint: { confidence: 0.3 },
    sliced: metrics,
    fullFrame: metrics,
    gate: { passed: gate.passed, metrics: [gate] },
  }));
  for (const file of ['a.jpg', 'b.jpg']) writeFileSync(folder + file, 'an image');
  const detections = [{ box: [0, 0, 10, 10], score: 0.8, class: 'vehicle' }];
  const frames = ['a.jpg', 'b.jpg'].map((file) => ({ file, path: 'images/' + file, detections }));
  writeFileSync(folder + 'golden.json', JSON.stringify({ frames }));`;

const COMMANDS = String.raw`
  const { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
  const [script, action, ...args] = process.argv.slice(2);
  const { env } = process;
  appendFileSync('environments.jsonl', JSON.stringify([script + ' ' + action, env]) + '\n');
  const say = (value) => process.stdout.write(JSON.stringify(value) + '\n');

  const commands = {
    'data sample': () => {
      mkdirSync(args[0], { recursive: true });
      writeFileSync(args[0] + '/a.jpg', 'an image');
    },
    'data push': async () => {
      const images = readdirSync(args[0]);
      for (const name of images) await put('data/1/' + name, readFileSync(args[0] + '/' + name));
      await put('data/versions/1/manifest.jsonl', JSON.stringify({ images: images.length }) + '\n');
      say({ version: '1', images: images.length });
    },
    'pipeline upsert': async () => {
      for (const name of ['split', 'evaluate']) await put('code/' + name + '.js', readFileSync('steps/' + name + '.js'));
      await put('model.tar.gz', 'weights');
      await send('CreateModelPackageGroup', { ModelPackageGroupName: env.MODEL_PACKAGE_GROUP_NAME }).catch(() => {});
      const pipeline = {
        PipelineName: env.SAGEMAKER_PIPELINE_NAME,
        PipelineDefinition: JSON.stringify(definition()),
        RoleArn: env.SAGEMAKER_PIPELINE_ROLE_ARN,
      };
      await send('UpdatePipeline', pipeline).catch(() => send('CreatePipeline', pipeline));
      console.error('The pipeline is there.');
    },
    'pipeline start': async () => {
      const { PipelineExecutionArn: executionArn } = await send('StartPipelineExecution', {
        PipelineName: env.SAGEMAKER_PIPELINE_NAME,
        PipelineParameters: [{ Name: 'DataVersion', Value: args[1] }],
      });
      say({ executionArn });
    },
    'pipeline wait': async () => {
      for (;;) {
        const { PipelineExecutionStatus: status } = await send('DescribePipelineExecution', { PipelineExecutionArn: args[0] });
        if (status === 'Succeeded') return;
        if (status === 'Failed') return process.exit(1);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    'endpoint create': () =>
      send('CreateModel', {
        ModelName: args[0],
        ExecutionRoleArn: env.SAGEMAKER_PIPELINE_ROLE_ARN,
        Containers: [{ Image: env.NODE_IMAGE_URI, ModelDataUrl: 's3://' + env.ARTIFACT_BUCKET + '/model.tar.gz' }],
      }),
    'endpoint invoke': () => {
      const found = [{ box: [0, 0, 10, 10.001], score: 0.8, class: 'vehicle' }];
      const answers = { 'a.jpg': found, 'b.jpg': SERVED };
      say(readdirSync(args[1]).map((image) => ({ image, milliseconds: 7, found: answers[image] })));
    },
    'endpoint delete': () => send('DeleteModel', { ModelName: args[0] }),
  };

  (async () => {
    /* CHANGED */
    await commands[script + ' ' + action]();
  })().catch((error) => {
    console.error(error.message);
    process.exit(1);
  });

  function send(operation, input, options = {}) {
    const sdk = require('@aws-sdk/client-sagemaker');
    return new sdk.SageMakerClient(options).send(new sdk[operation + 'Command'](input));
  }

  function put(Key, Body) {
    const { S3Client, PutObjectCommand } = require('@aws-sdk/client-s3');
    return new S3Client().send(new PutObjectCommand({ Bucket: env.ARTIFACT_BUCKET, Key, Body }));
  }

  function definition() {
    const s3 = (path) => 's3://' + env.ARTIFACT_BUCKET + '/' + path;
    const ofExecution = (name) => ({
      'Std:Join': { On: '/', Values: [s3('runs'), { Get: 'Execution.PipelineExecutionId' }, name] },
    });
    const input = (InputName, S3Uri) => {
      const LocalPath = '/opt/ml/processing/input/' + InputName;
      return { InputName, S3Input: { S3Uri, LocalPath, S3DataType: 'S3Prefix', S3InputMode: 'File' } };
    };
    const processing = (Name, output, inputs, more) => ({
      Name,
      Type: 'Processing',
      Arguments: {
        ProcessingResources: { ClusterConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 30 } },
        AppSpecification: {
          ImageUri: env.NODE_IMAGE_URI,
          ContainerEntrypoint: ['node', '/opt/ml/processing/input/code/' + Name.toLowerCase() + '.js'],
        },
        RoleArn: env.SAGEMAKER_PIPELINE_ROLE_ARN,
        ProcessingInputs: [input('code', s3('code/' + Name.toLowerCase() + '.js')), ...inputs],
        ProcessingOutputConfig: {
          Outputs: [
            {
              OutputName: output,
              S3Output: {
                S3Uri: ofExecution(output),
                LocalPath: '/opt/ml/processing/output/' + output,
                S3UploadMode: 'EndOfJob',
              },
            },
          ],
        },
      },
      ...more,
    });
    const data = { 'Std:Join': { On: '/', Values: [s3('data'), { Get: 'Parameters.DataVersion' }] } };
    const split = { Get: "Steps.Split.ProcessingOutputConfig.Outputs['split'].S3Output.S3Uri" };
    const PropertyFiles = [{ PropertyFileName: 'Metrics', OutputName: 'evaluation', FilePath: 'evaluation.json' }];
    const score = { 'Std:JsonGet': { PropertyFile: { Get: 'Steps.Evaluate.PropertyFiles.Metrics' }, Path: 'sliced.coco.AP50' } };
    const register = {
      Name: 'Register',
      Type: 'RegisterModel',
      Arguments: {
        ModelPackageGroupName: env.MODEL_PACKAGE_GROUP_NAME,
        ModelApprovalStatus: 'PendingManualApproval',
        InferenceSpecification: {
          Containers: [{ Image: env.NODE_IMAGE_URI, ModelDataUrl: s3('model.tar.gz') }],
          SupportedContentTypes: ['image/jpeg'],
          SupportedResponseMIMETypes: ['application/json'],
        },
        CustomerMetadataProperties: { dataVersion: { Get: 'Parameters.DataVersion' } },
      },
    };
    return {
      Version: '2020-12-01',
      Metadata: {},
      Parameters: [{ Name: 'DataVersion', Type: 'String' }],
      PipelineExperimentConfig: null,
      Steps: [
        processing('Split', 'split', [input('data', data)], { CacheConfig: { Enabled: true, ExpireAfter: 'P1D' } }),
        processing('Evaluate', 'evaluation', [input('split', split)], { PropertyFiles }),
        {
          Name: 'Gate',
          Type: 'Condition',
          Arguments: {
            Conditions: [{ Type: 'GreaterThanOrEqualTo', LeftValue: score, RightValue: 0.5 }],
            IfSteps: [register],
            ElseSteps: [{ Name: 'Refuse', Type: 'Fail', Arguments: { ErrorMessage: 'AP50 is below 0.5.' } }],
          },
        },
      ],
    };
  }
`;
