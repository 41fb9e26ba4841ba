// `profile`: what a folder of images and labels holds, and what to do about it before training.
import { nameOf, type Place } from '../dataset';
import { profileFolder, profileJson, recommend, writeProfile, type Profile, type Recommendation } from '../profile';
import { DATA_FLAGS, dataUsage, openData, printShare } from './data-flags';
import { progress } from './progress';
import { parseCommandLine, printOutcome, withUsage } from './usage';

const USAGE = `model-build profile DIR [options]
${dataUsage('profile', 'profile.json and profile.html')}`;

/** Side of a model's input where no project says. */
const IMAGE_SIZE = 640;

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, async () => {
    const { values, positionals } = parseCommandLine({ args: [...args], allowPositionals: true, options: DATA_FLAGS });
    const data = await openData('profile', values, positionals);
    const { folder, name, project, shard, signal } = data;
    // JSON on standard output is the outcome, unless a folder is asked for.
    const out = values.json && values.out === undefined && shard === null ? null : data.out;
    const { profile, reused } = await profileFolder(folder, {
      ...{ classes: project?.classes ?? null, images: data.images, out, shard, signal },
      onProgress: progress('images profiled'),
    });
    if (shard) {
      printShare(values.json, profile.profiled + profile.folder.unreadable.length, reused, shard);
      return 0;
    }
    const recommendations = recommend(profile, {
      imageSize: project?.training.imageSize ?? IMAGE_SIZE,
      flight: project?.flight ?? { by: 'folder' },
    });
    if (out) await writeProfile({ name, folder, profile, recommendations }, out);
    printOutcome(values.json, profileJson({ profile, recommendations }), summary(profile, recommendations, out));
    return 0;
  });
}

function summary(
  { profiled, folder, objects }: Profile,
  recommendations: readonly Recommendation[],
  out: Place | null,
): string[] {
  return [
    `${profiled} of ${folder.images} images profiled, ${folder.unreadable.length} not readable; ${objects.total} objects of ${folder.classes.length} classes.`,
    ...recommendations.map(({ kind, title }) => `  ${kind.padEnd(10)}${title}`),
    out ? `Look at ${nameOf(out, 'profile.html')}.` : 'Nothing was written.',
  ];
}
