// Where functions find the AWS SDK, which Lambda's own Node brings along.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../../package-root';

/** Bundled clients beside the command line's bundles; in a checkout that is not built, its own packages. */
export function functionModules(): string {
  const bundled = join(PACKAGE_ROOT, 'dist', 'functions', 'node_modules');
  return existsSync(bundled) ? bundled : join(PACKAGE_ROOT, 'node_modules');
}
