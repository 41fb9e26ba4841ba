// What to do about a folder before training on it: each with its reason, and the files that it is about.
import type { FlightRule } from '../config';
import { SplitError, tellFlights } from '../dataset';
import type { ImageProfile } from './image-profile';
import type { Profile } from './profile';
import { adviseSizes, LEAST_SIDE } from './tile-size';

export interface Recommendation {
  /** `repair`: training would suffer. `consider`: a person should decide. */
  readonly kind: 'repair' | 'consider';
  readonly title: string;
  readonly reason: string;
  /** Paths, all of them, the clearest case first. */
  readonly files: readonly string[];
}

/** What the project has decided, where there is a project. */
export interface ProjectSettings {
  /** Side of the model's input, in pixels. */
  readonly imageSize: number;
  readonly flight: FlightRule;
}

/**
 * Sharpness below which a frame is blurred. Of 141 sharp aerial frames 95 % have more than .067, blurred by a Gaussian of
 * sigma 2 pixels 95 % have less than .007; this is the geometric mean.
 */
export const BLURRED = 0.022;
/** CleanVision's bounds: the brightest percent is still dark, the darkest twentieth is already bright. */
const DARK = 0.32 * 255;
const BRIGHT = 0.95 * 255;
/** Share of the frame that may be burnt out or black before objects vanish in it. */
const CLIPPED = 0.2;
/** Fewer objects than this, or this share of the commonest class's, are too few to learn from. */
const RARE = { objects: 100, share: 0.02 } as const;
/** COCO counts no more detections an image. */
const COCO_DETECTIONS = 100;
/** Ratio of ground sample distances from which one object has two sizes that a detector must learn apart. */
const MIXED_SCALES = 3;
/** Ultralytics' advice on background images: up to a tenth ("Tips for Best YOLO Training Results"); half is beyond doubt. */
const BACKGROUND = 0.5;

/** In the order in which a person should see to them: repairs first. */
export function recommend(profile: Profile, settings: ProjectSettings): Recommendation[] {
  const found = [
    ...repairs(profile),
    ...quality(profile.images),
    ...leakage(profile, settings.flight),
    ...sizes(profile, settings.imageSize),
    ...balance(profile),
  ];
  return [...found.filter(({ kind }) => kind === 'repair'), ...found.filter(({ kind }) => kind === 'consider')];
}

function repairs({ folder, labelFaults, duplicates, images }: Profile): Recommendation[] {
  const found: Recommendation[] = [];
  if (folder.unreadable.length > 0) {
    found.push({
      kind: 'repair',
      title: `Repair or remove ${count(folder.unreadable.length, 'file')} that cannot be read`,
      reason: folder.unreadable[0].reason,
      files: folder.unreadable.map(({ path }) => path),
    });
  }
  if (labelFaults.length > 0) {
    found.push({
      kind: 'repair',
      title: `Correct the labels of ${count(labelFaults.length, 'image')}`,
      reason:
        'Ultralytics drops an image whole when one row of its labels is wrong: a class that is not named, or values that are not shares of the frame.',
      files: labelFaults.toSorted((a, b) => b.rows - a.rows).map(({ path }) => path),
    });
  }
  if (folder.unsupported.length > 0) {
    found.push({
      kind: 'repair',
      title: `Convert ${count(folder.unsupported.length, 'image')} to JPEG, PNG, TIFF or WebP`,
      reason: 'Other formats are passed over.',
      files: folder.unsupported,
    });
  }
  if (folder.labelsWithoutImage.length > 0) {
    found.push({
      kind: 'consider',
      title: `Find the images of ${count(folder.labelsWithoutImage.length, 'label file')}`,
      reason: 'A label file belongs to the image of its name; these have none.',
      files: folder.labelsWithoutImage,
    });
  }
  if (duplicates.exact.length > 0) {
    found.push({
      kind: 'consider',
      title: `Keep one of each of ${count(duplicates.exact.length, 'image')} that are there several times`,
      reason: `${duplicates.exact.flat().length} of ${images.length} files have the bytes of another; a data version takes the first by name, with its labels.`,
      files: duplicates.exact.flat(),
    });
  }
  return found;
}

function quality(images: readonly ImageProfile[]): Recommendation[] {
  const faults: readonly [
    title: (what: string) => string,
    reason: string,
    severity: (image: ImageProfile) => number,
  ][] = [
    [
      (what) => `Look at ${what} that may be blurred`,
      `Their sharpness (variance of the Laplacian over that of grey, at full resolution) is below ${BLURRED}; most sharp aerial frames have .067 or more.`,
      ({ features }) => BLURRED / Math.max(features.sharpness, Number.MIN_VALUE),
    ],
    [
      (what) => `Look at ${what} that are dark`,
      `99 % of their pixels have a grey below ${Math.round(DARK)} of 255: expose longer, or leave them out unless the model must work at dusk.`,
      ({ features: { greyPercentiles } }) => DARK / Math.max(greyPercentiles[4], Number.MIN_VALUE),
    ],
    [
      (what) => `Look at ${what} that are overexposed`,
      `95 % of their pixels have a grey above ${Math.round(BRIGHT)} of 255, or more than ${CLIPPED * 100} % are burnt out: what is there cannot be seen.`,
      ({ features: { greyPercentiles, clippedHigh } }) => Math.max(greyPercentiles[1] / BRIGHT, clippedHigh / CLIPPED),
    ],
  ];
  return faults.flatMap(([title, reason, severity]) => {
    const affected = images
      .map((image) => ({ path: image.path, severity: severity(image) }))
      .filter((image) => image.severity > 1)
      .sort((a, b) => b.severity - a.severity);
    const files = affected.map(({ path }) => path);
    return files.length === 0
      ? []
      : [{ kind: 'consider' as const, title: title(count(files.length, 'frame')), reason, files }];
  });
}

function leakage({ images, duplicates }: Profile, rule: FlightRule): Recommendation[] {
  let flights: string[];
  try {
    flights = tellFlights(
      images.map(({ path, capture }) => ({ path, capturedAt: capture.capturedAt })),
      rule,
    );
  } catch (error) {
    if (!(error instanceof SplitError)) throw error;
    return [{ kind: 'repair', title: 'Tell the flights apart', reason: error.message, files: [] }];
  }
  const found: Recommendation[] = [];
  const flightOf = new Map(images.map(({ path }, index) => [path, flights[index]]));
  const across = duplicates.near.filter((group) => new Set(group.map((path) => flightOf.get(path))).size > 1);
  if (across.length > 0) {
    found.push({
      kind: 'consider',
      title: `Keep ${count(across.length, 'group')} of frames that look alike on one side of the split`,
      reason:
        'Flights share nearly the same views: a model that trained on one would be tested on what it has seen. The split step keeps them together; a split by hand must too.',
      files: across.flat(),
    });
  }
  if (new Set(flights).size === 1 && images.length > 1) {
    found.push({
      kind: 'consider',
      title: 'Add a second flight, or split by blocks of time',
      reason: `By the rule "${rule.by}" all images are of the flight "${flights[0]}": no flight can be held out, and neighbouring frames of one flight show the same objects.`,
      files: [],
    });
  }
  return found;
}

function sizes({ objects: { side, perImage }, images, capture }: Profile, imageSize: number): Recommendation[] {
  const found: Recommendation[] = [];
  if (side) {
    const longSides = images.map(({ width, height }) => Math.max(width, height)).sort((a, b) => a - b);
    const longSide = longSides[Math.floor(longSides.length / 2)];
    const advice = adviseSizes(side.p10, longSide, imageSize);
    const small = `A tenth of the objects have a side below ${round(side.p10)} pixels in frames of ${longSide}; at image size ${imageSize} whole frames leave ${round(advice.sideInWholeFrame)}`;
    if (advice.tile === null) {
      found.push({
        kind: 'consider',
        title: `Train on whole frames at image size ${imageSize}`,
        reason: `${small}, where detectors want ${LEAST_SIDE}: tiles are not needed.`,
        files: [],
      });
    } else {
      const whole = advice.imageSize === null ? '' : `; whole frames would need image size ${advice.imageSize}`;
      found.push({
        kind: 'consider',
        title: `Cut tiles of at most ${advice.tile} pixels`,
        reason: `${small} where detectors want ${LEAST_SIDE}. Tiles of ${advice.tile} at that image size leave ${round((side.p10 * imageSize) / advice.tile)}${whole}.`,
        files: [],
      });
    }
  }
  if (perImage && perImage.max > COCO_DETECTIONS) {
    const crowded = images.filter(({ objects }) => objects.sides.length > COCO_DETECTIONS);
    found.push({
      kind: 'consider',
      title: 'Count up to 500 detections an image',
      reason: `COCO's usual metrics count ${COCO_DETECTIONS} detections an image; ${crowded.length} of ${images.length} images have more objects.`,
      files: crowded.toSorted((a, b) => b.objects.sides.length - a.objects.sides.length).map(({ path }) => path),
    });
  }
  const distance = capture.groundSampleDistance;
  if (distance && distance.p90 / distance.p10 > MIXED_SCALES) {
    found.push({
      kind: 'consider',
      title: 'Report results by height',
      reason: `A pixel covers from ${round(distance.p10)} to ${round(distance.p90)} cm of ground (tenth to ninetieth percentile): one object has very different sizes.`,
      files: [],
    });
  }
  return found;
}

function balance({ objects, images, background }: Profile): Recommendation[] {
  if (objects.total === 0) {
    return [
      {
        kind: 'repair',
        title: 'Label the images',
        reason: 'No label file of this folder names an object: there is nothing to learn from.',
        files: [],
      },
    ];
  }
  const most = Math.max(...objects.classes.map((one) => one.objects));
  const rare = objects.classes.flatMap((one, classIndex): Recommendation[] => {
    if (one.objects >= Math.max(RARE.objects, most * RARE.share)) return [];
    const share = `${Number(((one.objects / objects.total) * 100).toPrecision(2))} %`;
    return [
      {
        kind: one.objects === 0 ? 'repair' : 'consider',
        title:
          one.objects === 0
            ? `Label objects of the class ${one.name}, or drop it`
            : `Collect more objects of the class ${one.name}`,
        reason: `${count(one.objects, 'object')} in ${count(one.images, 'image')} (${share} of all): too few to learn from, and to measure by.`,
        files: images.filter((image) => image.objects.classes.includes(classIndex)).map(({ path }) => path),
      },
    ];
  });
  const empty = background.withoutLabelFile.length + background.withoutObject.length;
  if (empty / images.length <= BACKGROUND) return rare;
  return [
    ...rare,
    {
      kind: 'consider',
      title: 'Label more images, or leave background out',
      reason: `${empty} of ${images.length} images have no object (${background.withoutLabelFile.length} have no label file): Ultralytics advises up to a tenth of background.`,
      files: [...background.withoutLabelFile, ...background.withoutObject],
    },
  ];
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function round(value: number): number {
  return Number(value.toPrecision(2));
}
