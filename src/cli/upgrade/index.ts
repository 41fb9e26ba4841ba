// `drone-mlops upgrade`: a newer version of the generator, and what it changes.
import { resolve } from 'node:path';
import { conflictsOf, upgradeProject } from '../../upgrade';
import type { Host } from '../host';
import { readArguments } from '../usage';
import { type Flags, settingsOf, uninterrupted, upgradeCommand } from './flags';
import { tell } from './tell';

interface UpgradeFlags extends Flags {
  readonly to: string;
  readonly branch?: string;
  readonly allowDirty?: true;
  readonly test: boolean;
}

export async function run(args: readonly string[], host: Host): Promise<number> {
  const parser = upgradeCommand(
    'upgrade',
    'Brings the project up to date: keeps every line that you wrote, delivers every change of the template.',
  )
    .option('--to <version>', 'a version, a tag, or the path of a tarball', 'latest')
    .option('--branch <name>', 'make a branch, and one commit on it')
    .option('--allow-dirty', 'go on although there are uncommitted changes')
    .option('--no-test', 'do not run the project’s tests');
  if (!readArguments(parser, args, host)) return 0;
  const flags = parser.opts<UpgradeFlags>();
  const { branch } = flags;
  const result = await uninterrupted(host, () =>
    upgradeProject(
      {
        dir: resolve(host.cwd, flags.project),
        to: flags.to.endsWith('.tgz') ? resolve(host.cwd, flags.to) : flags.to,
        settings: settingsOf(flags),
        dryRun: flags.dryRun ?? false,
        ...(branch === undefined ? {} : { branch }),
        allowDirty: flags.allowDirty ?? false,
        test: flags.test,
      },
      { env: host.env, signal: host.interrupted, say: host.say.bind(host) },
    ),
  );
  const { report, changelog, tests } = result;
  if (flags.json) host.print(JSON.stringify(result));
  else {
    tell(report, host);
    if (changelog !== '') host.print(`\n${changelog}`);
    if (tests !== 'none') host.print(`\nThe project’s tests ${tests}.`);
    if (tests === 'failed') host.print('Nothing was committed: mend them, then commit.');
    if (result.branch !== undefined) host.print(`Committed on ${result.branch}.`);
  }
  return conflictsOf(report).length > 0 || tests === 'failed' ? 1 : 0;
}
