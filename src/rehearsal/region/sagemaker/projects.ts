// Projects, as Studio launches them from a template in S3 or from a product of Service Catalog.
import { assumed, documented } from '../behaviour';
import { AwsError } from '../errors';
import type { Members } from '../service';
import { API, invalid, operation } from './operation';
import { page, PAGING_CLAIM, type Paging } from './paging';
import {
  endLaunch,
  launchProduct,
  launchStatus,
  launchTemplate,
  updateProduct,
  updateTemplate,
  type CatalogDetails,
  type Launch,
  type TemplateProvider,
} from './project-launch';
import { arn, randomId, seconds, type Tag, type World } from './world';

/** A project as it is kept; its status is that of what it launched. */
export interface Project {
  readonly name: string;
  readonly id: string;
  readonly description?: string;
  readonly launch: Launch;
  readonly created: number;
}

const PROJECT_ID_LENGTH = 12;

const createProject = operation<{
  ProjectName: string;
  ProjectDescription?: string;
  Tags?: readonly Tag[];
  ServiceCatalogProvisioningDetails?: CatalogDetails;
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
      documented(
        'A product is provisioned in the name of whoever creates the project.',
        `${API}, CreateProject: ServiceCatalogProvisioningDetails`,
      ),
      assumed('The stack is called SP-<project id>, and has the tags sagemaker:project-name and sagemaker:project-id.'),
      assumed('A provisioned product is called <project name>-<project id>, and has the same tags.'),
      assumed('Without ProvisioningArtifactId, it is the newest version that may be launched.'),
      assumed('An id is p- and 12 small letters and digits.'),
      assumed('A name that a project has which was not deleted: ValidationException.'),
      assumed('What Service Catalog refuses is refused at once: ValidationException.'),
    ],
  },
  async (input, world, caller) => {
    const { ProjectName: name, ProjectDescription, Tags = [] } = input;
    const { TemplateProviders = [], ServiceCatalogProvisioningDetails: details } = input;
    const provider = TemplateProviders[0]?.CfnTemplateProvider;
    if ((provider === undefined) === (details === undefined)) {
      throw invalid('Name either ServiceCatalogProvisioningDetails, or one CfnTemplateProvider in TemplateProviders.');
    }
    const present = world.projects.get(name);
    if (present !== undefined && (await launchStatus(present.launch, caller)).status !== 'DeleteCompleted') {
      throw invalid(`Project with name ${name} already exists.`);
    }
    const id = `p-${randomId(PROJECT_ID_LENGTH)}`;
    const own = { 'sagemaker:project-name': name, 'sagemaker:project-id': id };
    const tags = [...Tags, ...Object.entries(own).map(([Key, Value]) => ({ Key, Value }))];
    const launch =
      details === undefined
        ? await launchTemplate(provider as TemplateProvider, { name, id }, tags, caller) // one of both is there
        : await launchProduct(details, { name, id }, tags, caller);
    world.projects.put(name, {
      name,
      id,
      ...(ProjectDescription !== undefined && { description: ProjectDescription }),
      launch,
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
  ServiceCatalogProvisioningUpdateDetails?: Pick<CatalogDetails, 'ProvisioningArtifactId' | 'ProvisioningParameters'>;
  TemplateProvidersToUpdate?: readonly { readonly CfnTemplateProvider?: Partial<TemplateProvider> }[];
}>(
  'UpdateProject',
  {
    claims: [
      documented('The project’s stack is updated to the template.', `${API}, UpdateProject: TemplateProvidersToUpdate`),
      documented(
        'The provisioned product is updated to the version.',
        `${API}, UpdateProject: ServiceCatalogProvisioningUpdateDetails`,
      ),
      assumed('A project is updated in the way in which it was launched.'),
    ],
    refuses: ['Tags'],
  },
  async (input, world, caller) => {
    const project = existing(world, input.ProjectName);
    const provider = input.TemplateProvidersToUpdate?.[0]?.CfnTemplateProvider;
    const details = input.ServiceCatalogProvisioningUpdateDetails;
    const { launch } = project;
    if (provider !== undefined && details !== undefined) throw invalid('A project is updated in one way at a time.');
    const asked = provider !== undefined ? 'template' : details !== undefined ? 'catalog' : launch.by;
    if (asked !== launch.by) throw invalid(`Project ${project.name} was launched in the other way.`);
    const updated =
      launch.by === 'template'
        ? provider && (await updateTemplate(launch, provider, project, caller))
        : details && (await updateProduct(launch, details, project, caller));
    const description = input.ProjectDescription ?? project.description;
    world.projects.put(project.name, {
      ...project,
      launch: updated ?? launch,
      ...(description !== undefined && { description }),
    });
    return { ProjectArn: arn(world, `project/${project.name}`) };
  },
);

const describeProject = operation<{ ProjectName: string }>(
  'DescribeProject',
  {
    claims: [
      assumed(
        'The status is that of the project’s stack, or of its provisioned product; a deleted project is still described.',
      ),
    ],
  },
  async ({ ProjectName }, world, caller) => {
    const project = existing(world, ProjectName);
    const { status, details } = await launchStatus(project.launch, caller);
    return { ...summaryOf(world, project, status), ...details };
  },
);

const deleteProject = operation<{ ProjectName: string }>(
  'DeleteProject',
  {
    claims: [
      documented(
        'Deletes the project’s stack, or terminates its product; what the template retains stays.',
        `${API}, DeleteProject`,
      ),
    ],
  },
  async ({ ProjectName }, world, caller) => {
    await endLaunch(existing(world, ProjectName).launch, caller);
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
      ProjectSummaryList.push(summaryOf(world, project, (await launchStatus(project.launch, caller)).status));
    }
    return { ProjectSummaryList, ...token };
  },
);

export const PROJECT_OPERATIONS = [createProject, updateProject, describeProject, deleteProject, listProjects];

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

/** @throws AwsError ValidationException */
function existing(world: World, name: string): Project {
  const project = world.projects.get(name);
  if (project === undefined) throw new AwsError('ValidationException', `Project ${name} does not exist.`);
  return project;
}
