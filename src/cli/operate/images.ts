// `drone-mlops images`: builds the runtime images of releases, anew where their base was patched.
import { runtimeImages } from '../../operate';
import type { Host } from '../host';
import { readArguments } from '../usage';
import { onAccount, operateCommand, pollFlag, type Flags } from './flags';

interface ImagesFlags extends Flags {
  readonly rebuild?: true;
}

export async function run(args: readonly string[], host: Host): Promise<number> {
  const command = pollFlag(operateCommand('images', 'Builds the runtime images of releases that have none.')).option(
    '--rebuild',
    'build the images of all offered releases again, from the bases as they are now',
  );
  if (!readArguments(command, args, host)) return 0;
  const flags = command.opts<ImagesFlags>();
  const plan = flags.plan ?? false;
  const { built, images } = await onAccount(host, flags, (platform, aws, work) =>
    runtimeImages(platform, aws, work, { rebuild: flags.rebuild ?? false, plan }),
  );
  if (flags.json) {
    host.print(JSON.stringify({ built, images, written: !plan }));
    return 0;
  }
  for (const [version, uris] of Object.entries(images)) {
    for (const [image, uri] of Object.entries(uris)) host.print(`${version} ${image.padEnd(9)}${uri}`);
  }
  const what =
    built.length === 0
      ? 'Every release has its images.'
      : `${plan ? 'Would build' : 'Built'} the images of ${built.join(', ')}.`;
  host.print(built.length === 0 || plan ? what : `${what} Builds of teams take them from their next commit on.`);
  return 0;
}
