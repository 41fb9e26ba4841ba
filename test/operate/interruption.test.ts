// A publication that is killed at any of its calls, and run again, ends where one ends that nobody disturbed.
import { spawnSync } from 'node:child_process';
import { BatchGetBuildsCommand, CodeBuildClient, ListBuildsForProjectCommand } from '@aws-sdk/client-codebuild';
import { DescribeStacksCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { GetObjectCommand, GetObjectTaggingCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { ListDomainsCommand, ListTagsCommand } from '@aws-sdk/client-sagemaker';
import {
  ListProvisioningArtifactsCommand,
  SearchProductsAsAdminCommand,
  ServiceCatalogClient,
} from '@aws-sdk/client-service-catalog';
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Region } from '../../src/rehearsal/region';
import { BUCKET, PLATFORM, STUDIO_ROLE } from '../rehearsal/region/platform/platform';
import { cloudformationOf, s3Of, sagemakerOf, settings, start } from '../rehearsal/region/start';
import { line } from './line';
import { freeze, installedPlatform, publish, STACKS, type Said } from './operator';

jest.setTimeout(120_000);

/** Calls that leave nothing behind, so that a kill after one is a kill after the last that did; and what builds call. */
const READS = /:(Get|List|Describe|Head|Batch|Search|Validate)|^unsigned$|^ssm:PutParameter$/;

/** Everything that a publication leaves, but for ids and times. */
async function published(region: Region): Promise<object> {
  const s3 = s3Of(region);
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  const objects = Contents.map(async ({ Key, ETag }) => {
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket: BUCKET, Key }));
    return [Key, ETag, TagSet];
  });
  const stacks = Object.values(STACKS).map(async (StackName) => {
    const client = cloudformationOf(region);
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName }));
    return [stack?.StackStatus, TemplateBody];
  });
  const catalog = new ServiceCatalogClient(settings(region));
  const { ProductViewDetails = [] } = await catalog.send(new SearchProductsAsAdminCommand({}));
  const products = ProductViewDetails.map(async ({ ProductViewSummary: { ProductId } = {} }) => {
    const { ProvisioningArtifactDetails = [] } = await catalog.send(
      new ListProvisioningArtifactsCommand({ ProductId }),
    );
    return ProvisioningArtifactDetails.map(({ Name, Guidance }) => [Name, Guidance]);
  });
  const Path = `/drone-mlops/${PLATFORM}`;
  const { Parameters = [] } = await new SSMClient(settings(region)).send(
    new GetParametersByPathCommand({ Path, Recursive: true }),
  );
  const { Domains = [] } = await sagemakerOf(region).send(new ListDomainsCommand({}));
  const domains = Domains.map(({ DomainArn: ResourceArn }) =>
    sagemakerOf(region)
      .send(new ListTagsCommand({ ResourceArn }))
      .then(({ Tags }) => Tags),
  );
  return {
    objects: await Promise.all(objects),
    stacks: await Promise.all(stacks),
    products: await Promise.all(products),
    parameters: Parameters.map(({ Name, Value }) => [Name, Value]).sort(),
    domains: await Promise.all(domains),
    builds: await imageBuilds(region),
  };
}

async function imageBuilds(region: Region): Promise<(string | undefined)[]> {
  const codebuild = new CodeBuildClient(settings(region));
  const projectName = `drone-mlops-${PLATFORM}-images`;
  const { ids = [] } = await codebuild.send(new ListBuildsForProjectCommand({ projectName }));
  const { builds = [] } = await codebuild.send(new BatchGetBuildsCommand({ ids }));
  return builds.map(({ buildStatus }) => buildStatus);
}

/** A lock is held by this process, which lives on: what a killed one held, by one that has ended. */
async function bury(region: Region): Promise<void> {
  const lock = { Bucket: BUCKET, Key: 'publish/lock.json' };
  const text = await s3Of(region)
    .send(new GetObjectCommand(lock))
    .then(({ Body }) => Body?.transformToString())
    .catch(() => undefined);
  if (text === undefined) return;
  const Body = JSON.stringify({ ...(JSON.parse(text) as object), pid: spawnSync('true').pid });
  await s3Of(region).send(new PutObjectCommand({ ...lock, Body }));
}

interface Ground {
  readonly region: Region;
  /** Hears every write that the region has taken. */
  onWrite: (operation: string) => void;
}

/** A region with a domain of Studio. */
async function ground(): Promise<Ground> {
  const region = await start({
    onEvent(event) {
      if (event.kind === 'request' && event.status < 300 && !READS.test(event.operation)) it.onWrite(event.operation);
    },
  });
  const it: Ground = { region, onWrite: () => undefined };
  region.hosts.setUpDomain('survey', `arn:aws:iam::000000000000:role/${STUDIO_ROLE}`);
  return it;
}

/** Publishes by a line that is cut when the region has taken the write that is meant. */
async function publishUntil(it: Ground, dir: string, isMeant: (operation: string) => boolean): Promise<Said> {
  const one = await line(it.region);
  it.onWrite = (operation) => {
    if (isMeant(operation)) one.cut();
  };
  const said = await publish(one, dir);
  it.onWrite = () => undefined;
  one.cut();
  await bury(it.region);
  return said;
}

test('a publication that is killed after each of its writes in turn ends as one that nobody disturbed', async () => {
  // GIVEN a platform of two releases of which one is no longer offered
  const dir = installedPlatform({ supportedReleases: 1 });
  await freeze(dir, '1.0.0');
  await freeze(dir, '1.1.0', 'and more');
  const undisturbed = await ground();
  const writes: string[] = [];
  undisturbed.onWrite = (operation) => writes.push(operation);
  expect(await publish(undisturbed.region, dir)).toMatchObject({ code: 0 });
  const expected = await published(undisturbed.region);
  expect(expected).toMatchObject({
    products: [
      [
        ['1.0.0', 'DEPRECATED'],
        ['1.1.0', 'DEFAULT'],
      ],
    ],
    builds: ['SUCCEEDED', 'SUCCEEDED'],
  });
  expect(new Set(writes)).toEqual(
    new Set([
      'cloudformation:CreateChangeSet',
      'cloudformation:ExecuteChangeSet',
      's3:PutObject',
      's3:PutObjectTagging',
      'codebuild:StartBuild',
      'servicecatalog:UpdateProvisioningArtifact',
      'sagemaker:AddTags',
      's3:DeleteObject',
    ]),
  );
  // WHEN each run is killed one write later than the one before it
  const disturbed = await ground();
  const locked = writes.indexOf('s3:PutObject');
  for (const [index, write] of writes.entries()) {
    // Whoever comes after the lock was taken takes it first, again.
    let before = index > locked && write === 's3:PutObject' ? 1 : 0;
    const { code } = await publishUntil(disturbed, dir, (operation) => operation === write && before-- === 0);
    expect([index, write, code]).toEqual([index, write, 1]);
  }
  // THEN
  expect(await publish(disturbed.region, dir)).toMatchObject({ code: 0 });
  expect(await published(disturbed.region)).toEqual(expected);
});
