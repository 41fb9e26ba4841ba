// Releases of a platform: template and seed, frozen under catalog/releases. A frozen release never changes.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { seedHash } from './seed';
import type { Template } from './synthesize';

/** A release is not there, is there already, or is not what was frozen. */
export class ReleaseError extends Error {
  override readonly name = 'ReleaseError';
}

/** Files of a release. */
const TEMPLATE = 'template.yaml';
const SEED = 'model-build.zip';
const RECORD = 'release.json';

export interface Release {
  readonly version: string;
  /** The template's text, which is what Service Catalog and S3 get. */
  readonly yaml: string;
  readonly template: Template;
  readonly seed: Buffer;
  /** Whether `npm ci` and the tests have passed from the seed alone. */
  readonly tested: boolean;
  /** Keys in the catalog's bucket. */
  readonly templateKey: string;
  readonly seedKey: string;
}

/** Key of a release's seed. It bears the seed's hash, so that no two seeds ever share a key. */
export function seedKey(version: string, seed: Uint8Array): string {
  return `releases/${version}/model-build-${seedHash(seed)}.zip`;
}

/** Key of a release's template, below the prefix that Studio lists. */
export function templateKey(version: string): string {
  return `templates/drone-mlops-${version}.yaml`;
}

/** What stands in a release's record. */
interface ReleaseRecord {
  readonly version: string;
  readonly sha256: Readonly<Record<string, string>>;
  readonly tested?: boolean;
}

/** @throws ReleaseError for a version that is no X.Y.Z */
export function checkVersion(version: string): void {
  if (/^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}$/.test(version)) return;
  throw new ReleaseError(`${JSON.stringify(version)} is no version: name it X.Y.Z, such as 1.0.0.`);
}

/**
 * Freezes a release. It appears whole or not at all; frozen again with the same content, it is left as it is, but for its tests
 * that have passed since.
 * @param dir the platform's `catalog/releases`
 * @param tested whether `npm ci` and the tests have passed from the seed alone
 * @throws ReleaseError for a version that is no X.Y.Z, or one that is frozen with another content
 */
export function freezeRelease(dir: string, version: string, yaml: string, seed: Buffer, tested: boolean): void {
  checkVersion(version);
  const target = join(dir, version);
  const files = { [TEMPLATE]: Buffer.from(yaml), [SEED]: seed };
  if (existsSync(target)) {
    const changed = Object.entries(files).find(([name, bytes]) => !bytes.equals(readFileSync(join(target, name))));
    if (!changed) {
      if (tested) writeRecord(target, { ...readRecord(target), tested });
      return;
    }
    throw new ReleaseError(
      `${version} is frozen with another ${changed[0]} already, and frozen releases never change: take the next version.`,
    );
  }
  const partial = join(dir, `.${version}.partial`);
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const record = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, sha256(bytes)]));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(partial, name), bytes);
  writeRecord(partial, { version, sha256: record, tested });
  mkdirSync(dirname(target), { recursive: true });
  renameSync(partial, target);
}

/**
 * The frozen releases, oldest first, each held to the hashes that it was frozen with.
 * @throws ReleaseError that names a file which is missing or is not what was frozen
 */
export function readReleases(dir: string): Release[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => readRelease(dir, name))
    .sort((left, right) => compareVersions(left.version, right.version));
}

/** Throws as {@link readReleases} does. */
export function verifyReleases(dir: string): void {
  readReleases(dir);
}

/** Releases that are no longer launched, though projects may be on them: all but the newest few. */
export function deprecatedReleases(versions: readonly string[], supported: number): string[] {
  return [...versions].sort(compareVersions).slice(0, -supported);
}

function readRelease(dir: string, version: string): Release {
  const folder = join(dir, version);
  const { sha256: hashes, tested = false } = readRecord(folder);
  const [yaml, seed] = [TEMPLATE, SEED].map((name) => {
    const bytes = readFile(join(folder, name));
    if (sha256(bytes) === hashes[name]) return bytes;
    throw new ReleaseError(
      `${join(folder, name)} is not what was frozen: bring it back with \`git checkout -- ${folder}\`, and freeze changes as another release.`,
    );
  }) as [Buffer, Buffer];
  const text = yaml.toString('utf8');
  return {
    version,
    yaml: text,
    // A template of ours, as its hash says.
    template: parse(text, { version: '1.1' }) as Template,
    seed,
    tested,
    templateKey: templateKey(version),
    seedKey: seedKey(version, seed),
  };
}

function readRecord(folder: string): ReleaseRecord {
  // Written by freezeRelease; a hash that is not there differs from every file.
  return JSON.parse(readFile(join(folder, RECORD)).toString('utf8')) as ReleaseRecord;
}

function writeRecord(folder: string, record: ReleaseRecord): void {
  writeFileSync(join(folder, RECORD), `${JSON.stringify(record, null, 2)}\n`);
}

function readFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new ReleaseError(`${file} is missing: bring the release back with \`git checkout -- ${dirname(file)}\`.`);
  }
}

function compareVersions(left: string, right: string): number {
  const [lefts, rights] = [left, right].map((version) => version.split('.').map(Number)) as [number[], number[]];
  const place = lefts.findIndex((part, index) => part !== rights[index]);
  return place === -1 ? 0 : (lefts[place] ?? 0) - (rights[place] ?? 0);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
