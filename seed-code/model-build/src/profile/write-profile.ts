// Writes a profile: profile.json for machines, profile.html for people.
import { classColours, inParallel, spread, type DataFolder, type Place } from '../dataset';
import type { Profile } from './profile';
import { PICTURES_EACH, profilePage } from './profile-page';
import type { Recommendation } from './recommendations';
import { thumbnail } from './thumbnail';

export interface ProfileReport {
  /** What the folder is called. */
  readonly name: string;
  readonly folder: DataFolder;
  readonly profile: Profile;
  readonly recommendations: readonly Recommendation[];
}

const EXAMPLES = 8;
const IN_FLIGHT = 4;

/** What profile.json holds: of each image how many objects it has, since single objects would be most of the file. */
export function profileJson({ profile, recommendations }: Pick<ProfileReport, 'profile' | 'recommendations'>) {
  const images = profile.images.map((image) => ({ ...image, objects: image.objects.sides.length }));
  return { format: 'drone-mlops/profile@1', recommendations, ...profile, images };
}

export async function writeProfile(report: ProfileReport, out: Place): Promise<void> {
  const { name, folder, profile, recommendations } = report;
  const colours = classColours(profile.folder.classes.length);
  const examples = spread(
    profile.images.map(({ path }) => path),
    EXAMPLES,
  );
  const wanted = new Set([...examples, ...recommendations.flatMap(({ files }) => files.slice(0, PICTURES_EACH))]);
  const pictures = new Map<string, Buffer>();
  await inParallel(
    folder.images.filter(({ path }) => wanted.has(path)),
    IN_FLIGHT,
    async (image) => {
      const jpeg = await thumbnail(folder, image, colours);
      if (jpeg) pictures.set(image.path, jpeg);
    },
  );
  await out.write('profile.json', `${JSON.stringify(profileJson(report), null, 1)}\n`);
  await out.write('profile.html', profilePage({ name, profile, recommendations, pictures, examples, colours }));
}
