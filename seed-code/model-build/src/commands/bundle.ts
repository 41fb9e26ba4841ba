// npm run bundle: one CommonJS bundle a step, below dist/bundles.
import { join, relative } from 'node:path';
import { buildBundles } from '../bundle';
import { loadConfig } from '../config';
import { addedBundles } from '../pipeline';
import { parseCommandLine, printOutcome, withUsage } from './usage';

const USAGE = `npm run bundle -- [options]

  Makes one bundle a step: dist/bundles/<step>/<hash>/, with the hash of its content.

  --json   Print one JSON value on standard output.
  --help   Print this.`;

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, async () => {
    const { values } = parseCommandLine({
      args: [...args],
      options: { json: { type: 'boolean' } },
    });
    const root = process.cwd();
    const bundles = await buildBundles(root, join(root, 'dist', 'bundles'), addedBundles(loadConfig(root)));
    printOutcome(
      values.json,
      bundles,
      bundles.map(({ directory }) => relative(root, directory)),
    );
    return 0;
  });
}
