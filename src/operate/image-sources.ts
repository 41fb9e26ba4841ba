// What the platform's build makes the images of a release from: the folder images/, and what that release's trainer needs.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Release } from '../catalog';
import { unzip, zipFiles } from '../zip';
import { PlatformError } from './platform';

/** Characters of the hash in a key. */
const HASH_LENGTH = 12;

export interface ImageSources {
  /** Key in the catalog's bucket. It bears the hash of what the archive holds. */
  readonly key: string;
  readonly zip: Buffer;
}

/**
 * Packs the sources of a release's images, for CodeBuild.
 * @param platform its repository
 * @throws PlatformError when its folder images/ has no buildspec, or the release's seed no requirements
 */
export async function imageSources(
  platform: string,
  { version, seed }: Pick<Release, 'version' | 'seed'>,
): Promise<ImageSources> {
  const images = join(platform, 'images');
  const buildspec = join(images, 'buildspec.yml');
  if (!existsSync(buildspec)) {
    throw new PlatformError(
      `${buildspec} is missing, without which no image is built: bring it back with \`git checkout -- images\`.`,
    );
  }
  const unpacked = mkdtempSync(join(tmpdir(), 'drone-mlops-seed-'));
  try {
    await unzip(seed, unpacked);
    const requirements = join(unpacked, 'training', 'requirements.txt');
    if (!existsSync(requirements)) {
      throw new PlatformError(
        `The seed of ${version} has no training/requirements.txt, which the training image is built from: bring it back in model-build, and release another version.`,
      );
    }
    const files = [
      { path: 'buildspec.yml', file: buildspec },
      ...filesBelow(images).map((path) => ({ path: `images/${path}`, file: join(images, path) })),
      { path: 'model-build/training/requirements.txt', file: requirements },
    ];
    const hash = createHash('sha256');
    for (const { path, file } of files) hash.update(`${path}\0`).update(readFileSync(file)).update('\0');
    const zip = await zipFiles(files);
    return { key: `images/sources/${version}-${hash.digest('hex').slice(0, HASH_LENGTH)}.zip`, zip };
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
}

/** Paths below a folder with `/`, sorted. */
function filesBelow(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .flatMap((entry) => {
      if (entry.name === 'node_modules' || entry.name === '.DS_Store') return [];
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(folder, path) : [path];
    })
    .sort();
}
