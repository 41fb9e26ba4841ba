// What a launch stands on, looked at before it begins: what is missing would else end in a stack that rolls back.
import { GetConnectionCommand } from '@aws-sdk/client-codestar-connections';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { paginateListServiceQuotas, type ServiceQuota } from '@aws-sdk/client-service-quotas';
import { ListLaunchPathsCommand } from '@aws-sdk/client-service-catalog';
import type { Release } from '../catalog';
import type { Account } from './account';
import { type Aws, AwsAccessError } from './aws';
import { hasObject } from './catalog-objects';
import { LaunchError, type LaunchRequest } from './launch-request';
import type { Product } from './offer';
import type { Platform, PlatformNamesIn } from './platform';

export interface LaunchGround {
  readonly aws: Aws;
  readonly account: Account;
  readonly names: PlatformNamesIn;
  readonly platform: Platform;
  readonly release: Release;
  readonly request: LaunchRequest;
}

/** @throws LaunchError for the first that is missing @returns notes on what could not be checked, or will be in the way later */
export async function checkGround(ground: LaunchGround): Promise<string[]> {
  await checkRole(ground);
  await checkSeed(ground);
  await checkConnection(ground);
  return checkQuotas(ground);
}

async function checkRole({ aws, names, request }: LaunchGround): Promise<void> {
  const own = request.via === 's3' ? names.templateLaunchRole : names.launchRole;
  const given = Object.entries(request.parameters).flatMap(([name, value]) => {
    const role = /^arn:[^:]+:iam::\d+:role\/(.+)$/.exec(value)?.[1];
    return role === undefined ? [] : [[`--set ${name}`, role.slice(role.lastIndexOf('/') + 1)] as const];
  });
  for (const [what, RoleName] of [['launching', own] as const, ...given]) {
    try {
      await aws.iam.send(new GetRoleCommand({ RoleName }));
    } catch (error) {
      if (!(error instanceof Error) || !/^NoSuchEntity/.test(error.name)) throw error;
      const remedy = what === 'launching' ? 'run `npx drone-mlops publish`' : 'name one that exists';
      throw new LaunchError(`There is no role ${RoleName}, which ${what} needs: ${remedy}.`);
    }
  }
}

async function checkSeed({ aws, names, release }: LaunchGround): Promise<void> {
  if (await hasObject(aws, names.bucket, release.seedKey)) return;
  throw new LaunchError(
    `The seed s3://${names.bucket}/${release.seedKey} is missing, which the repository would begin with: run \`npx drone-mlops publish\`.`,
  );
}

async function checkConnection({ aws, request }: LaunchGround): Promise<void> {
  const arn = request.parameters.ConnectionArn;
  if (arn === undefined) return;
  const { Connection } = await aws.connections
    .send(new GetConnectionCommand({ ConnectionArn: arn }))
    .catch((error: unknown) => {
      if (error instanceof Error && error.name === 'ResourceNotFoundException')
        throw new LaunchError(`There is no connection ${arn}: name one of \`aws codeconnections list-connections\`.`);
      throw error;
    });
  if (Connection?.ConnectionStatus === 'AVAILABLE') return;
  throw new LaunchError(
    `The connection ${Connection?.ConnectionName ?? arn} is ${Connection?.ConnectionStatus ?? 'unknown'}: finish it in the console (Developer Tools > Connections), then launch again.`,
  );
}

/** What the first execution runs on, until a team has data; see `sampleConfig` of model-build. */
const SAMPLE_INSTANCE = 'ml.m5.xlarge';

async function checkQuotas({ aws, platform: { options } }: LaunchGround): Promise<string[]> {
  const quotas = await sagemakerQuotas(aws);
  if (typeof quotas === 'string') return [quotas];
  const uses = [
    { type: SAMPLE_INSTANCE, usage: 'training job usage', first: true },
    { type: SAMPLE_INSTANCE, usage: 'processing job usage', first: true },
    { type: options.processingInstanceType, usage: 'processing job usage', first: false },
    {
      type: options.trainingInstanceType,
      usage: options.spot ? 'spot training job usage' : 'training job usage',
      first: false,
    },
  ];
  const notes = new Set<string>();
  for (const { type, usage, first } of uses) {
    const quota = quotas.find(({ QuotaName }) => QuotaName === `${type} for ${usage}`);
    if (quota?.Value !== 0) continue;
    const ask = `\`aws service-quotas request-service-quota-increase --service-code sagemaker --quota-code ${quota.QuotaCode ?? ''} --desired-value 2\``;
    const sentence = `The account's quota of ${type} for ${usage} is 0: ask for more with ${ask}`;
    if (first) throw new LaunchError(`${sentence}, then launch again: the first execution runs on it.`);
    notes.add(`${sentence} before the first training on your own data.`);
  }
  return [...notes];
}

/** The quotas, or why they could not be asked. */
async function sagemakerQuotas({ quotas }: Pick<Aws, 'quotas'>): Promise<readonly ServiceQuota[] | string> {
  const found: ServiceQuota[] = [];
  try {
    for await (const { Quotas = [] } of paginateListServiceQuotas({ client: quotas }, { ServiceCode: 'sagemaker' }))
      found.push(...Quotas);
    return found;
  } catch (error) {
    if (error instanceof AwsAccessError) return `Quotas of instance types could not be checked. ${error.message}`;
    throw error;
  }
}

/**
 * The way by which the caller may launch the product.
 * @throws LaunchError without one
 */
export async function launchPath(
  { catalog }: Pick<Aws, 'catalog'>,
  { productId }: Product,
  account: Account,
): Promise<string> {
  const paths = await catalog
    .send(new ListLaunchPathsCommand({ ProductId: productId }))
    .then(({ LaunchPathSummaries = [] }) => LaunchPathSummaries)
    .catch((error: unknown) => {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return [];
      throw error;
    });
  const [first] = paths;
  if (first?.Id !== undefined) return first.Id;
  throw new LaunchError(
    `No portfolio with the product is open to ${account.caller}: add its role to \`studioRoles\` in .projenrc.ts and publish, or launch with --via s3.`,
  );
}
