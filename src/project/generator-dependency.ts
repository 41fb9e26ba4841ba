// A generated root's dependency on this package: a published version, or the tarball of an unpublished one, kept in vendor/.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Component } from 'projen/lib/component';
import type { NodeProject } from 'projen/lib/javascript';
import { PACKAGE_NAME, installedTarball, packageVersion } from '../package-root';
import { pinned } from './versions';

/** Where a generated root gets the generator from. */
export type Generator = { readonly version: string } | { readonly tarball: string };

const VENDOR = 'vendor';

/** Adds the generator and what it needs to run (projen, constructs, jiti) to the development dependencies. */
export class GeneratorDependency extends Component {
  readonly generator: Generator;

  /** @param generator by default what package.json names already, else what this process runs from */
  constructor(project: NodeProject, generator: Generator = declared(project.outdir) ?? running()) {
    super(project);
    this.generator = generator;
    const spec = 'version' in generator ? generator.version : `file:${VENDOR}/${vendored(generator.tarball)}`;
    project.addDevDeps(`${PACKAGE_NAME}@${spec}`, pinned('constructs'), pinned('jiti'), pinned('projen'));
  }

  /** The tarball as it travels with the project, by its path there; none for a published version. */
  get carried(): ReadonlyMap<string, Buffer> {
    if ('version' in this.generator) return new Map();
    const { tarball } = this.generator;
    return new Map([[`${VENDOR}/${vendored(tarball)}`, readFileSync(tarball)]]);
  }
}

/** Tarballs of this package in a root; of these, only the one that is carried stays. */
export const CARRIED = new RegExp(`^${VENDOR}/${PACKAGE_NAME}-[^/]*$`);

/** What the package.json in a folder names: the team's choice, made with `npm install -D create-drone-mlops@…`. */
function declared(dir: string): Generator | undefined {
  const file = join(dir, 'package.json');
  if (!existsSync(file)) return undefined;
  // npm keeps package.json of this shape.
  const { devDependencies } = JSON.parse(readFileSync(file, 'utf8')) as { devDependencies?: Record<string, string> };
  const spec = devDependencies?.[PACKAGE_NAME];
  if (spec === undefined) return undefined;
  return spec.startsWith('file:') ? { tarball: resolve(dir, spec.slice('file:'.length)) } : { version: spec };
}

/** What this process runs from. */
function running(): Generator {
  const tarball = installedTarball();
  return tarball === undefined ? { version: packageVersion() } : { tarball };
}

/** Name in vendor/: it tells the version, whatever the file was called before. */
function vendored(tarball: string): string {
  return basename(dirname(tarball)) === VENDOR ? basename(tarball) : `${PACKAGE_NAME}-${packageVersion()}.tgz`;
}
