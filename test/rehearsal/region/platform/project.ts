// Projects for tests, launched by a person in Studio from a platform that was published.
import { DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import { CodePipelineClient, ListPipelineExecutionsCommand } from '@aws-sdk/client-codepipeline';
import { AttachRolePolicyCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import {
  CreateProjectCommand,
  DeleteProjectCommand,
  DescribeProjectCommand,
  SageMakerClient,
  type DescribeProjectCommandOutput,
} from '@aws-sdk/client-sagemaker';
import {
  ListProvisioningArtifactsCommand,
  SearchProductsCommand,
  ServiceCatalogClient,
} from '@aws-sdk/client-service-catalog';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { platformNames, RUNTIME_IMAGES } from '../../../../src/platform';
import { ACCOUNT, type Region } from '../../../../src/rehearsal/region';
import { cloudformationOf, iamOf, s3Of, settings, type Settings } from '../start';
import type { Release } from '../../../../src/catalog';
import { assembly, BUCKET, deploy, PLATFORM, platformRepository, release, STUDIO_ROLE, upload } from './platform';

export type Way = 'Service Catalog' | 'S3';

export const NAME = 'Survey-North';
const HOSTED = 'team/model-build';
const ROLE_PREFIX = `drone-mlops-${PLATFORM}-project-`;

export interface Published {
  readonly dir: string;
  /** What a client of the person in Studio needs to be given. */
  readonly studio: Settings;
}

/** Publishes a platform with its first release, and gives a person in Studio the right to launch. */
export async function publish(region: Region, options: Readonly<Record<string, unknown>>): Promise<Published> {
  const dir = platformRepository(options);
  await publishRelease(region, dir, '1.0.0');
  return { dir, studio: await studioOf(region) };
}

/** Freezes a release of a platform, and publishes it beside those that are there. */
export async function publishRelease(region: Region, dir: string, version: string): Promise<Release> {
  const frozen = await release(dir, version);
  const client = cloudformationOf(region);
  const outdir = assembly(dir);
  const stack = async (id: 'Foundation' | 'Catalog') => {
    const { StackStatus = '', StackStatusReason } = await deploy(
      client,
      outdir,
      id,
      `drone-mlops-${PLATFORM}-${id.toLowerCase()}`,
    );
    if (!/^(CREATE|UPDATE)_COMPLETE$/.test(StackStatus)) throw new Error(`${StackStatus}: ${StackStatusReason ?? ''}`);
  };
  await stack('Foundation');
  await upload(s3Of(region), frozen);
  await stack('Catalog');
  await nameImages(region, version);
  return frozen;
}

/** What the platform's build of the runtime images records. */
async function nameImages(region: Region, version: string): Promise<void> {
  const ssm = new SSMClient(settings(region));
  for (const image of RUNTIME_IMAGES) {
    const Name = platformNames(PLATFORM).imageParameter(version, image);
    const Value = `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/${platformNames(PLATFORM).imageRepository}@sha256:${'0'.repeat(64)}`;
    await ssm.send(new PutParameterCommand({ Name, Value, Type: 'String' }));
  }
}

/** A role of Studio, as its domain has one, with the policy that the foundation made for it. */
export async function studioOf(region: Region): Promise<Settings> {
  const iam = iamOf(region);
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: STUDIO_ROLE, AssumeRolePolicyDocument: trusting({ AWS: ACCOUNT }) }),
  );
  const PolicyArn = `arn:aws:iam::${ACCOUNT}:policy/drone-mlops-${PLATFORM}-eu-west-1-studio`;
  await iam.send(new AttachRolePolicyCommand({ RoleName: STUDIO_ROLE, PolicyArn }));
  const sts = new STSClient(settings(region));
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'person' }));
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return {
    ...settings(region),
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
  };
}

/** What the template asks whoever launches: the connection, and roles where it makes none. */
export async function parametersFor(
  region: Region,
  options: { readonly repositoryProvider: string; readonly roles: string },
): Promise<Record<string, string>> {
  const parameters: Record<string, string> = {};
  const connected = options.repositoryProvider === 'CodeConnections';
  if (connected) {
    await region.hosts.createHostedRepository(HOSTED);
    parameters.ConnectionArn = region.hosts.connect('team', 'AVAILABLE');
    parameters.RepositoryFullName = HOSTED;
  }
  if (options.roles === 'existing') {
    const services = {
      Execution: 'sagemaker',
      Build: 'codebuild',
      Pipeline: 'codepipeline',
      Notify: 'lambda',
      Hook: 'lambda',
      Step: 'lambda',
      ...(connected ? { Seed: 'codebuild' } : { Events: 'events' }),
    };
    for (const [name, service] of Object.entries(services)) {
      const RoleName = `${ROLE_PREFIX}${name}`;
      const AssumeRolePolicyDocument = trusting({ Service: `${service}.amazonaws.com` });
      const { Role } = await iamOf(region).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
      parameters[`${name}RoleArn`] = Role?.Arn ?? '';
    }
  }
  return parameters;
}

/** Creates a project as Studio does. */
export async function launch(
  studio: Settings,
  way: Way,
  parameters: Readonly<Record<string, string>>,
): Promise<DescribeProjectCommandOutput> {
  const client = new SageMakerClient(studio);
  const given = Object.entries(parameters).map(([Key, Value]) => ({ Key, Value }));
  const provider = {
    TemplateName: PLATFORM,
    TemplateURL: templateUrl('1.0.0'),
    RoleARN: `arn:aws:iam::${ACCOUNT}:role/drone-mlops-${PLATFORM}-eu-west-1-launch-s3`,
    Parameters: given,
  };
  const from =
    way === 'S3'
      ? { TemplateProviders: [{ CfnTemplateProvider: provider }] }
      : { ServiceCatalogProvisioningDetails: { ...(await offered(studio)), ProvisioningParameters: given } };
  await client.send(new CreateProjectCommand({ ProjectName: NAME, ...from }));
  return ended(client);
}

export function templateUrl(version: string): string {
  return `https://${BUCKET}.s3.eu-west-1.amazonaws.com/templates/drone-mlops-${version}.yaml`;
}

/** A version of the product, as a person in Studio finds it. */
export async function offered(studio: Settings, name = '1.0.0') {
  const client = new ServiceCatalogClient(studio);
  const { ProductViewSummaries: [product] = [] } = await client.send(new SearchProductsCommand({}));
  const ProductId = product?.ProductId;
  const { ProvisioningArtifactDetails: versions = [] } = await client.send(
    new ListProvisioningArtifactsCommand({ ProductId }),
  );
  return { ProductId, ProvisioningArtifactId: versions.find(({ Name }) => Name === name)?.Id };
}

export async function remove(studio: Settings): Promise<DescribeProjectCommandOutput> {
  const client = new SageMakerClient(studio);
  await client.send(new DeleteProjectCommand({ ProjectName: NAME }));
  return ended(client);
}

/** The project, once nothing is under way. */
export async function ended(client: SageMakerClient): Promise<DescribeProjectCommandOutput> {
  for (;;) {
    const project = await client.send(new DescribeProjectCommand({ ProjectName: NAME }));
    if (project.ProjectStatus?.endsWith('InProgress') !== true) return project;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The status of the build pipeline's first execution, once it has ended. */
export async function firstBuild(region: Region, id: string): Promise<string | undefined> {
  const client = new CodePipelineClient(settings(region));
  const pipelineName = `sagemaker-${NAME}-${id}-modelbuild`;
  for (;;) {
    const { pipelineExecutionSummaries: [first] = [] } = await client.send(
      new ListPipelineExecutionsCommand({ pipelineName }),
    );
    if (first !== undefined && first.status !== 'InProgress') return first.status;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Why resources of a project's stack failed, in one text. */
export async function failuresOf(region: Region, project: DescribeProjectCommandOutput): Promise<string> {
  const { StackEvents = [] } = await cloudformationOf(region).send(
    new DescribeStackEventsCommand({ StackName: stackOf(project) }),
  );
  const failed = StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED') === true);
  return failed.map(({ ResourceStatusReason }) => ResourceStatusReason).join('\n');
}

/** The name of a project's stack. */
export function stackOf(project: DescribeProjectCommandOutput): string {
  const detail = project.TemplateProviderDetails?.[0]?.CfnTemplateProviderDetail?.StackDetail;
  const provisioned = project.ServiceCatalogProvisionedProductDetails?.ProvisionedProductId ?? '';
  return detail?.Name ?? `SC-${ACCOUNT}-${provisioned}`;
}

function trusting(Principal: object): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
  });
}
