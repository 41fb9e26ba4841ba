import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetRolePolicyCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { HeadBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateModelPackageGroupCommand, DescribeModelPackageGroupCommand } from '@aws-sdk/client-sagemaker';
import { cloudformationOf, iamOf, s3Of, sagemakerOf, start, temporaryFolder } from '../start';
import { createStack, deleteStack, eventsOf, resourcesOf, settled, TEMPLATE, updateStack } from './stacks';

const BUCKET = 'project-alpha-000000000000';

describe('a stack', () => {
  test('makes what its template says, each resource after those that it depends on', async () => {
    // GIVEN
    const region = await start();
    const client = cloudformationOf(region);
    // WHEN
    await createStack(client, TEMPLATE, { Project: 'alpha' });
    const stack = await settled(client);
    // THEN
    expect(stack.StackStatus).toBe('CREATE_COMPLETE');
    expect(stack.Outputs).toEqual([
      { OutputKey: 'RoleArn', OutputValue: 'arn:aws:iam::000000000000:role/alpha-execution' },
    ]);
    const events = await eventsOf(client);
    expect(events.indexOf('Bucket CREATE_COMPLETE')).toBeLessThan(events.indexOf('Role CREATE_IN_PROGRESS'));
    expect(events.filter((event) => event.startsWith('Mailbox'))).toEqual([]);
    const { PolicyDocument = '' } = await iamOf(region).send(
      new GetRolePolicyCommand({ RoleName: 'alpha-execution', PolicyName: 'artifacts' }),
    );
    expect(decodeURIComponent(PolicyDocument)).toContain(`arn:aws:s3:::${BUCKET}/*`);
  });

  test('takes back what it made when a resource fails, keeps what is to be retained, and can then only be deleted', async () => {
    // GIVEN a group of the name that the template wants
    const region = await start();
    const client = cloudformationOf(region);
    await sagemakerOf(region).send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'alpha' }));
    // WHEN
    await createStack(client, TEMPLATE, { Project: 'alpha' });
    const stack = await settled(client);
    // THEN
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await eventsOf(client)).toEqual(
      expect.arrayContaining(['Group CREATE_FAILED', 'team ROLLBACK_IN_PROGRESS']),
    );
    await expect(iamOf(region).send(new GetRoleCommand({ RoleName: 'alpha-execution' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
    await expect(updateStack(client, TEMPLATE, { Project: 'beta' })).rejects.toThrow(
      /ROLLBACK_COMPLETE state and can not be updated/,
    );
    // WHEN it is deleted
    await deleteStack(client);
    // THEN the name is free
    expect((await settled(client, stack.StackId)).StackStatus).toBe('DELETE_COMPLETE');
    await expect(settled(client)).rejects.toThrow('Stack with id team does not exist');
  });

  test('replaces what a change replaces, and deletes the old one last unless it is to be retained', async () => {
    const region = await start();
    const client = cloudformationOf(region);
    await createStack(client, TEMPLATE, { Project: 'alpha' });
    await settled(client);
    await updateStack(client, TEMPLATE, { Project: 'beta', Mail: 'a@b.c' });
    expect((await settled(client)).StackStatus).toBe('UPDATE_COMPLETE');
    expect(await resourcesOf(client)).toMatchObject({
      Bucket: 'project-beta-000000000000',
      Role: 'beta-execution',
      Mailbox: 'arn:aws:sagemaker:eu-west-1:000000000000:model-package-group/mailbox',
    });
    await s3Of(region).send(new HeadBucketCommand({ Bucket: BUCKET }));
    await expect(iamOf(region).send(new GetRoleCommand({ RoleName: 'alpha-execution' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
    const events = await eventsOf(client);
    expect(events.lastIndexOf('Role DELETE_COMPLETE')).toBeGreaterThan(events.lastIndexOf('Group UPDATE_COMPLETE'));
  });

  test('goes back to what it was when an update fails', async () => {
    const region = await start();
    const client = cloudformationOf(region);
    await createStack(client, TEMPLATE, { Project: 'alpha' });
    await settled(client);
    await sagemakerOf(region).send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'beta' }));
    await updateStack(client, TEMPLATE, { Project: 'beta' });
    expect((await settled(client)).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await resourcesOf(client)).toEqual({
      Bucket: BUCKET,
      Role: 'alpha-execution',
      Group: 'arn:aws:sagemaker:eu-west-1:000000000000:model-package-group/alpha',
    });
    await expect(updateStack(client, TEMPLATE, { Project: 'alpha' })).rejects.toThrow(
      'No updates are to be performed.',
    );
  });

  test('is deleted but for what is to be retained', async () => {
    const region = await start();
    const client = cloudformationOf(region);
    const { StackId } = await createStack(client, TEMPLATE, { Project: 'alpha' });
    await settled(client);
    await s3Of(region).send(new PutObjectCommand({ Bucket: BUCKET, Key: 'model', Body: 'weights' }));
    await deleteStack(client);
    expect((await settled(client, StackId)).StackStatus).toBe('DELETE_COMPLETE');
    expect(await eventsOf(client, StackId)).toContain('Bucket DELETE_SKIPPED');
    await s3Of(region).send(new HeadBucketCommand({ Bucket: BUCKET }));
    await expect(
      sagemakerOf(region).send(new DescribeModelPackageGroupCommand({ ModelPackageGroupName: 'alpha' })),
    ).rejects.toThrow(/does not exist/);
  });

  test('is found again by a region that starts on what another left', async () => {
    const stateDir = temporaryFolder();
    const first = await start({ stateDir });
    await createStack(cloudformationOf(first), TEMPLATE, { Project: 'alpha' });
    await settled(cloudformationOf(first));
    await first.close();
    const client = cloudformationOf(await start({ stateDir }));
    expect((await settled(client)).StackStatus).toBe('CREATE_COMPLETE');
    await updateStack(client, TEMPLATE, { Project: 'beta' });
    expect((await settled(client)).StackStatus).toBe('UPDATE_COMPLETE');
  });
});

test.each([
  [
    'a type',
    TEMPLATE.replace('AWS::SageMaker::ModelPackageGroup', 'AWS::SQS::Queue'),
    /Unrecognized resource types: \[AWS::SQS::Queue\]/,
  ],
  [
    'a property',
    TEMPLATE.replace('VersioningConfiguration:', 'AccelerateConfiguration:'),
    /has no AccelerateConfiguration in AWS::S3::Bucket/,
  ],
  ['a function', TEMPLATE.replace('!Ref Project }', '{ "Fn::ImportValue": x } }'), /has no function Fn::ImportValue/],
  ['a name', TEMPLATE.replace('!GetAtt Role.Arn', '!GetAtt Roles.Arn'), /Unresolved resource dependencies \[Roles\]/],
  ['an attribute', TEMPLATE.replace('!GetAtt Role.Arn', '!GetAtt Role.Name'), /does not support attribute type Name/],
  ['a section', `${TEMPLATE}\nTransform: AWS::Serverless-2016-10-31`, /Template format error.*Transform/],
])(
  'a template with %s that the region has not is refused before anything is made',
  async (_what, template, message) => {
    const client = cloudformationOf(await start());
    await expect(createStack(client, template, { Project: 'alpha' })).rejects.toThrow(message);
    await expect(settled(client)).rejects.toThrow('does not exist');
  },
);

test('a parameter that is wrong, missing or unknown is refused in the template’s own words', async () => {
  const client = cloudformationOf(await start());
  await expect(createStack(client, TEMPLATE, { Project: 'Alpha' })).rejects.toThrow(
    /Project failed to satisfy constraint: small letters/,
  );
  await expect(createStack(client, TEMPLATE, {})).rejects.toThrow('Parameters: [Project] must have values');
  await expect(createStack(client, TEMPLATE, { Project: 'a', Team: 'b' })).rejects.toThrow(
    'Parameters: [Team] do not exist',
  );
});

test('what a stack needs of IAM is in the log of calls, in the name of whoever changes it', async () => {
  const stateDir = temporaryFolder();
  const client = cloudformationOf(await start({ stateDir }));
  await createStack(client, TEMPLATE, { Project: 'alpha' });
  await settled(client);
  const lines = readFileSync(join(stateDir, 'calls.jsonl'), 'utf8').trim().split('\n');
  const calls = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(calls).toContainEqual(
    expect.objectContaining({
      principal: 'arn:aws:iam::000000000000:user/rehearsal',
      action: 'iam:CreateRole',
      resource: 'arn:aws:iam::000000000000:role/alpha-execution',
    }),
  );
  expect(calls.map(({ action }) => action)).toContain('s3:PutBucketVersioning');
});
