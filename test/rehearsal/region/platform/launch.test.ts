// Our own template, launched and deleted by both ways with its options.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CreatePipelineCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { definition } from '../fixture';
import { settings, start, temporaryFolder } from '../start';
import { PLATFORM } from './platform';
import { denied, policiesOf } from './replay';
import { failuresOf, firstBuild, launch, NAME, parametersFor, publish, remove, type Way } from './project';

/** The seed's build is looked at every five seconds. */
const TIMEOUT_MS = 120_000;

const VPC = {
  vpcId: 'vpc-0123456789abcdef0',
  subnetIds: ['subnet-0123456789abcdef0'],
  securityGroupIds: ['sg-0123456789abcdef0'],
  npmRegistry: 'https://npm.example.com/',
  alertEmail: 'team@example.com',
};

/** Any two values of two options stand together in one of the rows. */
const ROWS: readonly (readonly [Way, string, string, string, boolean])[] = [
  ['Service Catalog', 'CodeCommit', 'create', 'aws', false],
  ['Service Catalog', 'CodeCommit', 'existing', 'project', true],
  ['Service Catalog', 'CodeConnections', 'create', 'project', true],
  ['Service Catalog', 'CodeConnections', 'existing', 'aws', false],
  ['S3', 'CodeCommit', 'create', 'project', false],
  ['S3', 'CodeCommit', 'existing', 'aws', true],
  ['S3', 'CodeConnections', 'create', 'aws', true],
  ['S3', 'CodeConnections', 'existing', 'project', false],
];

/** Kept of what was, or of whoever was there before. */
const RECORDS =
  /^(calls\.jsonl|sessions|resource-tags|cloudformation|service-catalog|sagemaker\/(projects|tags\/.*project)|mail|isolation|jobs|s3\/cloudformation-)/;

/** Every file of a region's state, but for what tells of the past. */
function stateOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !RECORDS.test(path))
    .map((path) => decodeURIComponent(path));
}

test.each(ROWS)(
  'a project by way of %s with %s, roles: %s, encryption: %s, VPC: %s leaves when deleted what the template retains',
  async (way, repositoryProvider, roles, encryption, vpc) => {
    // GIVEN
    const stateDir = temporaryFolder();
    const region = await start({ stateDir });
    const { studio } = await publish(region, { repositoryProvider, roles, encryption, ...(vpc && VPC) });
    const parameters = await parametersFor(region, { repositoryProvider, roles });
    const before = stateOf(stateDir);
    // WHEN
    const project = await launch(studio, way, parameters);
    // THEN
    const id = project.ProjectId ?? '';
    expect(project).toMatchObject({ ProjectStatus: 'CreateCompleted' });
    expect(await firstBuild(region, id)).toBe('Succeeded');
    await new SageMakerClient(settings(region)).send(
      new CreatePipelineCommand({
        PipelineName: `${NAME}-${id}-experiment`,
        RoleArn: 'arn:aws:iam::000000000000:role/any',
        ClientRequestToken: 'x'.repeat(32),
        PipelineDefinition: definition([{ Name: 'End', Type: 'Fail', Arguments: { ErrorMessage: 'none' } }]),
      }),
    );

    const policies = policiesOf(stateDir);

    expect(await remove(studio)).toMatchObject({ ProjectStatus: 'DeleteCompleted' });
    const left = stateOf(stateDir).filter((path) => !before.includes(path));
    expect([...new Set(left.map((path) => kindOf(path, id)))].sort()).toEqual(
      [
        'artifact bucket',
        'model package group',
        'repository',
        ...(encryption === 'project' ? ['alias', 'key'] : []),
      ].sort(),
    );
    // AND nothing was done that AWS would have denied
    const own = (role: string) => !role.includes(`drone-mlops-${PLATFORM}-project-`);
    expect(await denied(stateDir, policies, own)).toEqual([]);
  },
  TIMEOUT_MS,
);

test('a launch over a connection that nobody has finished says so, and leaves nothing', async () => {
  const stateDir = temporaryFolder();
  const region = await start({ stateDir });
  const { studio } = await publish(region, {});
  const parameters = await parametersFor(region, { repositoryProvider: 'CodeConnections', roles: 'create' });
  const ConnectionArn = region.hosts.connect('team', 'PENDING');
  const before = stateOf(stateDir);

  const project = await launch(studio, 'Service Catalog', { ...parameters, ConnectionArn });

  expect(project.ProjectStatus).toBe('CreateFailed');
  expect(await failuresOf(region, project)).toContain(
    'The connection team is PENDING: finish it in the console (Developer Tools > Connections), then launch again.',
  );
  expect(stateOf(stateDir).filter((path) => !before.includes(path))).toEqual([]);
}, 60_000);

/** What a file of the state belongs to; the file itself where that is nothing known. */
function kindOf(path: string, id: string): string {
  const known: readonly (readonly [RegExp, string])[] = [
    [new RegExp(`^s3(-configurations)?/sagemaker-project-${id}`), 'artifact bucket'],
    [new RegExp(`^sagemaker/(model-package-groups/|tags/.*model-package-group/)${NAME}-${id}`), 'model package group'],
    [/^git\//, 'repository'],
    [/^kms\/keys\//, 'key'],
    [new RegExp(`^kms/aliases/alias/sagemaker-${id}`), 'alias'],
  ];
  return known.find(([pattern]) => pattern.test(path))?.[1] ?? path;
}
