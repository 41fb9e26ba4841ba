// Projects, as Studio launches them from a template in S3: each is a CloudFormation stack.
import { assumed, documented } from '../behaviour';
import { AwsError } from '../errors';
import type { Caller, Members } from '../service';
import { API, invalid, operation } from './operation';
import { page, PAGING_CLAIM, type Paging } from './paging';
import { arn, randomId, seconds, type Tag, type World } from './world';

interface TemplateProvider {
  readonly TemplateName: string;
  readonly TemplateURL: string;
  readonly RoleARN?: string;
  readonly Parameters?: readonly { readonly Key: string; readonly Value?: string }[];
}

/** A project as it is kept; its status is its stack's. */
export interface Project {
  readonly name: string;
  readonly id: string;
  readonly description?: string;
  readonly provider: TemplateProvider;
  readonly stackId: string;
  readonly created: number;
}

const NO_CATALOG = ['ServiceCatalogProvisioningDetails', 'ServiceCatalogProvisioningUpdateDetails'];
const PROJECT_ID_LENGTH = 12;

const createProject = operation<{
  ProjectName: string;
  ProjectDescription?: string;
  Tags?: readonly Tag[];
  TemplateProviders?: readonly { readonly CfnTemplateProvider?: TemplateProvider }[];
}>(
  'CreateProject',
  {
    claims: [
      documented(
        'The template gets SageMakerProjectName and SageMakerProjectId.',
        'SageMaker Developer Guide, "Create custom project templates"',
      ),
      documented('The stack is made in the name of the provider’s role.', `${API}, CfnCreateTemplateProvider: RoleARN`),
      assumed('The stack is called SP-<project id>, and has the tags sagemaker:project-name and sagemaker:project-id.'),
      assumed('An id is p- and 12 small letters and digits.'),
      assumed('A name that a project has which was not deleted: ValidationException.'),
      assumed('Service Catalog is refused: the region has none.'),
    ],
    refuses: NO_CATALOG,
    access: ({ ProjectName }, world) => onProject(world, 'CreateProject', ProjectName),
  },
  async ({ ProjectName: name, ProjectDescription, Tags = [], TemplateProviders = [] }, world, caller) => {
    const provider = TemplateProviders[0]?.CfnTemplateProvider;
    if (provider === undefined) throw invalid('TemplateProviders must name one CfnTemplateProvider.');
    const present = world.projects.get(name);
    if (present !== undefined && (await statusOf(present, caller)).status !== 'DeleteCompleted') {
      throw invalid(`Project with name ${name} already exists.`);
    }
    const id = `p-${randomId(PROJECT_ID_LENGTH)}`;
    const own = { 'sagemaker:project-name': name, 'sagemaker:project-id': id };
    const { StackId } = await caller.call('cloudformation', 'CreateStack', {
      StackName: `SP-${id}`,
      TemplateURL: provider.TemplateURL,
      Parameters: parametersOf(provider, name, id),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      ...(provider.RoleARN !== undefined && { RoleARN: provider.RoleARN }),
      Tags: [...Tags, ...Object.entries(own).map(([Key, Value]) => ({ Key, Value }))],
    });
    world.projects.put(name, {
      name,
      id,
      ...(ProjectDescription !== undefined && { description: ProjectDescription }),
      provider,
      stackId: String(StackId),
      created: seconds(),
    });
    const ProjectArn = arn(world, `project/${name}`);
    world.tags.put(ProjectArn, Tags);
    return { ProjectArn, ProjectId: id };
  },
);

const updateProject = operation<{
  ProjectName: string;
  ProjectDescription?: string;
  TemplateProvidersToUpdate?: readonly { readonly CfnTemplateProvider?: TemplateProvider }[];
}>(
  'UpdateProject',
  {
    claims: [
      documented('The project’s stack is updated to the template.', `${API}, UpdateProject: TemplateProvidersToUpdate`),
    ],
    refuses: [...NO_CATALOG, 'Tags'],
    access: ({ ProjectName }, world) => onProject(world, 'UpdateProject', ProjectName),
  },
  async ({ ProjectName, ProjectDescription, TemplateProvidersToUpdate = [] }, world, caller) => {
    const project = existing(world, ProjectName);
    const next = TemplateProvidersToUpdate[0]?.CfnTemplateProvider;
    const provider = next === undefined ? project.provider : { ...project.provider, ...next };
    if (next !== undefined) {
      await caller.call('cloudformation', 'UpdateStack', {
        StackName: project.stackId,
        TemplateURL: provider.TemplateURL,
        Parameters: parametersOf(provider, project.name, project.id),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
        ...(provider.RoleARN !== undefined && { RoleARN: provider.RoleARN }),
      });
    }
    const description = ProjectDescription ?? project.description;
    world.projects.put(project.name, { ...project, provider, ...(description !== undefined && { description }) });
    return { ProjectArn: arn(world, `project/${project.name}`) };
  },
);

const describeProject = operation<{ ProjectName: string }>(
  'DescribeProject',
  {
    claims: [assumed('The status is that of the project’s stack; a deleted project is still described.')],
    access: ({ ProjectName }, world) => onProject(world, 'DescribeProject', ProjectName),
  },
  async ({ ProjectName }, world, caller) => {
    const project = existing(world, ProjectName);
    const { status, stack } = await statusOf(project, caller);
    const StackDetail = {
      Name: stack.StackName,
      Id: project.stackId,
      StatusMessage: [stack.StackStatus, stack.StackStatusReason].filter((word) => word !== undefined).join(': '),
    };
    return {
      ...summaryOf(world, project, status),
      TemplateProviderDetails: [{ CfnTemplateProviderDetail: { ...project.provider, StackDetail } }],
    };
  },
);

const deleteProject = operation<{ ProjectName: string }>(
  'DeleteProject',
  {
    claims: [documented('Deletes the project’s stack; what the template retains stays.', `${API}, DeleteProject`)],
    access: ({ ProjectName }, world) => onProject(world, 'DeleteProject', ProjectName),
  },
  async ({ ProjectName }, world, caller) => {
    await caller.call('cloudformation', 'DeleteStack', { StackName: existing(world, ProjectName).stackId });
    return {};
  },
);

const listProjects = operation<Paging & { NameContains?: string }>(
  'ListProjects',
  { claims: [PAGING_CLAIM], refuses: ['CreationTimeAfter', 'CreationTimeBefore', 'SortBy'] },
  async ({ NameContains = '', ...paging }, world, caller) => {
    const found = world.projects.all().filter(({ name }) => name.includes(NameContains));
    const { items, token } = page(
      found.sort((a, b) => a.created - b.created),
      paging,
    );
    const ProjectSummaryList = [];
    for (const project of items) {
      ProjectSummaryList.push(summaryOf(world, project, (await statusOf(project, caller)).status));
    }
    return { ProjectSummaryList, ...token };
  },
);

export const PROJECT_OPERATIONS = [createProject, updateProject, describeProject, deleteProject, listProjects];

interface DescribedStack {
  readonly StackName: string;
  readonly StackStatus: string;
  readonly StackStatusReason?: string;
}

/** The first words of a stack's status with what they mean for its project; the first that fits holds. */
const STATUSES: readonly (readonly [RegExp, string])[] = [
  [/^CREATE_COMPLETE$/, 'CreateCompleted'],
  [/^CREATE_IN_PROGRESS$|^ROLLBACK_IN_PROGRESS$/, 'CreateInProgress'],
  [/^CREATE_FAILED$|^ROLLBACK_/, 'CreateFailed'],
  [/^UPDATE_COMPLETE$/, 'UpdateCompleted'],
  [/^UPDATE_.*_IN_PROGRESS$|^UPDATE_IN_PROGRESS$/, 'UpdateInProgress'],
  [/^UPDATE_/, 'UpdateFailed'],
  [/^DELETE_COMPLETE$/, 'DeleteCompleted'],
  [/^DELETE_IN_PROGRESS$/, 'DeleteInProgress'],
  [/^DELETE_FAILED$/, 'DeleteFailed'],
];

async function statusOf({ stackId }: Project, caller: Caller): Promise<{ status: string; stack: DescribedStack }> {
  const { Stacks } = await caller.call('cloudformation', 'DescribeStacks', { StackName: stackId });
  const [stack] = Stacks as readonly [DescribedStack]; // the answer was checked against its model, and names one stack
  return { status: STATUSES.find(([pattern]) => pattern.test(stack.StackStatus))?.[1] ?? 'Pending', stack };
}

function parametersOf({ Parameters = [] }: TemplateProvider, name: string, id: string) {
  const own = { SageMakerProjectName: name, SageMakerProjectId: id };
  return [...Parameters.map(({ Key, Value = '' }) => [Key, Value] as const), ...Object.entries(own)].map(
    ([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }),
  );
}

function summaryOf(world: World, { name, id, description, created }: Project, status: string): Members {
  return {
    ProjectName: name,
    ProjectArn: arn(world, `project/${name}`),
    ProjectId: id,
    ...(description !== undefined && { ProjectDescription: description }),
    CreationTime: created,
    ProjectStatus: status,
  };
}

function onProject(world: World, action: string, name: string) {
  return [{ action: `sagemaker:${action}`, resources: [arn(world, `project/${name}`)] }];
}

/** @throws AwsError ValidationException */
function existing(world: World, name: string): Project {
  const project = world.projects.get(name);
  if (project === undefined) throw new AwsError('ValidationException', `Project ${name} does not exist.`);
  return project;
}
