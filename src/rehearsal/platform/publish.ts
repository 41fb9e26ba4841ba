// Publishing in the rehearsal: `drone-mlops publish` with the pinned cdk, in the name of the person who owns the account.
import type { ImageBuilder, Platform, PlatformNamesIn, Publication } from '../../operate';
import { STAND_INS } from '../images';
import type { Stage } from '../stage';
import type { Operations } from '../operations';
import { workOf } from './staging';
import type { Studio } from './studio';

/** @returns what was done */
export async function publishPlatform(
  stage: Stage,
  platform: Platform,
  { closeAws, namesIn, openAws, publish }: Operations,
  { roleName }: Studio,
): Promise<Publication['stages']> {
  const { region } = stage;
  const { port } = new URL(region.url);
  const env = {
    ...region.environment,
    // cdk puts the bucket before a host that has a name; S3's has none, so that it stays in the path.
    AWS_ENDPOINT_URL: `http://localhost:${port}`,
    AWS_ENDPOINT_URL_S3: region.url,
  };
  const account = { id: region.account, region: platform.options.region, partition: 'aws' };
  const names = namesIn(platform, account);
  await clearFailedStacks(stage, names);
  const aws = openAws(accessTo(region, region.environment));
  try {
    const done = await publish(platform, aws, workOf(stage, env), () => Promise.resolve(true), standInImages(stage));
    // An administrator lets people in Studio launch, by the policy that the foundation made.
    const PolicyArn = `arn:aws:iam::${account.id}:policy/${names.studioPolicy}`;
    await region.call('iam', 'AttachRolePolicy', { RoleName: roleName, PolicyArn });
    return done?.stages ?? [];
  } finally {
    closeAws(aws);
  }
}

/** Settings of clients that act as whoever the environment says. */
export function accessTo(region: Stage['region'], environment: Readonly<Record<string, string | undefined>>) {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN: sessionToken } = environment;
  return {
    region: region.environment.AWS_REGION ?? '',
    endpoint: region.url,
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(sessionToken !== undefined && { sessionToken }),
    },
  };
}

/** In the place of the platform's own build, which takes Docker: says that what stands in for the images was pushed. */
function standInImages({ region, tell }: Stage): ImageBuilder {
  return async (_aws, names, version) => {
    const registry = `${region.account}.dkr.ecr.${region.environment.AWS_REGION ?? ''}.amazonaws.com`;
    for (const image of ['node', 'training'] as const) {
      const digest = STAND_INS[image];
      region.hosts.pushImage(names.imageRepository, `${image}-${version}`, digest);
      const Value = `${registry}/${names.imageRepository}@${digest}`;
      await region.call('ssm', 'PutParameter', { Name: names.imageParameter(version, image), Value, Type: 'String' });
    }
    tell({ kind: 'said', text: `  not built: the packages of model-build stand in for the images of ${version}` });
  };
}

/** A rehearsal that was killed took its region with it, which took back a stack that was being made: there is nothing in it. */
async function clearFailedStacks({ region }: Stage, names: PlatformNamesIn): Promise<void> {
  const { Stacks } = await region.call('cloudformation', 'DescribeStacks', {});
  for (const { StackName, StackStatus } of Stacks as readonly Readonly<Record<string, string>>[]) {
    const own = Object.values(names.stacks).includes(StackName ?? '');
    if (own && /^(ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED)$/.test(StackStatus ?? ''))
      await region.call('cloudformation', 'DeleteStack', { StackName });
  }
}
