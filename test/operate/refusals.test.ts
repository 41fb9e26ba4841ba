// What publishing and launching refuse: each with one sentence that names the place and the remedy, and an exit code.
import { DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { CreateStackCommand } from '@aws-sdk/client-cloudformation';
import {
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  DeleteRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explanation } from '../../src/operate/aws';
import { imageSources } from '../../src/operate/image-sources';
import { run } from '../../src/process';
import { zipFiles } from '../../src/zip';
import { settled } from '../rehearsal/region/cloudformation/stacks';
import { BUCKET, PLATFORM } from '../rehearsal/region/platform/platform';
import { parametersFor } from '../rehearsal/region/platform/project';
import { cloudformationOf, iamOf, s3Of, start, temporaryFolder } from '../rehearsal/region/start';
import { drone, freeze, installedPlatform, publish, refused, STACKS } from './operator';
import { publishedPlatform, type PublishedPlatform } from './published';

jest.setTimeout(60_000);

/** What is typed after the name. */
type Arguments = readonly string[];

interface Refusal {
  /** What is wrong; done before the launch. @returns what the launch takes because of it */
  readonly given?: (platform: PublishedPlatform) => Promise<Arguments> | Arguments;
  readonly name?: string;
  readonly code?: 1 | 2;
  readonly sentence: RegExp;
}

const TRAINING = 'ml.m5.xlarge for training job usage';

/** A connection that works, and an empty repository. */
const connected = async ({ region }: PublishedPlatform): Promise<Arguments> =>
  set(await parametersFor(region, { repositoryProvider: 'CodeConnections', roles: 'create' }));

const set = (parameters: Readonly<Record<string, string>>): Arguments =>
  Object.entries(parameters).flatMap(([name, value]) => ['--set', `${name}=${value}`]);

describe('a launch is refused for', () => {
  const published = publishedPlatform({ trainingInstanceType: 'ml.g5.xlarge' });

  test.each<[string, Refusal]>([
    [
      'a name that is too long',
      {
        name: 'A'.repeat(33),
        sentence: /^The name of a project is 1 to 32 letters, digits and inner hyphens.*: choose another\.$/,
      },
    ],
    [
      'a version that the product does not have',
      {
        given: () => ['--release', '9.9.9'],
        sentence: /^The version 9\.9\.9 of the product is not offered: there is 1\.0\.0\.$/,
      },
    ],
    [
      'a parameter that the template does not have',
      {
        given: () => set({ Colour: 'red' }),
        sentence: /^The template of 1\.0\.0 has no parameter Colour: it has .*ConnectionArn/,
      },
    ],
    [
      'a parameter that is missing',
      {
        sentence:
          /^The template of 1\.0\.0 needs ConnectionArn and RepositoryFullName: give --set ConnectionArn=… --set RepositoryFullName=…\.$/,
      },
    ],
    [
      'a value that the template does not take',
      {
        given: async (platform) => [...(await connected(platform)), ...set({ RepositoryFullName: 'no slash' })],
        sentence: /^--set RepositoryFullName=no slash is not what the template takes: \S/,
      },
    ],
    [
      'a parameter without a value',
      {
        given: () => ['--set', 'ConnectionArn'],
        code: 2,
        sentence: /^--set takes PARAMETER=VALUE, not ConnectionArn\.$/,
      },
    ],
    [
      'a portfolio that the caller has no access to',
      {
        given: connected,
        sentence:
          /^No portfolio with the product is open to arn:aws:iam::000000000000:user\/rehearsal: add its role to `studioRoles` in \.projenrc\.ts and publish, or launch with --via s3\.$/,
      },
    ],
    [
      'a connection that is pending',
      {
        given: async (platform) => [
          ...(await connected(platform)),
          ...set({ ConnectionArn: platform.region.hosts.connect('team', 'PENDING') }),
        ],
        sentence:
          /^The connection team is PENDING: finish it in the console \(Developer Tools > Connections\), then launch again\.$/,
      },
    ],
    [
      'a connection that is not there',
      {
        given: async (platform) => {
          const ConnectionArn = `${platform.region.hosts.connect('team', 'AVAILABLE').slice(0, -12)}000000000000`;
          return [...(await connected(platform)), ...set({ ConnectionArn })];
        },
        sentence: /^There is no connection arn:\S+-0{12}: name one of `aws codeconnections list-connections`\.$/,
      },
    ],
    [
      'a seed whose zip is missing',
      {
        async given(platform) {
          const s3 = s3Of(platform.region);
          const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'releases/' }));
          for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
          return connected(platform);
        },
        sentence:
          /^The seed s3:\/\/\S+\/model-build-\w+\.zip is missing, which the repository would begin with: run `npx drone-mlops publish`\.$/,
      },
    ],
    [
      'a launch role that is missing',
      {
        async given(platform) {
          await deleteRole(platform, `drone-mlops-${PLATFORM}-eu-west-1-launch`);
          return connected(platform);
        },
        sentence:
          /^There is no role drone-mlops-drone-demo-eu-west-1-launch, which launching needs: run `npx drone-mlops publish`\.$/,
      },
    ],
    [
      'a quota of zero for the instance that the first execution takes',
      {
        given(platform) {
          platform.region.hosts.setQuota(TRAINING, 0);
          return connected(platform);
        },
        sentence:
          /^The account's quota of ml\.m5\.xlarge for training job usage is 0: ask for more with `aws service-quotas request-service-quota-increase .*`, then launch again: the first execution runs on it\.$/,
      },
    ],
  ])('%s', async (_, { given = () => [], name = 'Survey-North', code = 1, sentence }) => {
    const platform = await published();
    const args = await given(platform);
    refused(await drone(platform.region, platform.dir, 'launch', name, ...args), code, sentence);
  });

  test('a repository that is not empty, once the seed has found it so; then for the project that failed', async () => {
    // GIVEN
    const platform = await published();
    const args = await connected(platform);
    await pushed(platform, 'https://github.com/team/model-build.git');
    // WHEN
    const first = await platform.operate('launch', 'Survey-North', ...args);
    // THEN
    const why = 'The repository team/model-build is not empty: name an empty one, then launch again.';
    const remedy = 'delete-project --project-name Survey-North`), then launch again.';
    refused(first, 1, `The project Survey-North is CreateFailed. `);
    for (const said of [why, remedy]) refused(first, 1, said);
    const again = await platform.operate('launch', 'Survey-North', ...args);
    refused(again, 1, 'There is a project Survey-North that is CreateFailed. ');
    for (const said of [why, remedy]) refused(again, 1, said);
  });

  test('nothing that is in the way only of later trainings: that is said', async () => {
    const platform = await published();
    platform.region.hosts.setQuota('ml.g5.xlarge for training job usage', 0);
    const { code, printed } = await platform.operate(
      'launch',
      'Survey-North',
      ...(await connected(platform)),
      '--plan',
    );
    expect(code).toBe(0);
    expect(printed).toMatch(
      /^The account's quota of ml\.g5\.xlarge for training job usage is 0: .* before the first training on your own data\.$/m,
    );
  });
});

describe('a launch with existing roles is refused for', () => {
  const published = publishedPlatform({ repositoryProvider: 'CodeCommit', roles: 'existing' });

  test('a role that is missing', async () => {
    const platform = await published();
    const parameters = await parametersFor(platform.region, { repositoryProvider: 'CodeCommit', roles: 'existing' });
    await deleteRole(platform, `drone-mlops-${PLATFORM}-project-Build`);
    refused(
      await platform.operate('launch', 'Survey-North', ...set(parameters)),
      1,
      /^There is no role drone-mlops-drone-demo-project-Build, which --set BuildRoleArn needs: name one that exists\.$/,
    );
  });
});

describe('publishing is refused for', () => {
  test('a stack that a failed creation left, with why it failed and what frees its name', async () => {
    // GIVEN a stack whose only resource cannot be made
    const region = await start();
    const client = cloudformationOf(region);
    const StackName = STACKS.foundation;
    const TemplateBody = JSON.stringify({
      Resources: {
        Policy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: 'no-such-bucket', PolicyDocument: {} } },
      },
    });
    await client.send(new CreateStackCommand({ StackName, TemplateBody }));
    expect(await settled(client, StackName)).toMatchObject({ StackStatus: 'ROLLBACK_COMPLETE' });
    const dir = installedPlatform();
    await freeze(dir, '1.0.0');
    // THEN
    const sentence =
      /^The stack drone-mlops-drone-demo-foundation is ROLLBACK_COMPLETE \(Policy: .*\), and nothing can be deployed on that: `aws cloudformation delete-stack --stack-name drone-mlops-drone-demo-foundation --region eu-west-1` gets it out of there; then run this again\.$/;
    refused(await publish(region, dir), 1, sentence);
    refused(await drone(region, dir, 'launch', 'Survey-North'), 1, /^The template of 1\.0\.0 needs/);
    refused(await drone(region, dir, 'images'), 1, /^The stack \S+ is ROLLBACK_COMPLETE/);
  });

  test('a platform without a release', async () => {
    const region = await start();
    refused(await publish(region, installedPlatform()), 1, 'freeze one with `npx drone-mlops release 1.0.0`.');
  });

  test('a folder that is no platform', async () => {
    const region = await start();
    refused(
      await publish(region, temporaryFolder()),
      1,
      /is no platform repository \(.*\): name one with --project\.$/,
    );
  });

  test('packages that are not installed', async () => {
    const region = await start();
    const dir = installedPlatform();
    await freeze(dir, '1.0.0');
    rmSync(join(dir, 'node_modules'), { recursive: true });
    refused(await publish(region, dir), 1, /^The packages of \S+ are not installed: run `npm ci` there first\.$/);
  });

  test('a seed without what the training image is built from', async () => {
    const dir = installedPlatform();
    const seed = await zipFiles([{ path: 'package.json', file: join(dir, 'package.json') }]);
    await expect(imageSources(dir, { version: '1.0.0', seed })).rejects.toThrow(
      'The seed of 1.0.0 has no training/requirements.txt, which the training image is built from: bring it back in model-build, and release another version.',
    );
  });

  test('an environment that names another region', async () => {
    const region = await start();
    const dir = installedPlatform({ region: 'eu-central-1' });
    await freeze(dir, '1.0.0');
    refused(
      await publish(region, dir),
      1,
      'AWS_REGION is eu-west-1, and the definition says eu-central-1: unset the one',
    );
  });

  test('a region without the service, credentials that have run out, and permissions that are missing', () => {
    const said = (name: string, more: object = {}) =>
      explanation(
        Object.assign(new Error('User: x is not authorized'), { name }, more),
        'SageMaker ListDomains',
        'eu-nowhere-1',
      );
    const hostname = 'api.sagemaker.eu-nowhere-1.amazonaws.com';
    expect(said('Error', { code: 'ENOTFOUND', hostname })).toMatchObject({
      name: 'AwsAccessError',
      message: `SageMaker ListDomains: there is no ${hostname}. Either this machine is offline, or eu-nowhere-1 does not have the service: see https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html, and choose another \`region\` in .projenrc.ts.`,
    });
    expect(said('ExpiredToken')).toMatchObject({
      message: 'SageMaker ListDomains: AWS does not accept these credentials (ExpiredToken): sign in again.',
    });
    expect(said('AccessDeniedException')).toMatchObject({
      message:
        'SageMaker ListDomains: User: x is not authorized. Ask whoever administers the account for this permission.',
    });
  });
});

test('before it is published, nothing is launched and no image is built', async () => {
  const region = await start();
  const dir = installedPlatform({ repositoryProvider: 'CodeCommit' });
  await freeze(dir, '1.0.0');
  refused(
    await drone(region, dir, 'launch', 'Survey-North'),
    1,
    'drone-demo is not published in eu-west-1: run `npx drone-mlops publish`.',
  );
  refused(
    await drone(region, dir, 'images'),
    1,
    'There is no stack drone-mlops-drone-demo-foundation in eu-west-1 yet',
  );
});

async function deleteRole({ region }: PublishedPlatform, RoleName: string): Promise<void> {
  const iam = iamOf(region);
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  for (const { PolicyArn } of AttachedPolicies) await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of PolicyNames) await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  await iam.send(new DeleteRoleCommand({ RoleName }));
}

/** Somebody's first commit. */
async function pushed({ region }: PublishedPlatform, url: string): Promise<void> {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'README.md'), 'Ours\n');
  for (const args of [
    ['init', '--quiet', '--initial-branch=main'],
    ['add', '.'],
    ['commit', '--quiet', '-m', 'Begin'],
    ['push', '--quiet', url, 'main'],
  ]) {
    const { code, stderr } = await run('git', args, { cwd, env: { ...region.environment } });
    if (code !== 0) throw new Error(stderr);
  }
}
