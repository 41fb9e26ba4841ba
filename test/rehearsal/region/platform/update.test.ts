// A launched project goes from one frozen release to the next, by both ways.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStackResourcesCommand,
  type CloudFormationClient,
} from '@aws-sdk/client-cloudformation';
import { SageMakerClient, UpdateProjectCommand, type UpdateProjectCommandInput } from '@aws-sdk/client-sagemaker';
import { cloudformationOf, start, temporaryFolder, type Settings } from '../start';
import { PLATFORM } from './platform';
import {
  ended,
  firstBuild,
  launch,
  NAME,
  offered,
  parametersFor,
  publish,
  publishRelease,
  stackOf,
  templateUrl,
  type Way,
} from './project';
import { denied, policiesOf } from './replay';

const TIMEOUT_MS = 120_000;
/** What holds a team's work. */
const KEPT = ['AWS::S3::Bucket', 'AWS::CodeCommit::Repository', 'AWS::SageMaker::ModelPackageGroup'];

async function keptOf(client: CloudFormationClient, StackName: string): Promise<Record<string, string | undefined>> {
  const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName }));
  const kept = StackResources.filter(({ ResourceType = '' }) => KEPT.includes(ResourceType));
  return Object.fromEntries(kept.map((one) => [one.LogicalResourceId ?? '', one.PhysicalResourceId]));
}

async function updateTo(
  studio: Settings,
  way: Way,
  version: string,
): Promise<Omit<UpdateProjectCommandInput, 'ProjectName'>> {
  if (way === 'S3') {
    const CfnTemplateProvider = { TemplateName: PLATFORM, TemplateURL: templateUrl(version) };
    return { TemplateProvidersToUpdate: [{ CfnTemplateProvider }] };
  }
  const { ProvisioningArtifactId } = await offered(studio, version);
  return { ServiceCatalogProvisioningUpdateDetails: { ProvisioningArtifactId } };
}

test.each<[Way, string]>([
  ['Service Catalog', 'CodeCommit'],
  ['S3', 'CodeConnections'],
])(
  'by way of %s with %s it keeps its bucket, its repository and its package group',
  async (way, repositoryProvider) => {
    // GIVEN
    const stateDir = temporaryFolder();
    const region = await start({ stateDir });
    const client = cloudformationOf(region);
    const { dir, studio } = await publish(region, { repositoryProvider });
    const parameters = await parametersFor(region, { repositoryProvider, roles: 'create' });
    const project = await launch(studio, way, parameters);
    await firstBuild(region, project.ProjectId ?? '');
    const StackName = stackOf(project);
    const before = await keptOf(client, StackName);
    const definition = JSON.parse(readFileSync(join(dir, 'drone-mlops.json'), 'utf8')) as object;
    writeFileSync(join(dir, 'drone-mlops.json'), JSON.stringify({ ...definition, logRetentionDays: 30 }));
    const next = await publishRelease(region, dir, '1.1.0');
    // WHEN what would change is asked for
    const given = Object.keys(next.template.Parameters).map((ParameterKey) => ({
      ParameterKey,
      UsePreviousValue: true,
    }));
    const Capabilities = ['CAPABILITY_NAMED_IAM' as const];
    const set = { StackName, ChangeSetName: 'next' };
    await client.send(new CreateChangeSetCommand({ ...set, TemplateBody: next.yaml, Parameters: given, Capabilities }));
    const { Changes = [] } = await client.send(new DescribeChangeSetCommand(set));
    // THEN
    const changes = Changes.map(({ ResourceChange }) => ResourceChange);
    expect(changes.map((change) => change?.ResourceType)).toContain('AWS::Logs::LogGroup');
    expect(changes.filter((change) => change?.Action !== 'Modify' || change.Replacement === 'True')).toEqual([]);

    // WHEN it is updated
    const to = await updateTo(studio, way, '1.1.0');
    await new SageMakerClient(studio).send(new UpdateProjectCommand({ ProjectName: NAME, ...to }));
    // THEN
    expect(await ended(new SageMakerClient(studio))).toMatchObject({ ProjectStatus: 'UpdateCompleted' });
    expect(await keptOf(client, StackName)).toEqual(before);
    // Others have what the next release gives them; what they called was the first one's.
    const launching = (role: string) => /-launch(-s3)?$/.test(role);
    expect(await denied(stateDir, policiesOf(stateDir), launching)).toEqual([]);
  },
  TIMEOUT_MS,
);
