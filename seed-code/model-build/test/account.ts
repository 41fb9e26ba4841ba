// A folder to run commands in, with an account that a stub answers for; what they print is kept.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAwsStub, type AwsStub, type Operations } from './aws-stub';

export interface CommandRun {
  /** The current folder. */
  readonly folder: string;
  readonly printed: { out: string; err: string };
  /** Points the commands at a stub that answers `operations`, and sets what a build sets. */
  account(operations: Operations): Promise<AwsStub>;
}

/** What a build sets, besides credentials. */
const BUILD = {
  AWS_REGION: 'eu-west-1',
  ARTIFACT_BUCKET: 'bucket',
  SAGEMAKER_PROJECT_NAME: 'drone',
  SAGEMAKER_PROJECT_ID: 'p-1',
  SAGEMAKER_PIPELINE_NAME: 'drone-p-1',
  SAGEMAKER_PIPELINE_ROLE_ARN: 'arn:aws:iam::123456789012:role/pipeline',
  MODEL_PACKAGE_GROUP_NAME: 'drone-p-1',
  NODE_IMAGE_URI: 'node',
  TRAINING_IMAGE_URI: 'training',
  CODEBUILD_RESOLVED_SOURCE_VERSION: 'abc123',
};

/** Sets a fresh one up around each test of the file. */
export function commandRun(): CommandRun {
  const kept = { cwd: process.cwd(), environment: { ...process.env } };
  const printed = { out: '', err: '' };
  let folder = '';
  let stub: AwsStub | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'commands-'));
    process.chdir(folder);
    Object.assign(printed, { out: '', err: '' });
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((printed.out += String(text))));
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((printed.err += String(text))));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    process.chdir(kept.cwd);
    process.env = { ...kept.environment };
    rmSync(folder, { recursive: true, force: true });
    await stub?.close();
    stub = undefined;
  });

  return {
    get folder() {
      return folder;
    },
    printed,
    async account(operations) {
      stub = await startAwsStub(operations);
      Object.assign(process.env, BUILD, {
        AWS_ENDPOINT_URL: stub.url,
        AWS_ACCESS_KEY_ID: 'none',
        AWS_SECRET_ACCESS_KEY: 'none',
      });
      return stub;
    },
  };
}
