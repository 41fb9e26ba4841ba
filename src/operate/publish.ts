// Publishing: what stands in an account becomes what the platform's repository says. Each stage looks before it acts, so that
// a run that was killed anywhere is finished by the next one, and a run with nothing to do does nothing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify, type Account } from './account';
import type { Aws } from './aws';
import { applyObjectChanges, objectChanges, type CatalogObject, type ObjectChange } from './catalog-objects';
import { deploy, synthesize, type Assembly, type StackId } from './cdk';
import { buildImages, isComplete, recordedImages } from './image-builds';
import { imageSources } from './image-sources';
import { locked } from './lock';
import { applyGuidance, findProduct, guidanceChanges, launchPathFaults } from './offer';
import { checkReleased, namesIn, type Platform, type PlatformNamesIn } from './platform';
import { deployedTemplate, isUnchanged, stackChanges, type StackChanges } from './stack-changes';
import { failureOf, settledStack, stands } from './stack-state';
import { studioDomains, tagDomains } from './studio-domains';
import type { Work } from './work';

/** The product is published, and people in Studio cannot get to it; or it cannot be published at all. */
export class PublishError extends Error {
  override readonly name = 'PublishError';
}

/** One thing that publishing would do. */
export interface Change {
  readonly text: string;
  /** Why it deserves a second look. */
  readonly notable?: 'replacement' | 'removal' | 'permission';
}

export interface StagePlan {
  readonly stage: string;
  readonly changes: readonly Change[];
}

export interface Publication {
  readonly account: string;
  readonly region: string;
  readonly caller: string;
  readonly stages: readonly StagePlan[];
  /** What somebody should know, and publishing leaves as it is. */
  readonly notes: readonly string[];
}

interface Stage {
  readonly name: string;
  /** What is to be done; nothing where everything is as it ought to be. */
  look(): Promise<readonly Change[]>;
  /** Does what {@link look} found last. */
  act(): Promise<void>;
}

/** An account with a platform in it, and what the platform's repository says. */
interface Site {
  readonly platform: Platform;
  readonly aws: Aws;
  readonly work: Work;
  readonly account: Account;
  readonly names: PlatformNamesIn;
  readonly assembly: Assembly;
  readonly notes: string[];
}

/**
 * Says what publishing would do, and changes nothing.
 * @throws StackStateError, PlatformError, CdkError, AwsAccessError
 */
export function planPublication(platform: Platform, aws: Aws, work: Work): Promise<Publication> {
  return onSite(platform, aws, work, async (site) => publicationOf(site, await looked(stagesOf(site))));
}

/**
 * Publishes a platform.
 * @param confirm hears what would be done; publishing ends there unless it agrees
 * @throws as {@link planPublication}, and LockError, ImageBuildError, PublishError
 */
export function publish(
  platform: Platform,
  aws: Aws,
  work: Work,
  confirm: (plan: Publication) => Promise<boolean>,
): Promise<Publication | undefined> {
  return onSite(platform, aws, work, async (site) => {
    const stages = stagesOf(site);
    const planned = await looked(stages);
    const isChange = planned.some(({ changes }) => changes.length > 0);
    if (isChange && !(await confirm(publicationOf(site, planned)))) return undefined;

    const done: StagePlan[] = [];
    const take = async (stage: Stage): Promise<void> => {
      work.signal.throwIfAborted();
      const changes = await stage.look();
      if (changes.length === 0) return;
      work.say(`▸ ${stage.name}`);
      for (const { text } of changes) work.say(`  ${text}`);
      await stage.act();
      done.push({ stage: stage.name, changes });
    };
    // Before there is a bucket to hold the lock, CloudFormation sees to it that one deploys at a time.
    const [foundation] = stages;
    const { Foundation: stack } = stackNames(site);
    if (foundation && !stands(stack, site.account.region, (await settledStack(aws, stack, work))?.StackStatus))
      await take(foundation);
    await locked(aws, site.names.bucket, site.account, async () => {
      for (const stage of stages) await take(stage);
    });
    await checkLaunchPath(site);
    return publicationOf(site, done);
  });
}

async function looked(stages: readonly Stage[]): Promise<StagePlan[]> {
  const plans: StagePlan[] = [];
  for (const stage of stages) plans.push({ stage: stage.name, changes: await stage.look() });
  return plans;
}

async function onSite<T>(platform: Platform, aws: Aws, work: Work, use: (site: Site) => Promise<T>): Promise<T> {
  checkReleased(platform);
  const account = await identify(aws, platform.options.region, work.env);
  const dir = mkdtempSync(join(tmpdir(), 'drone-mlops-cdk-'));
  try {
    work.say(`Account ${account.id}, region ${account.region}, as ${account.caller}`);
    const assembly = await synthesize(platform.dir, dir, work);
    return await use({ platform, aws, work, account, names: namesIn(platform, account), assembly, notes: [] });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function publicationOf({ account, notes }: Site, stages: readonly StagePlan[]): Publication {
  return { account: account.id, region: account.region, caller: account.caller, stages, notes: [...new Set(notes)] };
}

function stackNames({ names }: Site): Readonly<Record<StackId, string>> {
  return { Foundation: names.stacks.foundation, Catalog: names.stacks.catalog };
}

/** In their order: nothing shows in Studio before the images of a release exist. */
function stagesOf(site: Site): readonly Stage[] {
  return [
    stackStage(site, 'Foundation', 'Foundation: catalog bucket, launch roles, boundary, image builds'),
    objectStage(site, 'Seeds, and the sources of images', () => hiddenObjects(site)),
    imageStage(site),
    objectStage(site, 'Templates, as Studio finds them in S3', () => Promise.resolve(templates(site))),
    stackStage(site, 'Catalog', 'Catalog: the product of Service Catalog'),
    guidanceStage(site),
    domainStage(site),
  ];
}

function stackStage(site: Site, id: StackId, name: string): Stage {
  const { aws, account, assembly, platform, work } = site;
  const stackName = stackNames(site)[id];
  return {
    name,
    async look() {
      const status = (await settledStack(aws, stackName, work))?.StackStatus;
      const present = status !== undefined && status !== 'DELETE_COMPLETE';
      const standing = stands(
        stackName,
        account.region,
        status,
        present ? await reasonOf(site, stackName, status) : undefined,
      );
      return describe(
        await stackChanges(standing ? await deployedTemplate(aws, stackName) : undefined, assembly.templates[id]),
      );
    },
    act: () => deploy(platform.dir, assembly, id, work),
  };
}

async function reasonOf({ aws }: Site, stackName: string, status: string): Promise<string | undefined> {
  return /ROLLBACK|FAILED/.test(status) ? failureOf(aws, stackName) : undefined;
}

function describe(changes: StackChanges): Change[] {
  if (isUnchanged(changes)) return [];
  const resources = changes.resources.map(({ id, type, change }): Change => {
    const text = `${change} ${type} ${id}`;
    if (change === 'replace' || change === 'may replace') return { text, notable: 'replacement' };
    return change === 'destroy' ? { text, notable: 'removal' } : { text };
  });
  const broadened = changes.broadened.map((line): Change => ({ text: `permission: ${line}`, notable: 'permission' }));
  const others: Change[] = changes.others === 0 ? [] : [{ text: `update ${changes.others} outputs and descriptions` }];
  return [...resources, ...broadened, ...others];
}

function objectStage({ aws, names }: Site, name: string, wanted: () => Promise<readonly CatalogObject[]>): Stage {
  let found: readonly ObjectChange[] = [];
  return {
    name,
    async look() {
      found = await objectChanges(aws, names.bucket, await wanted());
      return found.map(({ object: { key, visible }, upload }) => ({
        text: upload ? `upload ${key}` : `${visible === true ? 'show' : 'hide'} ${key}`,
      }));
    },
    act: () => applyObjectChanges(aws, names.bucket, found),
  };
}

async function hiddenObjects(site: Site): Promise<readonly CatalogObject[]> {
  const { platform } = site;
  const objects: CatalogObject[] = platform.releases.map(({ seedKey, seed }) => ({
    key: seedKey,
    body: seed,
    contentType: 'application/zip',
  }));
  for (const release of await withoutImages(site)) {
    const { key, zip } = await imageSources(platform.dir, release);
    objects.push({ key, body: zip, contentType: 'application/zip' });
  }
  return objects;
}

/** Releases whose images are not recorded. */
async function withoutImages({ aws, names, platform: { releases } }: Site): Promise<Platform['releases']> {
  const recorded = await recordedImages(
    aws,
    names,
    releases.map(({ version }) => version),
  );
  return releases.filter(({ version }) => !isComplete(recorded.get(version)));
}

function imageStage(site: Site): Stage {
  const { aws, names, platform, work } = site;
  return {
    name: 'Runtime images',
    look: async () => (await withoutImages(site)).map(({ version }) => ({ text: `build the images of ${version}` })),
    async act() {
      for (const release of await withoutImages(site)) {
        await buildImages(aws, names, release.version, await imageSources(platform.dir, release), work);
      }
      const [missing] = await withoutImages(site);
      if (missing === undefined) return;
      throw new PublishError(
        `The images of ${missing.version} were built, and ${names.imageParameter(missing.version, 'node')} or its like is not there: see the log of ${names.imageProject}.`,
      );
    },
  };
}

function templates({ platform: { releases, deprecated } }: Site): readonly CatalogObject[] {
  return releases.map(({ version, templateKey, yaml }) => ({
    key: templateKey,
    body: yaml,
    contentType: 'text/yaml',
    visible: !deprecated.has(version),
  }));
}

function guidanceStage(site: Site): Stage {
  const { aws, names, platform } = site;
  const changes = async () => {
    const product = await findProduct(aws, names.stacks.catalog);
    return product && { product, found: guidanceChanges(product, platform) };
  };
  return {
    name: 'Versions that are offered',
    look: async () =>
      ((await changes())?.found ?? []).map(({ version: { version }, deprecate }) => ({
        text: deprecate ? `mark ${version} as deprecated` : `offer ${version} again`,
      })),
    async act() {
      const now = await changes();
      if (now) await applyGuidance(aws, now.product, now.found);
    },
  };
}

function domainStage(site: Site): Stage {
  const { aws, names, notes } = site;
  const location = `s3://${names.bucket}/templates/`;
  const untagged = async () => (await studioDomains(aws)).filter((domain) => domain.location === undefined);
  return {
    name: 'Domains of Studio, told where the templates are',
    async look() {
      const elsewhere = (await studioDomains(aws)).filter(
        (domain) => domain.location !== undefined && domain.location !== location,
      );
      notes.push(
        ...elsewhere.map(
          (domain) =>
            `The domain ${domain.name} looks for templates in ${domain.location ?? ''}, and is left at that: copy the templates there, or change its tag sagemaker:projectS3TemplatesLocation to ${location}.`,
        ),
      );
      return (await untagged()).map(({ name }) => ({ text: `tag ${name} with ${location}` }));
    },
    act: async () => tagDomains(aws, await untagged(), location),
  };
}

/** @throws PublishError when people in Studio would not see the product */
async function checkLaunchPath({ aws, names, platform, account }: Site): Promise<void> {
  const product = await findProduct(aws, names.stacks.catalog);
  const faults = product
    ? await launchPathFaults(aws, product, platform, names, account)
    : [`There is no product in the stack ${names.stacks.catalog}: publish again.`];
  if (faults.length > 0) throw new PublishError(faults.join('\n'));
}
