import sharp from 'sharp';
import { scanFolder, spread } from '../../src/dataset';
import { profileFolder, recommend, type Profile, type Recommendation } from '../../src/profile';
import { summarise } from '../../src/profile/profile';
import { photo, temporaryFolder } from '../dataset/folders';

const SETTINGS = { imageSize: 640, flight: { by: 'folder' } } as const;
const LABELS = '0 0.5 0.5 0.25 0.25\n1 0.05 0.5 0.1 0.1\n';

async function profileOf(files: Record<string, string | Buffer>, sample?: number): Promise<Profile> {
  const folder = await scanFolder(temporaryFolder({ 'classes.txt': 'car\nbus\n', ...files }));
  const images = spread(folder.images, sample ?? Infinity);
  return (await profileFolder(folder, { classes: null, images })).profile;
}

/** The files of the recommendation whose title matches. */
function filesOf(profile: Profile, title: RegExp): readonly string[] | undefined {
  return recommend(profile, SETTINGS).find((one: Recommendation) => title.test(one.title))?.files;
}

describe('the profile of a folder', () => {
  test('counts frames, objects by class and size, and boxes at the border', async () => {
    const profile = await profileOf({
      'images/a.jpg': await photo(1),
      'labels/a.txt': LABELS,
      'images/b.jpg': await photo(2, { width: 64, height: 96 }),
    });
    expect(profile.frames).toMatchObject({
      sizes: [
        { value: '64 × 96', count: 1 },
        { value: '96 × 64', count: 1 },
      ],
      formats: [{ value: 'jpeg', count: 2 }],
      colourModes: [{ value: 'srgb', count: 2 }],
    });
    expect(profile.objects).toMatchObject({
      total: 2,
      perImage: { count: 1, median: 2 },
      // 96 × 64: sides of √(24 · 16) and √(9.6 · 6.4).
      side: { min: expect.closeTo(Math.sqrt(61.44)) as number, max: expect.closeTo(Math.sqrt(384)) as number },
      bySize: { tiny: 1, small: 1, medium: 0, large: 0 },
      atBorder: 1,
      classes: [
        { name: 'car', objects: 1, images: 1 },
        { name: 'bus', objects: 1, images: 1 },
      ],
    });
    expect(profile.background).toEqual({ withoutLabelFile: ['images/b.jpg'], withoutObject: [] });
  });

  test('counts width and height of a turned frame as they are seen', async () => {
    const { images } = await profileOf({ 'a.jpg': await photo(1, { orientation: 6 }) });
    expect(images[0]).toMatchObject({ width: 64, height: 96 });
  });

  test('tells what cannot be read, and goes on', async () => {
    const cut = (await photo(1, { width: 400, height: 300 })).subarray(0, 2000);
    const profile = await profileOf({ 'a.jpg': cut, 'b.jpg': await photo(2), 'c.dng': '' });
    expect(profile.folder).toMatchObject({
      images: 2,
      unreadable: [{ path: 'a.jpg', reason: expect.stringMatching(/^a\.jpg cannot be decoded: /) as string }],
      unsupported: ['c.dng'],
    });
    expect(profile.profiled).toBe(1);
    expect(filesOf(profile, /^Repair or remove 1 file that/)).toEqual(['a.jpg']);
  });

  test('takes a sample that is spread over the folder', async () => {
    const files: Record<string, Buffer> = {};
    for (const seed of Array.from({ length: 9 }).keys()) files[`${seed}.jpg`] = await photo(seed);
    const { profiled, folder, images } = await profileOf(files, 3);
    expect({ profiled, images: folder.images }).toEqual({ profiled: 3, images: 9 });
    expect(images.map(({ path }) => path)).toEqual(['0.jpg', '3.jpg', '6.jpg']);
  });

  test('is the same whatever the order in which images arrive', async () => {
    const { folder, images, ...rest } = await profileOf({
      'a.jpg': await photo(1),
      'b.jpg': await photo(1),
      'c.jpg': await photo(3),
      'c.txt': LABELS,
    });
    expect(summarise(folder, images.toReversed())).toEqual({ folder, images, ...rest });
  });

  test('names classes by number where nothing else does', async () => {
    const folder = await scanFolder(temporaryFolder({ 'a.jpg': await photo(1), 'a.txt': LABELS }));
    const { profile } = await profileFolder(folder, { classes: null });
    expect(profile.folder.classes).toEqual(['class 0', 'class 1']);
  });
});

describe('recommendations', () => {
  test('name frames that look alike in different flights, and files that are the same', async () => {
    const view = await photo(1);
    const profile = await profileOf({
      'monday/a.jpg': view,
      'monday/b.jpg': await photo(2),
      'monday/c.jpg': view,
      'tuesday/d.jpg': await photo(1, { brighter: true }),
    });
    expect(filesOf(profile, /one side of the split/)).toEqual(['monday/a.jpg', 'monday/c.jpg', 'tuesday/d.jpg']);
    expect(filesOf(profile, /Keep one of each of 1 image/)).toEqual(['monday/a.jpg', 'monday/c.jpg']);
    expect(filesOf(profile, /second flight/)).toBeUndefined();
  });

  test('do not speak of leakage where frames of one flight look alike, but of the one flight', async () => {
    const profile = await profileOf({ 'a.jpg': await photo(1), 'b.jpg': await photo(1, { brighter: true }) });
    expect(filesOf(profile, /one side of the split/)).toBeUndefined();
    expect(filesOf(profile, /second flight/)).toEqual([]);
  });

  test('say so where the project’s rule tells no flights', async () => {
    const profile = await profileOf({ 'a.jpg': await photo(1) });
    const advice = recommend(profile, { imageSize: 640, flight: { by: 'time-gap', minutes: 10 } });
    expect(advice).toContainEqual(
      expect.objectContaining({
        kind: 'repair',
        reason: expect.stringMatching(/no capture time in the EXIF of a\.jpg/) as string,
      }),
    );
  });

  test('name dark, overexposed and blurred frames, the clearest case first', async () => {
    const sharpFrame = await photo(1);
    const profile = await profileOf({
      'blurred.jpg': await altered(sharpFrame, 4, 1, 0),
      'dark.jpg': await altered(sharpFrame, 0, 0.2, 0),
      'darkest.jpg': await altered(sharpFrame, 0, 0.1, 0),
      'glaring.jpg': await altered(sharpFrame, 0, 0.02, 250),
      'sharp.jpg': sharpFrame,
    });
    expect(filesOf(profile, /are dark/)).toEqual(['darkest.jpg', 'dark.jpg']);
    expect(filesOf(profile, /overexposed/)).toEqual(['glaring.jpg']);
    expect(filesOf(profile, /blurred/)?.[0]).toBe('blurred.jpg');
    expect(filesOf(profile, /blurred/)).not.toContain('sharp.jpg');
  });

  test('name the images of a class that is too rare, and of labels that training refuses', async () => {
    const profile = await profileOf({
      'a.jpg': await photo(1),
      'a.txt': '0 0.5 0.5 0.1 0.1\n',
      'b.jpg': await photo(2),
      'b.txt': '0 0.5 0.5 0.1 0.1\n7 0.5 0.5 0.1 0.1\n',
    });
    expect(filesOf(profile, /more objects of the class car/)).toEqual(['a.jpg', 'b.jpg']);
    expect(filesOf(profile, /Label objects of the class bus/)).toEqual([]);
    expect(filesOf(profile, /Correct the labels of 1 image$/)).toEqual(['b.jpg']);
    expect(recommend(profile, SETTINGS).map(({ kind }) => kind)).toEqual([
      'repair',
      'repair',
      'consider',
      'consider',
      'consider',
    ]);
  });
});

/** A photograph, blurred by a Gaussian where `sigma` is not 0, each value times `gain` plus `offset`. */
function altered(jpeg: Buffer, sigma: number, gain: number, offset: number): Promise<Buffer> {
  const image = sharp(jpeg).linear(gain, offset);
  return (sigma > 0 ? image.blur(sigma) : image).jpeg().toBuffer();
}
