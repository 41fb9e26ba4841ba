// `drone-mlops publish`: the releases of a platform, as its account offers them in Studio.
import { checkTested, planPublication, publish, type Publication } from '../../operate';
import type { Host } from '../host';
import { UsageError, readArguments } from '../usage';
import { onAccount, operateCommand, pollFlag, type Flags } from './flags';

interface PublishFlags extends Flags {
  readonly yes?: true;
  readonly untested?: true;
}

const MARKS = { replacement: '!! ', removal: '-  ', permission: '!  ' } as const;
const NEXT = 'npx drone-mlops launch NAME, or Studio: Deployments > Projects > Create';

export async function run(args: readonly string[], host: Host): Promise<number> {
  const command = pollFlag(
    operateCommand(
      'publish',
      'Publishes the platform: its stacks, its runtime images, and its releases, as Studio offers them.',
    ),
  )
    .option('--yes', 'publish without asking')
    .option('--untested', 'publish releases as well that were frozen with --no-test');
  if (!readArguments(command, args, host)) return 0;
  const flags = command.opts<PublishFlags>();

  if (flags.plan) {
    const plan = await onAccount(host, flags, planPublication);
    if (flags.json) host.print(JSON.stringify({ ...plan, written: false }));
    else tellPlan(plan, host);
    return 0;
  }
  const published = await onAccount(host, flags, (platform, aws, work) => {
    if (!flags.untested) checkTested(platform);
    return publish(platform, aws, work, (plan) => agreed(plan, flags, host));
  });
  if (published === undefined) {
    host.print('Nothing was published.');
    return 1;
  }
  if (flags.json) host.print(JSON.stringify({ ...published, written: true, next: NEXT }));
  else {
    for (const note of published.notes) host.print(note);
    host.print(published.stages.length === 0 ? 'Everything is published already.' : 'Published.');
    host.print(`\nNext:\n  ${NEXT}`);
  }
  return 0;
}

/** @throws UsageError where nobody is there to agree */
async function agreed(plan: Publication, { yes, json }: PublishFlags, host: Host): Promise<boolean> {
  if (yes) return true;
  if (!host.interactive || json) {
    throw new UsageError('Publishing changes the account: look at it with --plan, and say --yes.');
  }
  tellPlan(plan, host);
  const { confirm } = await import('../create/prompts.js');
  return confirm(`Publish this to account ${plan.account}, region ${plan.region}?`);
}

function tellPlan({ account, region, caller, stages, notes }: Publication, host: Host): void {
  host.print(`Account ${account}, region ${region}, as ${caller}`);
  for (const { stage, changes } of stages) {
    if (changes.length > 0) host.print(`\n${stage}`);
    for (const { text, notable } of changes) host.print(`  ${notable === undefined ? '   ' : MARKS[notable]}${text}`);
  }
  const all = stages.flatMap(({ changes }) => changes);
  const count = (wanted: keyof typeof MARKS): number => all.filter(({ notable }) => notable === wanted).length;
  for (const note of notes) host.print(`\n${note}`);
  host.print(
    all.length === 0
      ? '\nNothing to change.'
      : `\n${all.length} changes: ${count('replacement')} may replace a resource (!!), ${count('removal')} remove one (-), ${count('permission')} broaden permissions (!).`,
  );
}
