import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateProjectCommand,
  DeleteProjectCommand,
  DescribeModelPackageGroupCommand,
  DescribeProjectCommand,
  UpdateProjectCommand,
  type DescribeProjectCommandOutput,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { s3Of, sagemakerOf, start } from './start';

const TEMPLATE = `
Parameters: { SageMakerProjectName: { Type: String }, SageMakerProjectId: { Type: String }, Stage: { Type: String, Default: one } }
Resources:
  Group:
    Type: AWS::SageMaker::ModelPackageGroup
    DeletionPolicy: Retain
    Properties: { ModelPackageGroupName: !Sub "\${SageMakerProjectName}-\${SageMakerProjectId}" }
  Repository:
    Type: AWS::SageMaker::CodeRepository
    Properties:
      CodeRepositoryName: !Sub "\${SageMakerProjectId}-\${Stage}"
      GitConfig: { RepositoryUrl: "https://git.example/team/model-build" }
`;
const TemplateURL = 'https://templates.s3.eu-west-1.amazonaws.com/project.yaml';

async function ended(client: SageMakerClient): Promise<DescribeProjectCommandOutput> {
  for (;;) {
    const project = await client.send(new DescribeProjectCommand({ ProjectName: 'team' }));
    if (project.ProjectStatus?.endsWith('InProgress') !== true) return project;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a project launched from a template in S3 is a stack that knows its name and id, is updated, and is deleted', async () => {
  // GIVEN
  const region = await start();
  const [s3, client] = [s3Of(region), sagemakerOf(region)];
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' as const };
  await s3.send(new CreateBucketCommand({ Bucket: 'templates', CreateBucketConfiguration }));
  await s3.send(new PutObjectCommand({ Bucket: 'templates', Key: 'project.yaml', Body: TEMPLATE }));
  const provider = { TemplateName: 'drone', TemplateURL };
  // WHEN
  const { ProjectId = '' } = await client.send(
    new CreateProjectCommand({ ProjectName: 'team', TemplateProviders: [{ CfnTemplateProvider: provider }] }),
  );
  // THEN
  const launched = await ended(client);
  expect(launched.ProjectStatus).toBe('CreateCompleted');
  expect(launched.TemplateProviderDetails?.[0]?.CfnTemplateProviderDetail?.StackDetail).toMatchObject({
    Name: `SP-${ProjectId}`,
    StatusMessage: 'CREATE_COMPLETE',
  });
  const group = new DescribeModelPackageGroupCommand({ ModelPackageGroupName: `team-${ProjectId}` });
  await client.send(group);
  const again = new CreateProjectCommand({
    ProjectName: 'team',
    TemplateProviders: [{ CfnTemplateProvider: provider }],
  });
  await expect(client.send(again)).rejects.toThrow('Project with name team already exists.');

  const Parameters = [{ Key: 'Stage', Value: 'two' }];
  await client.send(
    new UpdateProjectCommand({
      ProjectName: 'team',
      TemplateProvidersToUpdate: [{ CfnTemplateProvider: { ...provider, Parameters } }],
    }),
  );
  expect((await ended(client)).ProjectStatus).toBe('UpdateCompleted');

  await client.send(new DeleteProjectCommand({ ProjectName: 'team' }));
  expect((await ended(client)).ProjectStatus).toBe('DeleteCompleted');
  await client.send(group); // is what the template retains
});
