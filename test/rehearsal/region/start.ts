// Regions for tests: on a folder of their own, closed and removed after the test.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { SQSClient } from '@aws-sdk/client-sqs';
import { startRegion, type Region, type RegionOptions } from '../../../src/rehearsal/region';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'region-'));
  undo.push(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** A region that is closed after the test. */
export async function start(options: Partial<RegionOptions> = {}): Promise<Region> {
  const stateDir = options.stateDir ?? temporaryFolder();
  const region = await startRegion({
    stateDir,
    region: 'eu-west-1',
    runtime: { folder: join(stateDir, 'jobs'), image: () => undefined },
    ...options,
  });
  undo.push(() => region.close());
  return region;
}

/** What a client needs to be given when it does not read the environment. */
export interface Settings {
  readonly endpoint: string;
  readonly region?: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

export function settings({ url, environment }: Region): Settings {
  return {
    endpoint: url,
    region: environment.AWS_REGION,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
    },
  };
}

/** The header of a request that no SDK makes. */
export function authorization(
  { environment }: Region,
  service: string,
  accessKey = environment.AWS_ACCESS_KEY_ID,
): string {
  const scope = `20260101/${environment.AWS_REGION ?? ''}/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${accessKey ?? ''}/${scope}, SignedHeaders=host, Signature=none`;
}

export function s3Of(region: Region): S3Client {
  return closedLater(new S3Client(settings(region)));
}

export function sagemakerOf(region: Region): SageMakerClient {
  return closedLater(new SageMakerClient(settings(region)));
}

export function cloudformationOf(region: Region): CloudFormationClient {
  return closedLater(new CloudFormationClient(settings(region)));
}

export function iamOf(region: Region): IAMClient {
  return closedLater(new IAMClient(settings(region)));
}

export function runtimeOf(region: Region): SageMakerRuntimeClient {
  return closedLater(new SageMakerRuntimeClient(settings(region)));
}

export function lambdaOf(region: Region): LambdaClient {
  return closedLater(new LambdaClient(settings(region)));
}

export function sqsOf(region: Region): SQSClient {
  return closedLater(new SQSClient(settings(region)));
}

function closedLater<T extends { destroy(): void }>(client: T): T {
  undo.push(() => {
    client.destroy();
  });
  return client;
}
