// A platform's own repository and stacks for tests, as `publish` deploys them, with a seed that builds in a moment.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import {
  AlreadyExistsException,
  CreateStackCommand,
  UpdateStackCommand,
  type CloudFormationClient,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  addPlatformStacks,
  freezeRelease,
  readDefinition,
  readReleases,
  RELEASES,
  seedKey,
  seedZip,
  synthesizeTemplate,
  templateOptions,
  type Release,
} from '../../../../src/catalog';
import { settled } from '../cloudformation/stacks';
import { temporaryFolder } from '../start';

export const PLATFORM = 'drone-demo';
export const BUCKET = 'drone-mlops-drone-demo-000000000000-eu-west-1';
export const STUDIO_ROLE = 'AmazonSageMaker-ExecutionRole-1';

/** A repository with the definition of a platform. */
export function platformRepository(options: Readonly<Record<string, unknown>> = {}): string {
  const dir = temporaryFolder();
  const definition = { projectName: PLATFORM, studioRoles: ['AmazonSageMaker-ExecutionRole-*'], ...options };
  writeFileSync(join(dir, 'drone-mlops.json'), JSON.stringify(definition));
  return dir;
}

const BUILDSPEC = `
version: 0.2
phases: { build: { commands: ['echo built "$SAGEMAKER_PROJECT_ID"'] } }
`;

/** Freezes a release whose seed says what is given. @param more files of the seed */
export async function release(
  dir: string,
  version: string,
  said = '',
  more: Readonly<Record<string, string>> = {},
): Promise<Release> {
  const folder = temporaryFolder();
  const files = {
    'buildspec.yml': BUILDSPEC,
    'package-lock.json': '{}\n',
    'README.md': `model-build ${said}\n`,
    'training/requirements.txt': 'ultralytics\n',
    ...more,
  };
  mkdirSync(join(folder, 'training'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const seed = await seedZip(folder);
  const options = templateOptions(readDefinition(dir), version, seedKey(version, seed));
  freezeRelease(join(dir, RELEASES), version, synthesizeTemplate(options).yaml, seed, true);
  const frozen = readReleases(join(dir, RELEASES)).find((one) => one.version === version);
  if (frozen === undefined) throw new Error(`${version} was not frozen.`);
  return frozen;
}

/** Synthesises the platform's stacks. @returns the cloud assembly's folder */
export function assembly(dir: string): string {
  const outdir = temporaryFolder();
  const app = new App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: false });
  addPlatformStacks(app, dir);
  app.synth();
  return outdir;
}

/** Puts a release's template and seed where the catalog reads them. */
export async function upload(s3: S3Client, { templateKey, seedKey: key, yaml, seed }: Release): Promise<void> {
  const Tagging = 'sagemaker%3Astudio-visibility=true';
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: templateKey, Body: yaml, Tagging }));
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: seed }));
}

/** Deploys one of the assembly's stacks without `cdk`, which takes seconds for it. */
export async function deploy(
  client: CloudFormationClient,
  outdir: string,
  id: 'Foundation' | 'Catalog',
  StackName: string,
): Promise<Stack> {
  const TemplateBody = readFileSync(join(outdir, `${id}.template.json`), 'utf8');
  const input = { StackName, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM' as const] };
  try {
    await client.send(new CreateStackCommand(input));
  } catch (error) {
    if (!(error instanceof AlreadyExistsException)) throw error;
    await client.send(new UpdateStackCommand(input)).catch((refused: unknown) => {
      if (!(refused instanceof Error) || refused.message !== 'No updates are to be performed.') throw refused;
    });
  }
  return settled(client, StackName);
}
