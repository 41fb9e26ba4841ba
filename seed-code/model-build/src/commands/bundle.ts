// npm run bundle: one CommonJS bundle a step, below dist/bundles.
import { join, relative } from 'node:path';
import { buildBundles } from '../bundle';
import { loadConfig } from '../config';
import { addedBundles } from '../pipeline';
import { parseCommandLine, withUsage } from './usage';

const USAGE = `npm run bundle -- [--json]
Makes one bundle a step: dist/bundles/<step>/<hash>/, with the hash of its content.`;

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, async () => {
    const { values } = parseCommandLine({
      args: [...args],
      options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help) {
      process.stdout.write(`Usage: ${USAGE}\n`);
      return 0;
    }
    const root = process.cwd();
    const bundles = await buildBundles(root, join(root, 'dist', 'bundles'), addedBundles(loadConfig(root)));
    if (values.json) process.stdout.write(`${JSON.stringify(bundles)}\n`);
    else for (const { directory } of bundles) process.stdout.write(`${relative(root, directory)}\n`);
    return 0;
  });
}
