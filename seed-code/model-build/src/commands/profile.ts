// `profile`: what a folder of images and labels holds, and what to do about it before training.
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { loadConfig } from '../config';
import { scanFolder } from '../dataset';
import { profileFolder, profileJson, recommend, writeProfile, type Profile, type Recommendation } from '../profile';
import { numberFlag, parseCommandLine, UsageError, withUsage } from './usage';

const USAGE = `model-build profile DIR [options]

  --sample N   Profile N images, spread evenly over the folder. Default: all.
  --out OUT    Folder for profile.json and profile.html. Default: DIR's name and "-profile", here.
  --json       Print profile.json on standard output, and write files only when --out is given.
  --help       Print this.`;

/** Side of a model's input where no project says. */
const IMAGE_SIZE = 640;

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, async () => {
    const { values, positionals } = parseCommandLine({
      args: [...args],
      allowPositionals: true,
      options: {
        sample: { type: 'string' },
        out: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(`Usage: ${USAGE}\n`);
      return 0;
    }
    const [dir, ...others] = positionals;
    if (dir === undefined || others.length > 0) throw new UsageError('profile takes one folder.');
    const sample = values.sample === undefined ? undefined : Math.trunc(numberFlag('sample', values.sample, 1, 1e9));

    const project = existsSync(join(process.cwd(), 'drone-mlops.json')) ? loadConfig(process.cwd()) : null;
    const folder = await scanFolder(dir);
    const profile = await profileFolder(folder, {
      classes: project?.classes ?? null,
      sample,
      onProgress: progress(),
    });
    const recommendations = recommend(profile, {
      imageSize: project?.training.imageSize ?? IMAGE_SIZE,
      flight: project?.flight ?? { by: 'folder' },
    });
    const name = basename(resolve(dir));
    const out = values.out ?? (values.json ? null : `${name}-profile`);
    if (out !== null) await writeProfile({ name, folder, profile, recommendations }, out);
    process.stdout.write(
      values.json
        ? `${JSON.stringify(profileJson({ profile, recommendations }))}\n`
        : summary(profile, recommendations, out ?? ''),
    );
    return 0;
  });
}

function summary(
  { profiled, folder, objects }: Profile,
  recommendations: readonly Recommendation[],
  out: string,
): string {
  return [
    `${profiled} of ${folder.images} images profiled, ${folder.unreadable.length} not readable; ${objects.total} objects of ${folder.classes.length} classes.`,
    ...recommendations.map(({ kind, title }) => `  ${kind.padEnd(10)}${title}`),
    `Look at ${join(out, 'profile.html')}.`,
    '',
  ].join('\n');
}

/** Says how far it is, once for each tenth, on standard error. */
function progress(): (done: number, total: number) => void {
  let told = 0;
  return (done, total) => {
    const tenth = Math.floor((done / total) * 10);
    if (tenth === told) return;
    told = tenth;
    process.stderr.write(`${done} of ${total} images profiled\n`);
  };
}
