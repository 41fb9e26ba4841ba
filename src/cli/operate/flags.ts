// What the commands that talk to AWS have in common: flags, clients, and the end by an interruption.
import { resolve } from 'node:path';
import { Command } from 'commander';
import { closeAws, openAws, readPlatform, type Aws, type Platform, type Work } from '../../operate';
import { type Host, InterruptedError } from '../host';
import { UsageError } from '../usage';

export interface Flags {
  readonly project: string;
  readonly plan?: true;
  readonly json?: true;
  readonly pollSeconds: string;
}

const EXIT_CODES = '\nExit codes: 0 done, 1 failed, 2 wrong usage.';

/** @param writes whether the command changes anything on AWS or on disk, so that it has a plan */
export function operateCommand(name: string, about: string): Command {
  return new Command(name)
    .description(about)
    .allowExcessArguments(false)
    .option('--project <dir>', 'the platform repository', '.')
    .option('--plan', 'say what would be done, and change nothing')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXIT_CODES);
}

/** For commands that wait for AWS. */
export function pollFlag(command: Command): Command {
  return command.option('--poll-seconds <n>', 'seconds between looks at what AWS is doing', '5');
}

/** Work in the host's name. */
export function workOf(
  host: Host,
  { json, pollSeconds }: Pick<Flags, 'json'> & { readonly pollSeconds?: string },
): Work {
  const seconds = Number(pollSeconds ?? 5);
  if (!(seconds >= 0.1 && seconds <= 600))
    throw new UsageError(`--poll-seconds takes 0.1 to 600, not ${pollSeconds ?? ''}.`);
  return {
    say: (text) => {
      if (!json) host.say(text);
    },
    signal: host.interrupted,
    env: host.env,
    pollSeconds: seconds,
  };
}

/** Does something with a platform and its account. @throws InterruptedError in place of what an interruption made of it */
export async function onAccount<T>(
  host: Host,
  flags: Flags,
  use: (platform: Platform, aws: Aws, work: Work) => Promise<T>,
): Promise<T> {
  const platform = readPlatform(resolve(host.cwd, flags.project));
  const aws = openAws({ region: platform.options.region });
  try {
    return await use(platform, aws, workOf(host, flags));
  } catch (error) {
    throw host.interrupted.aborted ? new InterruptedError(INTERRUPTED) : error;
  } finally {
    closeAws(aws);
  }
}

const INTERRUPTED = 'Interrupted: what AWS had begun goes on there. The same command goes on from where it is.';
