// Whatever both formats hold comes back as it was.
import { localPlace } from '../../src/dataset';
import fc from 'fast-check';
import type { FormatName, LabelledObject } from '../../src/formats';
import { VISDRONE_CLASSES } from '../../src/formats/visdrone';
import { temporaryFolder } from '../dataset/folders';
import { converted, drawImages, readAll, written, type Labelled, type LabelledValues } from './sets';

/** What a format holds besides boxes of classes. */
type Trait = 'fractions' | 'beyond' | 'crowd' | 'ignored' | 'region' | 'area' | 'score' | 'visibility';

const HOLDS: Readonly<Record<FormatName, readonly Trait[]>> = {
  yolo: ['fractions'],
  coco: ['fractions', 'beyond', 'crowd', 'ignored', 'area', 'score'],
  visdrone: ['beyond', 'ignored', 'region', 'visibility'],
  'ground-truth': ['fractions', 'beyond', 'score'],
};
const FORMATS = ['yolo', 'coco', 'visdrone', 'ground-truth'] as const;

const SIZES = [
  { width: 640, height: 360 },
  { width: 97, height: 401 },
];
const PATHS = ['a.jpg', 'train/B 2.JPG', '空撮/Flügel é.jpeg', `${'x'.repeat(200)}.png`, 'flight.1/images/0001.Jpeg'];

function objectIn({ width, height }: { width: number; height: number }, traits: ReadonlySet<Trait>) {
  // Eighths of a pixel, which binary numbers hold.
  const step = traits.has('fractions') ? 8 : 1;
  const whole = (min: number, max: number) => fc.integer({ min, max }).map((value) => value / step);
  const beyond = traits.has('beyond') ? 30 : 0;
  const box = fc
    .tuple(
      whole(-beyond * step, (width - 2) * step),
      whole(-beyond * step, (height - 2) * step),
      whole(1, 40 * step),
      whole(1, 40 * step),
    )
    .map(([left, top, w, h]): LabelledObject['box'] =>
      traits.has('beyond')
        ? [left, top, left + w, top + h]
        : [left, top, Math.min(left + w, width), Math.min(top + h, height)],
    );
  const only = <T>(trait: Trait, values: readonly T[]): fc.Arbitrary<T | undefined> =>
    fc.constantFrom(undefined, ...(traits.has(trait) ? values : []));
  return fc
    .record({
      box,
      label: fc.nat({ max: VISDRONE_CLASSES.length - 1 }),
      region: only('region', ['ignored-region', 'others'] as const),
      crowd: only('crowd', ['crowd'] as const),
      ignored: only('ignored', ['ignored'] as const),
      // No box's own: those are 64ths.
      area: only('area', [0.3, 12.1]),
      score: only('score', [0.25, 1]),
      truncation: only('visibility', [1]),
      occlusion: only('visibility', [1, 2]),
    })
    .map(({ label, region, crowd, ignored, ...rest }) => {
      const all = { ...rest, label: region ?? label, role: ignored ?? crowd };
      return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as typeof all;
    });
}

function setOf(traits: ReadonlySet<Trait>): fc.Arbitrary<LabelledValues> {
  const image = (path: string): fc.Arbitrary<Labelled> =>
    fc
      .constantFrom(...SIZES)
      .chain((size) =>
        fc
          .uniqueArray(objectIn(size, traits), { maxLength: 6, selector: ({ box }) => box.join(' ') })
          .map((objects) => ({ path, ...size, objects: objects })),
      );
  return fc
    .subarray(PATHS, { minLength: 1 })
    .chain((paths) => fc.tuple(...paths.map(image)))
    .map((images) => ({ classes: VISDRONE_CLASSES, images }));
}

/** Boxes to a thousandth of a pixel, which YOLO's eight decimals hold. */
function rounded({ classes, images }: LabelledValues) {
  const near = (value: number) => Math.round(value * 1000) / 1000 + 0;
  return {
    classes,
    images: images
      .map((image) => ({
        ...image,
        objects: image.objects.map((object) => ({ ...object, box: object.box.map(near) })),
      }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

const pairs = FORMATS.flatMap((from) => FORMATS.map((to) => [from, to] as const));

test.each(pairs)('%s to %s and back is the identity', async (from, to) => {
  const traits = new Set(HOLDS[from].filter((trait) => HOLDS[to].includes(trait)));
  await fc.assert(
    fc.asyncProperty(setOf(traits), async (set) => {
      const images = temporaryFolder();
      await drawImages(images, set.images);
      const source = await written(from, set, images);
      const there = await converted(from, to, source, {
        images: from === 'yolo' || from === 'visdrone' ? null : images,
      });
      const back = await converted(to, from, there.target, { images });

      expect([there.summary.losses, back.summary.losses]).toEqual([[], []]);
      expect(rounded(await readAll(from, back.target, { images: localPlace(images) }))).toEqual(rounded(set));
    }),
    { numRuns: 8 },
  );
});
