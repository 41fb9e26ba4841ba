// `publish`, as people run it: what it shows, does, leaves, and says.
import { GetObjectTaggingCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { AddTagsCommand, ListTagsCommand, paginateListDomains } from '@aws-sdk/client-sagemaker';
import {
  DeleteConstraintCommand,
  DisassociatePrincipalFromPortfolioCommand,
  ListConstraintsForPortfolioCommand,
  ListPortfoliosCommand,
  ListPrincipalsForPortfolioCommand,
  ListProvisioningArtifactsCommand,
  SearchProductsAsAdminCommand,
  ServiceCatalogClient,
} from '@aws-sdk/client-service-catalog';
import { hostname } from 'node:os';
import { spawnSync } from 'node:child_process';
import type { Region } from '../../src/rehearsal/region';
import { BUCKET, STUDIO_ROLE } from '../rehearsal/region/platform/platform';
import { s3Of, sagemakerOf, settings, start } from '../rehearsal/region/start';
import { drone, freeze, installedPlatform, publish, redefine, refused } from './operator';

jest.setTimeout(60_000);

async function offered(region: Region): Promise<(string | undefined)[][]> {
  const catalog = new ServiceCatalogClient(settings(region));
  const { ProductViewDetails: [product] = [] } = await catalog.send(new SearchProductsAsAdminCommand({}));
  const ProductId = product?.ProductViewSummary?.ProductId;
  const { ProvisioningArtifactDetails = [] } = await catalog.send(new ListProvisioningArtifactsCommand({ ProductId }));
  return ProvisioningArtifactDetails.map(({ Name, Guidance }) => [Name, Guidance]);
}

async function isVisible(region: Region, version: string): Promise<boolean> {
  const Key = `templates/drone-mlops-${version}.yaml`;
  const { TagSet = [] } = await s3Of(region).send(new GetObjectTaggingCommand({ Bucket: BUCKET, Key }));
  return TagSet.some((tag) => tag.Key === 'sagemaker:studio-visibility' && tag.Value === 'true');
}

test('all releases are offered, the old ones as deprecated; what is there already is left as it is', async () => {
  // GIVEN
  const region = await start();
  const dir = installedPlatform({ supportedReleases: 2 });
  await freeze(dir, '1.0.0');
  await freeze(dir, '1.1.0', 'and more');
  // WHEN
  expect((await publish(region, dir)).printed).toMatch(/^Published\.\n/);
  // THEN
  expect(await offered(region)).toEqual([
    ['1.0.0', 'DEFAULT'],
    ['1.1.0', 'DEFAULT'],
  ]);

  await freeze(dir, '1.2.0', 'and yet more');
  expect(await publish(region, dir)).toMatchObject({ code: 0 });
  expect(await offered(region)).toEqual([
    ['1.0.0', 'DEPRECATED'],
    ['1.1.0', 'DEFAULT'],
    ['1.2.0', 'DEFAULT'],
  ]);
  expect(await Promise.all(['1.0.0', '1.1.0', '1.2.0'].map((version) => isVisible(region, version)))).toEqual([
    false,
    true,
    true,
  ]);

  const again = await publish(region, dir);
  expect(again.code).toBe(0);
  expect(again.printed).toMatch(/^Everything is published already\.\n/);
  expect(again.said).not.toContain('▸');
});

test('a plan shows replacements, removals and permissions that become broader, and changes nothing', async () => {
  // GIVEN
  const region = await start();
  const dir = installedPlatform({ studioRoles: ['Flights-*', 'Survey-*'] });
  await freeze(dir, '1.0.0');
  const first = await drone(region, dir, 'publish', '--plan');
  expect(first.printed).toMatch(/^\d+ changes: 0 may replace a resource \(!!\), 0 remove one \(-\), \d+ broaden/m);
  expect(first.printed).toMatch(
    /permission: Allow \d+ actions on \d+ resources to \$\{LaunchRole\} and \$\{TemplateLaunchRole\}$/m,
  );
  await expect(offered(region)).rejects.toThrow();
  await publish(region, dir);
  // WHEN the next release has keys of its own, and another role may launch
  redefine(dir, { studioRoles: ['Inspection-*'], encryption: 'project' });
  await freeze(dir, '1.1.0');
  const { code, printed } = await drone(region, dir, 'publish', '--plan');
  // THEN
  expect(code).toBe(0);
  expect(printed).toMatch(/^ {2}!! .*replace AWS::ServiceCatalog::PortfolioPrincipalAssociation Studio1$/m);
  expect(printed).toMatch(/^ {2}- {2}destroy AWS::ServiceCatalog::PortfolioPrincipalAssociation Studio2$/m);
  expect(printed).toMatch(
    /^ {2}! {2}permission: Allow .*kms:CreateKey.* to \$\{LaunchRole\} and \$\{TemplateLaunchRole\}/m,
  );
  expect(printed).toMatch(/^ {2}! {2}permission: Allow sts:AssumeRole .*role\/Inspection-\*/m);
  expect(printed).not.toMatch(/permission: Deny/);
  expect(await offered(region)).toEqual([['1.0.0', 'DEFAULT']]);
});

test('a plan for programs is one JSON object', async () => {
  const region = await start();
  const dir = installedPlatform();
  await freeze(dir, '1.0.0');
  const { printed } = await drone(region, dir, 'publish', '--plan', '--json');
  expect(JSON.parse(printed)).toMatchObject({
    account: '000000000000',
    written: false,
    stages: expect.arrayContaining([
      { stage: 'Runtime images', changes: [{ text: 'build the images of 1.0.0' }] },
    ]) as unknown,
  });
});

test('without a person to ask, nothing is published unless --yes agrees', async () => {
  const region = await start();
  const dir = installedPlatform();
  await freeze(dir, '1.0.0');
  refused(await drone(region, dir, 'publish'), 2, 'look at it with --plan, and say --yes.');
  await expect(offered(region)).rejects.toThrow();
});

describe('domains of Studio', () => {
  const LOCATION = 'sagemaker:projectS3TemplatesLocation';

  async function locations(region: Region): Promise<Record<string, string | undefined>> {
    const found: Record<string, string | undefined> = {};
    const client = sagemakerOf(region);
    for await (const { Domains = [] } of paginateListDomains({ client }, {})) {
      for (const { DomainArn: ResourceArn, DomainName = '' } of Domains) {
        const { Tags = [] } = await client.send(new ListTagsCommand({ ResourceArn }));
        found[DomainName] = Tags.find(({ Key }) => Key === LOCATION)?.Value;
      }
    }
    return found;
  }

  test('are told where the templates are, unless they look elsewhere already: that is said, and left', async () => {
    // GIVEN
    const region = await start();
    const role = `arn:aws:iam::000000000000:role/${STUDIO_ROLE}`;
    region.hosts.setUpDomain('survey', role);
    const id = region.hosts.setUpDomain('inspection', role);
    const ResourceArn = `arn:aws:sagemaker:eu-west-1:000000000000:domain/${id}`;
    const elsewhere = 's3://other-platform/templates/';
    await sagemakerOf(region).send(new AddTagsCommand({ ResourceArn, Tags: [{ Key: LOCATION, Value: elsewhere }] }));
    const dir = installedPlatform();
    await freeze(dir, '1.0.0');
    // WHEN
    const { code, printed } = await publish(region, dir);
    // THEN
    expect(code).toBe(0);
    expect(await locations(region)).toEqual({ survey: `s3://${BUCKET}/templates/`, inspection: elsewhere });
    expect(printed).toContain(`The domain inspection looks for templates in ${elsewhere}, and is left at that`);
  });
});

describe('a way into Studio that somebody has closed', () => {
  async function published(): Promise<{
    region: Region;
    dir: string;
    catalog: ServiceCatalogClient;
    PortfolioId: string;
  }> {
    const region = await start();
    const dir = installedPlatform();
    await freeze(dir, '1.0.0');
    await publish(region, dir);
    const catalog = new ServiceCatalogClient(settings(region));
    const { PortfolioDetails: [portfolio] = [] } = await catalog.send(new ListPortfoliosCommand({}));
    return { region, dir, catalog, PortfolioId: portfolio?.Id ?? '' };
  }

  test('is named: a portfolio that does not know the roles of Studio', async () => {
    const { region, dir, catalog, PortfolioId } = await published();
    const { Principals = [] } = await catalog.send(new ListPrincipalsForPortfolioCommand({ PortfolioId }));
    for (const { PrincipalARN, PrincipalType } of Principals) {
      await catalog.send(new DisassociatePrincipalFromPortfolioCommand({ PortfolioId, PrincipalARN, PrincipalType }));
    }
    refused(
      await publish(region, dir),
      1,
      /does not know AmazonSageMaker-ExecutionRole-\* any more, .*: `aws servicecatalog associate-principal-with-portfolio /,
    );
  });

  test('is named: a product without a launch constraint', async () => {
    const { region, dir, catalog, PortfolioId } = await published();
    const { ConstraintDetails: [constraint] = [] } = await catalog.send(
      new ListConstraintsForPortfolioCommand({ PortfolioId }),
    );
    await catalog.send(new DeleteConstraintCommand({ Id: constraint?.ConstraintId }));
    refused(
      await publish(region, dir),
      1,
      /has no launch constraint any more, .*: `aws servicecatalog create-constraint /,
    );
  });
});

describe('two publishers at once', () => {
  const LOCK = { Bucket: BUCKET, Key: 'publish/lock.json' };
  const soon = () => new Date(Date.now() + 60_000).toISOString();

  async function held(region: Region, by: { host: string; pid: number; until: string }): Promise<void> {
    const Body = JSON.stringify({ id: 'x', caller: 'arn:aws:iam::000000000000:user/other', since: soon(), ...by });
    await s3Of(region).send(new PutObjectCommand({ ...LOCK, Body }));
  }

  test('the second is refused, with who holds the lock; what a dead one held is taken over', async () => {
    // GIVEN
    const region = await start();
    const dir = installedPlatform();
    await freeze(dir, '1.0.0');
    await publish(region, dir);
    // WHEN
    await held(region, { host: hostname(), pid: process.pid, until: soon() });
    // THEN
    refused(
      await publish(region, dir),
      1,
      /arn:aws:iam::000000000000:user\/other has been publishing since .* \(process \d+\): wait/,
    );
    await held(region, { host: 'another-machine', pid: 1, until: soon() });
    expect((await publish(region, dir)).code).toBe(1);

    await held(region, { host: 'another-machine', pid: 1, until: new Date(Date.now() - 1).toISOString() });
    expect((await publish(region, dir)).code).toBe(0);
    await held(region, { host: hostname(), pid: spawnSync('true').pid, until: soon() });
    expect((await publish(region, dir)).code).toBe(0);
  });

  test('of two that begin together one publishes, and the other says so or finds it done', async () => {
    const region = await start();
    const dir = installedPlatform();
    await freeze(dir, '1.0.0');
    await publish(region, dir);
    await freeze(dir, '1.1.0', 'and more');
    const both = await Promise.all([publish(region, dir), publish(region, dir)]);
    const without = both.filter(({ code }) => code !== 0);
    expect(without.length).toBeLessThan(2);
    for (const one of without) refused(one, 1, 'has been publishing since');
    expect(await offered(region)).toEqual([
      ['1.0.0', 'DEFAULT'],
      ['1.1.0', 'DEFAULT'],
    ]);
  });
});
