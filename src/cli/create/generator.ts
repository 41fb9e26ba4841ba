// Where the project will get the generator from: the registry, or a tarball that travels with it.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { run } from '../../process';
import { type Generator, PACKAGE_NAME, PACKAGE_ROOT, installedTarball, packageVersion } from '../../project';
import { type Host, checkInterrupted } from '../host';
import { UsageError } from '../usage';

/** npm could not pack this checkout. */
export class PackError extends Error {
  override readonly name = 'PackError';
}

/** Calls `use` with the generator that a new project depends on. */
export async function withGenerator<T>(
  given: string | undefined,
  host: Host,
  use: (generator: Generator) => Promise<T>,
): Promise<T> {
  const tarball = given === undefined ? installedTarball() : resolve(host.cwd, given);
  if (tarball !== undefined) {
    if (!existsSync(tarball)) throw new UsageError(`--generator-tarball ${tarball} does not exist.`);
    return use({ tarball });
  }
  if (basename(dirname(PACKAGE_ROOT)) === 'node_modules') return use({ version: packageVersion() });
  const dir = mkdtempSync(join(tmpdir(), `${PACKAGE_NAME}-`));
  try {
    return await use({ tarball: await packCheckout(dir, host) });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Packs the checkout that this process runs from, as it would be published. */
async function packCheckout(dir: string, host: Host): Promise<string> {
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', dir];
  const { code, stdout, stderr } = await run('npm', args, { cwd: PACKAGE_ROOT, signal: host.interrupted });
  checkInterrupted(host);
  if (code !== 0) throw new PackError(`npm could not pack ${PACKAGE_ROOT}: ${stderr.trim()}`);
  return join(dir, stdout.trim().split('\n').at(-1) ?? '');
}
