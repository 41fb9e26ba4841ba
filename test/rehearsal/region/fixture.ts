// A pipeline small enough for tests: its steps are scripts of a few lines, its image a launcher of one.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  DescribePipelineExecutionCommand,
  ListPipelineExecutionStepsCommand,
  type PipelineExecutionStep,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { RegionOptions } from '../../../src/rehearsal/region';
import { temporaryFolder } from './start';

export const BUCKET = 'drone-data';
export const IMAGE = '000000000000.dkr.ecr.eu-west-1.amazonaws.com/rehearsal/node:1';
export const ROLE = 'arn:aws:iam::000000000000:role/rehearsal';

/** Trains by writing a hyperparameter as the model, and serves what `invocations` says: a body of (request, body, response). */
export function images(invocations = 'response.end(body)'): RegionOptions['runtime'] {
  const folder = temporaryFolder();
  const launcher = join(folder, 'launcher.cjs');
  writeFileSync(
    launcher,
    `const { createServer } = require('node:http');
     const { readFileSync, writeFileSync } = require('node:fs');
     const root = process.env.DRONE_MLOPS_ROOT;
     if (process.argv[2] === 'train') {
       const { weights } = JSON.parse(readFileSync(root + '/input/config/hyperparameters.json', 'utf8'));
       if (weights === 'none') {
         writeFileSync(root + '/output/failure', 'There is nothing to learn.');
         process.exit(1);
       }
       writeFileSync(root + '/model/model.onnx', weights);
     } else createServer(async (request, response) => {
       if (request.url === '/ping') return response.end();
       const chunks = [];
       for await (const chunk of request) chunks.push(chunk);
       const body = Buffer.concat(chunks);
       ${invocations}
     }).listen(Number(process.env.DRONE_MLOPS_PORT), '127.0.0.1');`,
  );
  return {
    folder: join(folder, 'jobs'),
    image: (uri) => (uri === IMAGE ? { nodePath: folder, launcher } : undefined),
    graceSeconds: 1,
  };
}

/** Makes the bucket and stores objects in it. */
export async function store(s3: S3Client, objects: Readonly<Record<string, string>>): Promise<void> {
  await s3.send(
    new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
  );
  for (const [Key, Body] of Object.entries(objects)) {
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
  }
}

/** A processing step that runs the object `code/<script>.js`, and uploads `output/out` to `out/<name>`. */
export function processing(Name: string, script: string, more: object = {}) {
  return {
    Name,
    Type: 'Processing',
    Arguments: {
      ProcessingResources: { ClusterConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 30 } },
      AppSpecification: {
        ImageUri: IMAGE,
        ContainerEntrypoint: ['node', `/opt/ml/processing/input/code/${script}.js`],
      },
      RoleArn: ROLE,
      ProcessingInputs: [
        {
          InputName: 'code',
          S3Input: {
            S3Uri: `s3://${BUCKET}/code/${script}.js`,
            LocalPath: '/opt/ml/processing/input/code',
            S3DataType: 'S3Prefix',
            S3InputMode: 'File',
          },
        },
      ],
      ProcessingOutputConfig: {
        Outputs: [
          {
            OutputName: 'out',
            S3Output: {
              S3Uri: `s3://${BUCKET}/out/${Name}`,
              LocalPath: '/opt/ml/processing/output/out',
              S3UploadMode: 'EndOfJob',
            },
          },
        ],
      },
    },
    ...more,
  };
}

export function definition(Steps: readonly object[], Parameters: readonly object[] = []): string {
  return JSON.stringify({
    Version: '2020-12-01',
    Metadata: {},
    Parameters,
    PipelineExperimentConfig: null,
    Steps,
  });
}

/** Follows an execution to its end. */
export async function ended(client: SageMakerClient, PipelineExecutionArn: string | undefined) {
  for (;;) {
    const execution = await client.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn }));
    const status = execution.PipelineExecutionStatus;
    if (status !== 'Executing' && status !== 'Stopping') {
      return { ...execution, steps: await stepsOf(client, PipelineExecutionArn) };
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function stepsOf(
  client: SageMakerClient,
  PipelineExecutionArn: string | undefined,
): Promise<PipelineExecutionStep[]> {
  const list = new ListPipelineExecutionStepsCommand({ PipelineExecutionArn, SortOrder: 'Ascending', MaxResults: 100 });
  return (await client.send(list)).PipelineExecutionSteps ?? [];
}
