// `drone-mlops launch`: a project of its own for a team, as Studio launches it, followed through its first training.
import { launch, type Launch } from '../../operate';
import { Option } from 'commander';
import type { Host } from '../host';
import { UsageError, readArguments } from '../usage';
import { onAccount, operateCommand, pollFlag, type Flags } from './flags';

interface LaunchFlags extends Flags {
  readonly via: 'service-catalog' | 's3';
  readonly release?: string;
  readonly set: readonly string[];
  readonly follow: boolean;
  readonly resume?: true;
}

export async function run(args: readonly string[], host: Host): Promise<number> {
  const command = pollFlag(
    operateCommand(
      'launch',
      'Launches a project for a team, as Studio does, and follows it through its first training.',
    ),
  )
    .argument('<name>', 'the project’s name')
    .addOption(
      new Option('--via <way>', 'the product in Service Catalog, or the template in S3')
        .choices(['service-catalog', 's3'])
        .default('service-catalog'),
    )
    .option('--release <version>', 'version of the product (default: the newest)')
    .option('--set <parameter=value>', 'a parameter of the template; may be repeated', collect, [])
    .option('--resume', 'follow the project of this name, whoever launched it')
    .option('--no-follow', 'end when the project stands, before its first build has ended');
  if (!readArguments(command, args, host)) return 0;
  const flags = command.opts<LaunchFlags>();
  const [name] = command.args as [string]; // commander insists on it
  const { release } = flags;
  const request = {
    name,
    via: flags.via,
    parameters: Object.fromEntries(flags.set.map(parameter)),
    ...(release !== undefined && { release }),
  };
  const plan = flags.plan ?? false;
  const launched = await onAccount(host, flags, (platform, aws, work) =>
    launch(platform, aws, work, { request, plan, follow: flags.follow, resume: flags.resume ?? false }),
  );
  if (flags.json) host.print(JSON.stringify({ ...launched, written: !plan, next: next(launched) }));
  else tell(launched, host);
  return 0;
}

function collect(value: string, all: readonly string[]): readonly string[] {
  return [...all, value];
}

/** @throws UsageError */
function parameter(text: string): readonly [string, string] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new UsageError(`--set takes PARAMETER=VALUE, not ${text}.`);
  return [name, value];
}

function next({ name, project }: Launch): string {
  return project === undefined ? `npx drone-mlops launch ${name}` : `git clone ${project.cloneUrl}`;
}

function tell(launched: Launch, host: Host): void {
  const { name, release, via, notes, project, firstRun } = launched;
  for (const note of notes) host.print(note);
  if (project === undefined) {
    host.print(`${name} could be launched from ${release}, by ${via}. Nothing was launched.`);
  } else {
    host.print(`Launched ${name} (${project.id}).`);
    if (firstRun) {
      host.print(`Its first build, ${firstRun.build}, started ${firstRun.execution}, which succeeded.`);
      host.print('What it registered waits for approval.');
    }
  }
  host.print(`\nNext:\n  ${next(launched)}`);
}
