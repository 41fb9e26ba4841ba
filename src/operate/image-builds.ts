// The runtime images of releases: which are recorded, and the builds that make those that are not.
import { randomUUID } from 'node:crypto';
import { ListBuildsForProjectCommand, StartBuildCommand, type Build } from '@aws-sdk/client-codebuild';
import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { RUNTIME_IMAGES, type RuntimeImage } from '../platform';
import type { Aws } from './aws';
import { buildFailure, buildsOf } from './build-failure';
import type { ImageSources } from './image-sources';
import type { PlatformNamesIn } from './platform';
import { until, type Work } from './work';

/** A build of images came to nothing; the message says where to look. */
export class ImageBuildError extends Error {
  override readonly name = 'ImageBuildError';
}

/** SSM answers for so many parameters at once. Source: SSM API Reference, GetParameters. */
const PARAMETERS_AT_ONCE = 10;
/** Builds among which one of the same sources may be under way. */
const RECENT_BUILDS = 20;

export type ImageUris = Readonly<Partial<Record<RuntimeImage, string>>>;

/** The images that are recorded of each release, by version. */
export async function recordedImages(
  { ssm }: Pick<Aws, 'ssm'>,
  names: Pick<PlatformNamesIn, 'imageParameter'>,
  versions: readonly string[],
): Promise<ReadonlyMap<string, ImageUris>> {
  const asked = versions.flatMap((version) =>
    RUNTIME_IMAGES.map((image) => ({ version, image, name: names.imageParameter(version, image) })),
  );
  const values = new Map<string, string>();
  for (let from = 0; from < asked.length; from += PARAMETERS_AT_ONCE) {
    const Names = asked.slice(from, from + PARAMETERS_AT_ONCE).map(({ name }) => name);
    const { Parameters = [] } = await ssm.send(new GetParametersCommand({ Names }));
    for (const { Name = '', Value = '' } of Parameters) values.set(Name, Value);
  }
  return new Map(
    versions.map((version) => [
      version,
      Object.fromEntries(
        asked.flatMap((one) => {
          const uri = values.get(one.name);
          return one.version === version && uri !== undefined ? [[one.image, uri]] : [];
        }),
      ) as ImageUris, // keys are images
    ]),
  );
}

/** Whether every image of a release is recorded. */
export function isComplete(images: ImageUris | undefined): boolean {
  return RUNTIME_IMAGES.every((image) => images?.[image] !== undefined);
}

/** Builds the images of a release, and records them. @throws ImageBuildError */
export type ImageBuilder = typeof buildImages;

/**
 * Builds the images of a release, or follows the build of the same sources that is under way.
 * @throws ImageBuildError
 */
export async function buildImages(
  aws: Pick<Aws, 'codebuild'>,
  names: PlatformNamesIn,
  version: string,
  { key }: Pick<ImageSources, 'key'>,
  work: Work,
): Promise<void> {
  const location = `${names.bucket}/${key}`;
  const id =
    (await underWay(aws, names.imageProject, location)) ??
    (await startBuild(aws, names.imageProject, version, location));
  work.say(`Building the images of ${version}: ${id}`);
  let phase: string | undefined;
  const ended = await until(work, async () => {
    const [build] = await buildsOf(aws, [id]);
    if (build === undefined) throw new ImageBuildError(`CodeBuild does not know its build ${id}: run this again.`);
    const { currentPhase = '' } = build;
    if (currentPhase !== phase) work.say(`  ${currentPhase}`);
    phase = currentPhase;
    return build.buildComplete === true ? build : undefined;
  });
  if (ended.buildStatus !== 'SUCCEEDED') throw failure(ended, version);
}

async function startBuild(
  { codebuild }: Pick<Aws, 'codebuild'>,
  projectName: string,
  version: string,
  location: string,
): Promise<string> {
  const { build } = await codebuild.send(
    new StartBuildCommand({
      projectName,
      sourceTypeOverride: 'S3',
      sourceLocationOverride: location,
      environmentVariablesOverride: [{ name: 'RELEASE', value: version }],
      // The SDK repeats a call whose answer was lost: that starts nothing a second time.
      idempotencyToken: randomUUID(),
    }),
  );
  return build?.id ?? '';
}

async function underWay(
  aws: Pick<Aws, 'codebuild'>,
  projectName: string,
  location: string,
): Promise<string | undefined> {
  const { ids = [] } = await aws.codebuild.send(
    new ListBuildsForProjectCommand({ projectName, sortOrder: 'DESCENDING' }),
  );
  if (ids.length === 0) return undefined;
  const builds = await buildsOf(aws, ids.slice(0, RECENT_BUILDS));
  return builds.find(({ buildComplete, source }) => buildComplete === false && source?.location === location)?.id;
}

function failure(build: Build, version: string): ImageBuildError {
  return new ImageBuildError(
    `The images of ${version} could not be built: ${String(build.id)} ended as ${String(build.buildStatus)}${buildFailure(build)} Then run \`npx drone-mlops images\` again.`,
  );
}
