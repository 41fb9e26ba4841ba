// Brings the pipeline in the account up to date with a definition, and says what that changed.
import { createHash } from 'node:crypto';
import {
  CreateModelPackageGroupCommand,
  CreatePipelineCommand,
  DescribePipelineCommand,
  ListPipelineVersionsCommand,
  ResourceNotFound,
  SageMakerServiceException,
  UpdatePipelineCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { ObjectStore } from '../dataset';
import type { Definition } from './builder';
import { changes, type Json } from './diff';
import type { Environment } from './environment';

/** Definitions of this size go to S3, as with the Python SDK (`pipeline.py`, `_create_args`); bytes. */
const INLINE_LIMIT = 100 * 1024;

export interface Clients {
  readonly sagemaker: SageMakerClient;
  /** The project's bucket. */
  readonly store: ObjectStore;
}

export interface Upsert {
  readonly clients: Clients;
  readonly definition: Definition;
  readonly environment: Environment;
  readonly tags: Readonly<Record<string, string>>;
}

/** The pipeline as it is after an upsert. */
export interface Upserted {
  readonly action: 'created' | 'updated' | 'unchanged';
  readonly arn: string;
  /** The version that holds just this definition; start it, and no other build can come between. */
  readonly version: number;
  /** One line a change; see {@link changes}. */
  readonly changes: readonly string[];
}

/** What an upsert would do. */
export type Plan = Pick<Upserted, 'action' | 'changes'> & { readonly current: Current | undefined };

/** The pipeline's latest version as the service describes it. */
interface Current {
  readonly arn: string | undefined;
  readonly version: number | undefined;
  readonly roleArn: string | undefined;
  readonly definition: string | undefined;
}

/** The service's answer lacks what it should hold, or belongs to another state than the one asked about. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError';
}

/** Compares with the pipeline's latest version; changes nothing. */
export async function plan({ clients: { sagemaker }, definition, environment }: Upsert): Promise<Plan> {
  const current = await describeLatest(sagemaker, environment.pipelineName);
  if (!current) return { action: 'created', changes: [], current };
  const found = changes(
    parse(current.definition, current.roleArn),
    parse(JSON.stringify(definition), environment.roleArn),
  );
  return { action: found.length > 0 ? 'updated' : 'unchanged', changes: found, current };
}

/** Creates or updates the pipeline where something changed. @throws PipelineError */
export async function upsert(options: Upsert): Promise<Upserted> {
  const { clients, definition, environment, tags } = options;
  const { action, changes: found, current } = await plan(options);
  if (action === 'unchanged') return { action, changes: found, ...identify(current) };
  const request = {
    PipelineName: environment.pipelineName,
    RoleArn: environment.roleArn,
    ...(await definitionField(clients.store, environment, JSON.stringify(definition))),
  };
  if (action === 'updated') {
    const { PipelineArn, PipelineVersionId } = await clients.sagemaker.send(new UpdatePipelineCommand(request));
    return { action, changes: found, ...identify({ arn: PipelineArn, version: PipelineVersionId }) };
  }
  const { PipelineArn } = await clients.sagemaker.send(
    new CreatePipelineCommand({ ...request, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
  );
  // CreatePipeline does not say which version it made: the first.
  const version = await versionAt('Ascending', clients.sagemaker, environment.pipelineName);
  return { action, changes: found, ...identify({ arn: PipelineArn, version }) };
}

/** Creates the model package group unless it is there, and says whether it did. */
export async function ensureModelPackageGroup({ clients, environment, tags }: Upsert): Promise<boolean> {
  try {
    await clients.sagemaker.send(
      new CreateModelPackageGroupCommand({
        ModelPackageGroupName: environment.modelPackageGroup,
        ModelPackageGroupDescription: `Detectors of ${environment.projectName}.`,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
    return true;
  } catch (error) {
    // The service has no error of its own for this; the Python SDK reads the message too (`session.py`, `_create_resource`).
    if (error instanceof SageMakerServiceException && /already exist/.test(error.message)) return false;
    throw error;
  }
}

/** The pipeline's latest version; undefined when there is no such pipeline. */
async function describeLatest(sagemaker: SageMakerClient, name: string): Promise<Current | undefined> {
  try {
    const version = await versionAt('Descending', sagemaker, name);
    const { PipelineArn, RoleArn, PipelineDefinition } = await sagemaker.send(
      new DescribePipelineCommand({ PipelineName: name, PipelineVersionId: version }),
    );
    return { arn: PipelineArn, version, roleArn: RoleArn, definition: PipelineDefinition };
  } catch (error) {
    if (error instanceof ResourceNotFound) return undefined;
    throw error;
  }
}

/** The oldest or the newest version of the pipeline. */
async function versionAt(
  order: 'Ascending' | 'Descending',
  sagemaker: SageMakerClient,
  name: string,
): Promise<number | undefined> {
  const { PipelineVersionSummaries = [] } = await sagemaker.send(
    new ListPipelineVersionsCommand({ PipelineName: name, SortOrder: order, MaxResults: 1 }),
  );
  return PipelineVersionSummaries[0]?.PipelineVersionId;
}

async function definitionField(store: ObjectStore, { bucket, pipelineName }: Environment, text: string) {
  const bytes = Buffer.from(text);
  if (bytes.length < INLINE_LIMIT) return { PipelineDefinition: text };
  const key = `pipelines/${pipelineName}/${createHash('sha256').update(bytes).digest('hex')}.json`;
  await store.create(key, bytes);
  return { PipelineDefinitionS3Location: { Bucket: bucket, ObjectKey: key } };
}

function identify({ arn, version }: Partial<Pick<Current, 'arn' | 'version'>> = {}) {
  if (arn === undefined || version === undefined) {
    throw new PipelineError('SageMaker did not say which version of the pipeline this is: run the upsert again.');
  }
  return { arn, version };
}

/** What a change is looked for in: the definition, and the role that it runs as. */
function parse(text = '', roleArn = ''): Json {
  try {
    return { ...(JSON.parse(text) as { readonly [key: string]: Json }), RoleArn: roleArn };
  } catch {
    throw new PipelineError(
      'The pipeline in the account holds a definition that is not JSON: delete it and upsert again.',
    );
  }
}
