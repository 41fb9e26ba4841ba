// `drone-mlops release`: freezes the template and the seed under a version.
import { resolve } from 'node:path';
import { release } from '../../operate';
import { type Host, InterruptedError } from '../host';
import { readArguments } from '../usage';
import { operateCommand, workOf, type Flags } from './flags';

interface ReleaseFlags extends Flags {
  readonly test: boolean;
}

const NEXT = 'git add catalog && git commit, then npx drone-mlops publish';

export async function run(args: readonly string[], host: Host): Promise<number> {
  const command = operateCommand(
    'release',
    'Freezes the project template and the seed of model-build as a release, for publishing.',
  )
    .argument('<version>', 'X.Y.Z')
    .option('--no-test', 'do not install and test the seed from its zip alone');
  if (!readArguments(command, args, host)) return 0;
  const flags = command.opts<ReleaseFlags>();
  const [version] = command.args as [string]; // commander insists on it
  const plan = flags.plan ?? false;
  const frozen = await release(resolve(host.cwd, flags.project), workOf(host, flags), {
    version,
    plan,
    test: flags.test,
  }).catch((error: unknown) => {
    throw host.interrupted.aborted ? new InterruptedError() : error;
  });
  if (flags.json) {
    host.print(JSON.stringify({ ...frozen, written: !plan && !frozen.unchanged, next: NEXT }));
    return 0;
  }
  const megabytes = (frozen.seedBytes / 1e6).toFixed(1);
  if (frozen.unchanged) host.print(`${version} is frozen with this very content already.`);
  else if (plan) host.print(`Would freeze ${version} in ${frozen.folder}: a template, and a seed of ${megabytes} MB.`);
  else host.print(`Froze ${version} in ${frozen.folder}: a template, and a seed of ${megabytes} MB. It never changes.`);
  if (!plan) host.print(`\nNext:\n  ${NEXT}`);
  return 0;
}
