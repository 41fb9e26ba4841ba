// This package itself: where it lies, its version, and how it came here.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Folder of this package, from its sources, its compiled library or its bundles alike. */
export const PACKAGE_ROOT = findPackageRoot(__dirname);

/** Name under which the package is published. */
export const PACKAGE_NAME = 'create-drone-mlops';

export function packageVersion(): string {
  // Our own package.json, written by projen: it has a version.
  return (JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}

/**
 * The tarball that this package was installed from, when npm installed it from a file.
 * npm notes what it installed in `node_modules/.package-lock.json`, paths relative to the folder above.
 */
export function installedTarball(): string | undefined {
  const modules = dirname(PACKAGE_ROOT);
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record)) return undefined;
  // npm's own file, of a documented shape ("hidden lockfile").
  const { packages } = JSON.parse(readFileSync(record, 'utf8')) as { packages?: Record<string, { resolved?: string }> };
  const resolved = packages?.[`node_modules/${PACKAGE_NAME}`]?.resolved;
  if (!resolved?.startsWith('file:')) return undefined;
  const tarball = resolve(modules, '..', resolved.slice('file:'.length));
  return existsSync(tarball) ? tarball : undefined;
}

function findPackageRoot(from: string): string {
  return existsSync(join(from, 'seed-code')) ? from : findPackageRoot(dirname(from));
}
