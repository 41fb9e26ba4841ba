// Publishing: what stands in an account becomes what the platform's repository says. Each stage looks before it acts, so that
// a run that was killed anywhere is finished by the next one, and a run with nothing to do does nothing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify } from './account';
import type { Aws } from './aws';
import { synthesize } from './cdk';
import { buildImages, type ImageBuilder } from './image-builds';
import { locked } from './lock';
import { findProduct, launchPathFaults } from './offer';
import { checkReleased, namesIn, type Platform } from './platform';
import { PublishError, type Change, type Site, type Stage } from './site';
import { settledStack, stands } from './stack-state';
import { stackNames, stagesOf } from './stages';
import type { Work } from './work';

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

/**
 * Says what publishing would do, and changes nothing.
 * @throws StackStateError, PlatformError, CdkError, AwsAccessError
 */
export function planPublication(platform: Platform, aws: Aws, work: Work): Promise<Publication> {
  return onSite(platform, aws, work, buildImages, async (site) => publicationOf(site, await looked(stagesOf(site))));
}

/**
 * Publishes a platform.
 * @param confirm hears what would be done; publishing ends there unless it agrees
 * @param images what builds the runtime images of a release, and records them
 * @throws as {@link planPublication}, and LockError, ImageBuildError, PublishError
 */
export function publish(
  platform: Platform,
  aws: Aws,
  work: Work,
  confirm: (plan: Publication) => Promise<boolean>,
  images: ImageBuilder = buildImages,
): Promise<Publication | undefined> {
  return onSite(platform, aws, work, images, async (site) => {
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

async function onSite<T>(
  platform: Platform,
  aws: Aws,
  work: Work,
  images: ImageBuilder,
  use: (site: Site) => Promise<T>,
): Promise<T> {
  checkReleased(platform);
  const account = await identify(aws, platform.options.region, work.env);
  const dir = mkdtempSync(join(tmpdir(), 'drone-mlops-cdk-'));
  try {
    work.say(`Account ${account.id}, region ${account.region}, as ${account.caller}`);
    const assembly = await synthesize(platform.dir, dir, work);
    const names = namesIn(platform, account);
    return await use({ platform, aws, work, account, names, assembly, buildImages: images, notes: [] });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function publicationOf({ account, notes }: Site, stages: readonly StagePlan[]): Publication {
  return { account: account.id, region: account.region, caller: account.caller, stages, notes: [...new Set(notes)] };
}

/** @throws PublishError when people in Studio would not see the product */
async function checkLaunchPath({ aws, names, platform, account }: Site): Promise<void> {
  const product = await findProduct(aws, names.stacks.catalog);
  const faults = product
    ? await launchPathFaults(aws, product, platform, names, account)
    : [`There is no product in the stack ${names.stacks.catalog}: publish again.`];
  if (faults.length > 0) throw new PublishError(faults.join('\n'));
}
