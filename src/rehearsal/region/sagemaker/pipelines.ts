// Pipelines and their versions.
import { DefinitionError, parseDefinition } from '../../execution';
import { assumed, documented } from '../behaviour';
import { AwsError } from '../errors';
import { without } from '../without';
import { API, invalid, notFound, operation, type Members } from './operation';
import { page, PAGING_CLAIM, type Paging } from './paging';
import { answer, arn, nameOf, seconds, type Tag, type World } from './world';

export interface Pipeline extends Members {
  readonly PipelineName: string;
  readonly PipelineArn: string;
  readonly RoleArn: string;
  readonly ParallelismConfiguration?: { readonly MaxParallelExecutionSteps: number };
  /** The token that it was created with. */
  readonly ClientRequestToken: string;
  readonly LatestVersion: number;
}

/** What a pipeline was at one time; executions keep to theirs. */
export interface PipelineVersion extends Members {
  readonly PipelineArn: string;
  readonly PipelineVersionId: number;
  readonly PipelineDefinition: string;
  readonly CreationTime: number;
  readonly LastExecutionPipelineExecutionArn?: string;
}

interface Definition {
  readonly PipelineDefinition?: string;
  readonly PipelineDefinitionS3Location?: {
    readonly Bucket: string;
    readonly ObjectKey: string;
    readonly VersionId?: string;
  };
}

const DEFINITION_CLAIMS = [
  documented('The definition comes in the request, or lies in S3.', `${API}, CreatePipeline`),
  assumed(
    'A definition that is malformed, refers to what it lacks or holds a cycle is refused at once: ValidationException.',
  ),
  assumed('A step of a type that a rehearsal cannot run is refused when the pipeline is created, not when it runs.'),
];

/** Members of the requests that belong to a version, or to the tags. */
const NOT_OF_THE_PIPELINE = ['PipelineDefinition', 'PipelineDefinitionS3Location', 'Tags'];

/** Members of both requests that nothing here would heed. */
const NO_ALIASES = ['PipelineVersionAliases'];

const createPipeline = operation<
  Definition & { PipelineName: string; RoleArn: string; ClientRequestToken: string; Tags?: readonly Tag[] }
>(
  'CreatePipeline',
  {
    claims: [
      ...DEFINITION_CLAIMS,
      documented(
        'A name that is taken: ValidationException, “Pipeline names must be unique within an AWS account and region.”',
        'SageMaker Python SDK 2.257.6, workflow/pipeline.py, Pipeline.upsert',
      ),
      documented('The same ClientRequestToken again creates nothing new.', `${API}, CreatePipeline`),
    ],
    refuses: NO_ALIASES,
  },
  async (input, world) => {
    const { PipelineName: name, Tags = [], ClientRequestToken } = input;
    const present = world.pipelines.get(name);
    if (present?.ClientRequestToken === ClientRequestToken) return { PipelineArn: present.PipelineArn };
    if (present !== undefined) {
      throw invalid(
        `Pipeline names must be unique within an AWS account and region. Pipeline with name (${name}) already exists.`,
      );
    }
    const definition = await definitionText(input, world);
    if (definition === undefined)
      throw invalid('Either PipelineDefinition or PipelineDefinitionS3Location is required.');
    const now = seconds();
    const PipelineArn = arn(world, `pipeline/${name}`);
    const pipeline: Pipeline = {
      PipelineDisplayName: name,
      ...without(input, ...NOT_OF_THE_PIPELINE),
      PipelineName: name,
      PipelineArn,
      RoleArn: input.RoleArn,
      ClientRequestToken,
      PipelineStatus: 'Active',
      CreationTime: now,
      LastModifiedTime: now,
      LatestVersion: 0,
    };
    addVersion(world, pipeline, definition, now);
    world.tags.put(PipelineArn, Tags);
    return { PipelineArn };
  },
);

const updatePipeline = operation<Definition & { PipelineName: string }>(
  'UpdatePipeline',
  {
    claims: [
      ...DEFINITION_CLAIMS,
      assumed('An update with a definition makes a new version; one without changes the pipeline in its place.'),
    ],
    refuses: NO_ALIASES,
  },
  async (input, world) => {
    const before = existingPipeline(world, input.PipelineName);
    const definition = await definitionText(input, world);
    const now = seconds();
    const pipeline: Pipeline = { ...before, ...without(input, ...NOT_OF_THE_PIPELINE), LastModifiedTime: now };
    if (definition !== undefined) return addVersion(world, pipeline, definition, now);
    world.pipelines.put(pipeline.PipelineName, pipeline);
    return { PipelineArn: pipeline.PipelineArn, PipelineVersionId: pipeline.LatestVersion };
  },
);

const describePipeline = operation<{ PipelineName: string; PipelineVersionId?: number }>(
  'DescribePipeline',
  {
    claims: [
      documented('Describes the latest version unless PipelineVersionId names another.', `${API}, DescribePipeline`),
    ],
    refuses: ['PipelineVersionAlias'],
  },
  (input, world) => {
    const pipeline = existingPipeline(world, input.PipelineName);
    const { PipelineDefinition } = versionOf(world, pipeline, input.PipelineVersionId);
    return answer('DescribePipeline', { ...pipeline, PipelineDefinition });
  },
);

const listPipelineVersions = operation<Paging & { PipelineName: string }>(
  'ListPipelineVersions',
  { claims: [PAGING_CLAIM, assumed('Versions are numbered from 1.')], refuses: ['CreatedAfter', 'CreatedBefore'] },
  (input, world) => {
    const pipeline = existingPipeline(world, input.PipelineName);
    const versions = Array.from({ length: pipeline.LatestVersion }, (_, index) =>
      versionOf(world, pipeline, index + 1),
    );
    const { items, token } = page(versions, input);
    const PipelineVersionSummaries = items.map(
      ({ PipelineArn, PipelineVersionId, CreationTime, LastExecutionPipelineExecutionArn }) => ({
        PipelineArn,
        PipelineVersionId,
        CreationTime,
        LastExecutionPipelineExecutionArn,
      }),
    );
    return { PipelineVersionSummaries, ...token };
  },
);

const listPipelines = operation<Paging & { PipelineNamePrefix?: string }>(
  'ListPipelines',
  { claims: [PAGING_CLAIM], refuses: ['CreatedAfter', 'CreatedBefore', 'SortBy'] },
  ({ PipelineNamePrefix = '', ...paging }, { pipelines }) => {
    const found = pipelines.all().filter(({ PipelineName }) => PipelineName.startsWith(PipelineNamePrefix));
    const { items, token } = page(
      found.sort((a, b) => Number(a.CreationTime) - Number(b.CreationTime)),
      paging,
    );
    const PipelineSummaries = items.map(
      ({ PipelineName, PipelineArn, PipelineDisplayName, RoleArn, CreationTime, LastModifiedTime }) => ({
        PipelineName,
        PipelineArn,
        PipelineDisplayName,
        RoleArn,
        CreationTime,
        LastModifiedTime,
      }),
    );
    return { PipelineSummaries, ...token };
  },
);

const deletePipeline = operation<{ PipelineName: string }>(
  'DeletePipeline',
  {
    claims: [
      documented('One that has executions under way: ConflictException.', `${API}, DeletePipeline`),
      assumed('The pipeline is gone at once, and its executions and versions with it.'),
    ],
  },
  ({ PipelineName }, world) => {
    const { PipelineArn } = existingPipeline(world, PipelineName);
    const executions = world.executions.entries().filter(([, execution]) => execution.PipelineArn === PipelineArn);
    const running = executions.some(([, { PipelineExecutionStatus: status }]) => /^(Executing|Stopping)$/.test(status));
    if (running) throw new AwsError('ConflictException', `Pipeline '${PipelineArn}' has executions that are running.`);
    for (const [id] of executions) world.executions.delete(id);
    for (const [id, version] of world.versions.entries()) {
      if (version.PipelineArn === PipelineArn) world.versions.delete(id);
    }
    world.pipelines.delete(PipelineName);
    world.tags.delete(PipelineArn);
    return { PipelineArn };
  },
);

export const PIPELINE_OPERATIONS = [
  createPipeline,
  updatePipeline,
  describePipeline,
  listPipelines,
  listPipelineVersions,
  deletePipeline,
];

/** @throws AwsError ResourceNotFound */
export function existingPipeline(world: World, nameOrArn: string): Pipeline {
  const name = nameOf(nameOrArn);
  const pipeline = world.pipelines.get(name);
  if (pipeline === undefined) throw notFound(`Pipeline '${arn(world, `pipeline/${name}`)}' does not exist.`);
  return pipeline;
}

/** @throws AwsError ResourceNotFound when the pipeline has no such version */
export function versionOf(world: World, pipeline: Pipeline, id = pipeline.LatestVersion): PipelineVersion {
  const version = world.versions.get(`${pipeline.PipelineName}/${id}`);
  if (version === undefined) throw notFound(`Pipeline '${pipeline.PipelineArn}' has no version ${id}.`);
  return version;
}

/** The version first, so that a pipeline never names one that is not there. */
function addVersion(world: World, pipeline: Pipeline, definition: string, now: number) {
  const { PipelineName: name, PipelineArn } = pipeline;
  const PipelineVersionId = pipeline.LatestVersion + 1;
  const version = { PipelineArn, PipelineVersionId, PipelineDefinition: definition, CreationTime: now };
  world.versions.put(`${name}/${PipelineVersionId}`, version);
  world.pipelines.put(name, { ...pipeline, LatestVersion: PipelineVersionId });
  return { PipelineArn, PipelineVersionId };
}

/** The definition that a request brings, parsed once so that a bad one is refused here. */
async function definitionText(input: Definition, { storage }: World): Promise<string | undefined> {
  const { PipelineDefinition: inline, PipelineDefinitionS3Location: location } = input;
  if (inline !== undefined && location !== undefined) {
    throw invalid('PipelineDefinition and PipelineDefinitionS3Location are mutually exclusive.');
  }
  if (location?.VersionId !== undefined) throw invalid('The rehearsal region has no versions of S3 objects.');
  const text =
    location === undefined ? inline : await readDefinition(storage, `s3://${location.Bucket}/${location.ObjectKey}`);
  if (text === undefined) return undefined;
  try {
    parseDefinition(text);
  } catch (error) {
    if (error instanceof DefinitionError) throw invalid(error.message);
    throw error;
  }
  return text;
}

async function readDefinition(storage: World['storage'], uri: string): Promise<string> {
  return storage.readText(uri).catch((error: unknown) => {
    throw invalid(`Unable to read the pipeline definition: ${error instanceof Error ? error.message : String(error)}`);
  });
}
