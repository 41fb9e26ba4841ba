// `drone-mlops regenerate`: what `npx projen` does, with a choice in what it leaves open.
import { resolve } from 'node:path';
import { conflictsOf, regenerateProject } from '../../upgrade';
import type { Host } from '../host';
import { readArguments } from '../usage';
import { type Flags, settingsOf, uninterrupted, upgradeCommand } from './flags';
import { tell } from './tell';

export async function run(args: readonly string[], host: Host): Promise<number> {
  const parser = upgradeCommand(
    'regenerate',
    'Brings the project to what .projenrc.ts says, with the version that is installed.',
  );
  if (!readArguments(parser, args, host)) return 0;
  const flags = parser.opts<Flags>();
  const settings = settingsOf(flags);
  const report = await uninterrupted(host, () =>
    regenerateProject(resolve(host.cwd, flags.project), settings, { env: host.env, signal: host.interrupted }),
  );
  if (flags.json) host.print(JSON.stringify({ report }));
  else tell(report, host);
  const stale = report.written && report.install.length > 0;
  if (stale && !flags.json) host.print('package.json changed: run `npm install`.');
  return conflictsOf(report).length > 0 ? 1 : 0;
}
