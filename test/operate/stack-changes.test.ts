// What a plan shows of permissions, whichever policy they stand in.
import { managedPolicyBroadenings } from '../../src/operate/policy-changes';
import { stackChanges } from '../../src/operate/stack-changes';

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: object;
}

const READ: Statement = { Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: '*' };
const PASS: Statement = {
  Effect: 'Allow',
  Action: 'iam:PassRole',
  Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:iam' },
};
const NEVER: Statement = { Effect: 'Deny', Action: 's3:DeleteBucket', Resource: '*' };

/** A template with a role that has the policies. */
function template(policies: Readonly<Record<string, readonly Statement[]>>) {
  const ids = Object.keys(policies);
  const made = Object.entries(policies).map(([id, Statement]) => [
    id,
    { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: { Version: '2012-10-17', Statement } } },
  ]);
  const Role = { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: ids.map((Ref) => ({ Ref })) } };
  return { Resources: { ...(Object.fromEntries(made) as object), Role } };
}

describe('managed policies', () => {
  const before = template({ One: [READ], Two: [NEVER] });

  test('gain nothing by a statement that moves from one to the next', () => {
    expect(managedPolicyBroadenings(before, template({ One: [NEVER], Two: [READ] }))).toEqual([]);
  });

  test('gain what is allowed beyond what was, and what is denied no longer', () => {
    expect(managedPolicyBroadenings(before, template({ One: [READ, PASS], Two: [] }))).toEqual([
      'Allow iam:PassRole to ${Role} on arn:${AWS::Partition}:iam',
      'No longer deny s3:DeleteBucket to ${Role} on *',
    ]);
  });

  test('gain where a condition falls', () => {
    const Condition = { StringEquals: { 'aws:ResourceTag/platform': 'drone' } };
    const narrow = template({ One: [{ ...READ, Condition }] });
    expect(managedPolicyBroadenings(narrow, template({ One: [READ] }))).toEqual([
      'Allow s3:GetObject, s3:ListBucket to ${Role} on *',
    ]);
  });

  test('lose without a word', () => {
    expect(managedPolicyBroadenings(before, template({ One: [NEVER] }))).toEqual([]);
  });

  test('are told in a line each where there were none', () => {
    expect(managedPolicyBroadenings({}, template({ One: [READ], Two: [PASS] }))).toEqual([
      'Allow 3 actions on 2 resources to ${Role}',
    ]);
  });
});

test('a new denial is no permission', async () => {
  const bucket = (Statement: readonly object[]) => ({
    Resources: {
      Policy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: 'b', PolicyDocument: { Statement } } },
    },
  });
  const deny = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' };
  expect((await stackChanges(bucket([]), bucket([deny]))).broadened).toEqual([]);
  expect((await stackChanges(bucket([deny]), bucket([]))).broadened).toEqual(['No longer deny s3:* to * on b']);
});

test('without the package that compares templates, one sentence says how it gets there', async () => {
  jest.resetModules();
  jest.doMock('@aws-cdk/cloudformation-diff', () => {
    throw Object.assign(new Error("Cannot find module '@aws-cdk/cloudformation-diff'"), { code: 'MODULE_NOT_FOUND' });
  });
  const fresh = await import('../../src/operate/stack-changes.js');
  await expect(fresh.stackChanges({}, {})).rejects.toMatchObject({
    name: 'CdkError',
    message: expect.stringMatching(
      /^The package @aws-cdk\/cloudformation-diff is not installed, .*: run `npm ci`/,
    ) as unknown,
  });
});
