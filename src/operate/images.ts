// The runtime images on their own: what is missing is built, and with a rebuild what is there as well, from a patched base.
import { identify } from './account';
import type { Aws } from './aws';
import { applyObjectChanges, objectChanges } from './catalog-objects';
import { buildImages, isComplete, recordedImages, type ImageUris } from './image-builds';
import { imageSources } from './image-sources';
import { locked } from './lock';
import { checkReleased, namesIn, offered, PlatformError, type Platform } from './platform';
import { settledStack, stands } from './stack-state';
import type { Work } from './work';

export interface ImagesOptions {
  /** Also builds again what is recorded, for versions that may be launched. */
  readonly rebuild: boolean;
  /** Says what would be built, and builds nothing. */
  readonly plan: boolean;
}

export interface ImagesResult {
  /** Versions whose images were built, or would be. */
  readonly built: readonly string[];
  /** What is recorded now, by version. */
  readonly images: Readonly<Record<string, ImageUris>>;
}

/** @throws PlatformError before the foundation was published; LockError, ImageBuildError, AwsAccessError */
export async function runtimeImages(
  platform: Platform,
  aws: Aws,
  work: Work,
  { rebuild, plan }: ImagesOptions,
): Promise<ImagesResult> {
  checkReleased(platform);
  const account = await identify(aws, platform.options.region, work.env);
  const names = namesIn(platform, account);
  const { foundation } = names.stacks;
  if (!stands(foundation, account.region, (await settledStack(aws, foundation, work))?.StackStatus)) {
    throw new PlatformError(
      `There is no stack ${foundation} in ${account.region} yet, which builds images: run \`npx drone-mlops publish\`.`,
    );
  }
  const versions = platform.releases.map(({ version }) => version);
  const recorded = () => recordedImages(aws, names, versions);
  const before = await recorded();
  const launched = new Set(offered(platform).map(({ version }) => version));
  const wanted = platform.releases.filter(
    ({ version }) => !isComplete(before.get(version)) || (rebuild && launched.has(version)),
  );
  const result = async (): Promise<ImagesResult> => ({
    built: wanted.map(({ version }) => version),
    images: Object.fromEntries(await recorded()),
  });
  if (plan || wanted.length === 0) return result();
  await locked(aws, names.bucket, account, async () => {
    for (const release of wanted) {
      const sources = await imageSources(platform.dir, release);
      const object = { key: sources.key, body: sources.zip, contentType: 'application/zip' };
      await applyObjectChanges(aws, names.bucket, await objectChanges(aws, names.bucket, [object]));
      await buildImages(aws, names, release.version, sources, work);
    }
  });
  return result();
}
