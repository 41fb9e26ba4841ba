// The same conversations with the region and with moto (PyPI, Apache-2.0): what both say has to be the same.
import { createServer, type AddressInfo } from 'node:net';
import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  ECRClient,
  GetLifecyclePolicyCommand,
  PutLifecyclePolicyCommand,
} from '@aws-sdk/client-ecr';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketCorsCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketCorsCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { start as startProcess } from '../../../src/process';
import { settings, start, type Settings } from './start';

const PYTHON = process.env.DRONE_MLOPS_MOTO_PYTHON;
const witnessed = PYTHON === undefined ? describe.skip : describe;

/** What a call answered, or the name of its error. */
async function said<T>(call: Promise<T>, of: (answer: T) => unknown = () => 'done'): Promise<unknown> {
  return call.then(of, (error: unknown) => (error instanceof Error ? error.name : 'no error'));
}

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
});

/** Conversations by service; answers come in the order of the calls. */
const CONVERSATIONS: Readonly<Record<string, (given: Settings) => Promise<readonly unknown[]>>> = {
  async s3(given) {
    const s3 = new S3Client({ ...given, forcePathStyle: true });
    const Bucket = 'drone-data';
    const LocationConstraint = 'eu-west-1' as const;
    const create = () =>
      s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint } }));
    const tags = [{ Key: 'sagemaker:studio-visibility', Value: 'true' }];
    const cors = [{ AllowedOrigins: ['https://*.sagemaker.aws'], AllowedMethods: ['GET'], ExposeHeaders: ['ETag'] }];
    return [
      await said(s3.send(new GetObjectCommand({ Bucket, Key: 'a' }))),
      await said(create()),
      await said(create()),
      await said(s3.send(new GetBucketLocationCommand({ Bucket })), (answer) => answer.LocationConstraint),
      await said(s3.send(new GetBucketTaggingCommand({ Bucket }))),
      await said(s3.send(new GetBucketCorsCommand({ Bucket }))),
      await said(s3.send(new GetBucketPolicyCommand({ Bucket }))),
      await said(s3.send(new GetBucketVersioningCommand({ Bucket })), (answer) => answer.Status),
      await said(s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: tags } }))),
      await said(s3.send(new GetBucketTaggingCommand({ Bucket })), (answer) => answer.TagSet),
      await said(s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: cors } }))),
      await said(s3.send(new GetBucketCorsCommand({ Bucket })), (answer) => answer.CORSRules),
      await said(
        s3.send(new PutObjectCommand({ Bucket, Key: 'b/1', Body: 'hello', Tagging: 'x=1&y=a%20b' })),
        (answer) => answer.ETag,
      ),
      await said(s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'b/1' })), (answer) => answer.TagSet),
      await said(s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'b/1', Tagging: { TagSet: tags } }))),
      await said(s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'b/1' })), (answer) => answer.TagSet),
      await said(s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'none', Tagging: { TagSet: tags } }))),
      await said(s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'other' }))),
      await said(s3.send(new HeadObjectCommand({ Bucket, Key: 'b/1' })), (answer) => answer.ContentLength),
      await said(s3.send(new HeadObjectCommand({ Bucket, Key: 'none' }))),
      await said(s3.send(new GetObjectCommand({ Bucket, Key: 'none' }))),
      await said(s3.send(new GetObjectCommand({ Bucket, Key: 'b/1', Range: 'bytes=1-3' })), (answer) => [
        answer.ContentRange,
        answer.ContentLength,
      ]),
      await said(s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' })), (answer) => [
        answer.KeyCount,
        answer.Contents?.map(({ Key }) => Key),
        answer.CommonPrefixes?.map(({ Prefix }) => Prefix),
      ]),
      await said(s3.send(new DeleteBucketCommand({ Bucket }))),
      await said(s3.send(new DeleteObjectCommand({ Bucket, Key: 'none' }))),
    ];
  },
  async ssm(given) {
    const ssm = new SSMClient(given);
    const put = (Name: string, Overwrite?: boolean) =>
      ssm.send(new PutParameterCommand({ Name, Value: 'v', Type: 'String', Overwrite }));
    return [
      await said(put('/a/b')),
      await said(put('/a/b')),
      await said(put('/a/b', true), (answer) => answer.Version),
      await said(put('/a/b/c')),
      await said(ssm.send(new GetParameterCommand({ Name: '/a/none' }))),
      await said(ssm.send(new GetParameterCommand({ Name: '/a/b' })), ({ Parameter }) => [
        Parameter?.Value,
        Parameter?.Version,
        Parameter?.Type,
        Parameter?.DataType,
      ]),
      await said(ssm.send(new GetParametersCommand({ Names: ['/a/b', '/a/none'] })), (answer) => [
        answer.Parameters?.length,
        answer.InvalidParameters,
      ]),
      await said(ssm.send(new GetParametersByPathCommand({ Path: '/a' })), (answer) =>
        answer.Parameters?.map(({ Name }) => Name),
      ),
      await said(ssm.send(new GetParametersByPathCommand({ Path: '/a', Recursive: true })), (answer) =>
        answer.Parameters?.map(({ Name }) => Name).sort(),
      ),
      await said(ssm.send(new DeleteParameterCommand({ Name: '/a/none' }))),
    ];
  },
  async iam(given) {
    const iam = new IAMClient(given);
    const RoleName = 'Team';
    const create = () => iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST, Path: '/x/' }));
    const policy = () => iam.send(new CreatePolicyCommand({ PolicyName: 'p', PolicyDocument: POLICY }));
    return [
      await said(iam.send(new GetRoleCommand({ RoleName }))),
      await said(create(), ({ Role }) => [Role?.Path, Role?.Arn?.split(':').at(-1)]),
      await said(create()),
      await said(
        iam.send(new GetRoleCommand({ RoleName })),
        ({ Role }) => JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')) as unknown,
      ),
      await said(iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument: POLICY }))),
      await said(
        iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'own' })),
        ({ PolicyDocument = '' }) => JSON.parse(decodeURIComponent(PolicyDocument)) as unknown,
      ),
      await said(iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'none' }))),
      await said(iam.send(new ListRolePoliciesCommand({ RoleName })), (answer) => answer.PolicyNames),
      await said(iam.send(new DeleteRoleCommand({ RoleName }))),
      await said(policy(), ({ Policy }) => [Policy?.DefaultVersionId, Policy?.Path]),
      await said(policy()),
    ];
  },
  async sts(given) {
    const [sts, iam] = [new STSClient(given), new IAMClient(given)];
    const { Account = '' } = await sts.send(new GetCallerIdentityCommand({}));
    const AssumeRolePolicyDocument = TRUST.replace('"Service":"lambda.amazonaws.com"', `"AWS":"${Account}"`);
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'Studio', AssumeRolePolicyDocument }));
    const assumed = await sts.send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'person' }));
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = assumed.Credentials ?? {};
    const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    const session = new STSClient({ ...given, credentials });
    const own = (arn: string | undefined) => arn?.replace(Account, 'ACCOUNT');
    return [
      Account.length,
      own(assumed.AssumedRoleUser?.Arn),
      await said(session.send(new GetCallerIdentityCommand({})), ({ Arn }) => own(Arn)),
    ];
  },
  async sns(given) {
    const sns = new SNSClient(given);
    const create = () => sns.send(new CreateTopicCommand({ Name: 'news' }));
    const { TopicArn = '' } = await create();
    const none = `${TopicArn}-none`;
    return [
      await said(create(), (answer) => answer.TopicArn === TopicArn),
      await said(sns.send(new GetTopicAttributesCommand({ TopicArn: none }))),
      await said(sns.send(new PublishCommand({ TopicArn: none, Message: 'm' }))),
      await said(sns.send(new PublishCommand({ TopicArn, Message: 'm', Subject: 's' }))),
      await said(sns.send(new ListSubscriptionsByTopicCommand({ TopicArn })), (answer) => answer.Subscriptions),
    ];
  },
  async events(given) {
    const events = new EventBridgeClient(given);
    const Name = 'rule';
    const Arn = 'arn:aws:sns:eu-west-1:000000000000:news';
    const put = (EventPattern: string) => events.send(new PutRuleCommand({ Name, EventPattern }));
    return [
      await said(events.send(new DescribeRuleCommand({ Name }))),
      await said(put('{"source": ["aws.codebuild"]}')),
      await said(put('{"source": "aws.codebuild"}')),
      await said(events.send(new DescribeRuleCommand({ Name })), (answer) => [answer.State, answer.EventPattern]),
      await said(
        events.send(new PutTargetsCommand({ Rule: Name, Targets: [{ Id: 'one', Arn }] })),
        (answer) => answer.FailedEntryCount,
      ),
      await said(events.send(new ListTargetsByRuleCommand({ Rule: Name })), (answer) =>
        answer.Targets?.map(({ Id }) => Id),
      ),
      await said(events.send(new DeleteRuleCommand({ Name }))),
    ];
  },
  async logs(given) {
    const logs = new CloudWatchLogsClient(given);
    const logGroupName = '/aws/codebuild/x';
    const logStreamName = 's';
    const at = Date.now();
    const logEvents = [1, 2, 3].map((n) => ({ timestamp: at + n, message: `line ${n}` }));
    const create = () => logs.send(new CreateLogGroupCommand({ logGroupName }));
    return [
      await said(create()),
      await said(create()),
      await said(logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }))),
      await said(logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }))),
      await said(logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }))),
      await said(logs.send(new PutLogEventsCommand({ logGroupName, logStreamName: 'none', logEvents }))),
      await said(logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true })), (answer) =>
        answer.events?.map(({ message }) => message),
      ),
      await said(logs.send(new DeleteLogGroupCommand({ logGroupName: 'none' }))),
    ];
  },
  async ecr(given) {
    const ecr = new ECRClient(given);
    const repositoryName = 'drone/runtime';
    const lifecyclePolicyText = JSON.stringify({
      rules: [
        {
          rulePriority: 1,
          selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 },
          action: { type: 'expire' },
        },
      ],
    });
    const create = () => ecr.send(new CreateRepositoryCommand({ repositoryName, imageTagMutability: 'IMMUTABLE' }));
    return [
      await said(ecr.send(new DescribeImagesCommand({ repositoryName }))),
      await said(create(), ({ repository }) => [repository?.imageTagMutability, repository?.encryptionConfiguration]),
      await said(create()),
      await said(ecr.send(new GetLifecyclePolicyCommand({ repositoryName }))),
      await said(ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }))),
      await said(ecr.send(new DescribeImagesCommand({ repositoryName })), (answer) => answer.imageDetails),
      await said(ecr.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: 'none' }] }))),
      await said(ecr.send(new DeleteRepositoryCommand({ repositoryName: 'none' }))),
    ];
  },
};

witnessed('what the region says is what moto says', () => {
  let moto: { readonly endpoint: string; stop(): Promise<unknown> };

  beforeAll(async () => {
    const port = await freePort();
    const program = 'from moto.server import main; main()';
    const server = startProcess(PYTHON ?? '', ['-c', program, '-H', '127.0.0.1', '-p', String(port)], {});
    const endpoint = `http://127.0.0.1:${port}`;
    for (let up = false; !up;) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      up = await fetch(`${endpoint}/moto-api/`).then(
        (response) => response.ok,
        () => false,
      );
    }
    moto = {
      endpoint,
      stop() {
        server.kill();
        return server.exited;
      },
    };
  }, 60_000);
  afterAll(() => moto.stop());

  test.each(Object.keys(CONVERSATIONS))(
    '%s',
    async (service) => {
      const talk = CONVERSATIONS[service];
      const ours = settings(await start());
      expect(await talk?.(ours)).toEqual(await talk?.({ ...ours, endpoint: moto.endpoint }));
    },
    30_000,
  );
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  await new Promise((resolve) => server.close(resolve));
  return port;
}
