// The profile of a folder: what its images and labels have in common, and what stands out.
import { nearDuplicates } from '../dataset';
import { distribution, tally, type Distribution } from './distribution';
import type { ImageProfile } from './image-profile';
import { findOutliers, type Outlier } from './outliers';

/** What a folder holds besides images that can be read. */
export interface FolderFacts {
  /** Images in the folder; not all are profiled when a sample was asked for. */
  readonly images: number;
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
  /** Images of formats that are not read. */
  readonly unsupported: readonly string[];
  readonly labelsWithoutImage: readonly string[];
  readonly classes: readonly string[];
}

type Spread = Distribution | null;
type Tally = ReturnType<typeof tally>;

export interface ClassProfile {
  readonly name: string;
  readonly objects: number;
  readonly images: number;
}

export interface Profile {
  readonly folder: FolderFacts;
  readonly profiled: number;
  readonly bytes: number;
  readonly frames: {
    readonly sizes: Tally;
    readonly aspects: Tally;
    readonly formats: Tally;
    readonly colourModes: Tally;
    /** Of files. */
    readonly megabytes: Spread;
  };
  readonly pixels: Readonly<Record<'brightness' | 'contrast' | 'sharpness' | 'colourfulness' | 'entropy', Spread>>;
  readonly capture: {
    /** Metres above ground. */
    readonly height: Spread;
    /** Centimetres a pixel. */
    readonly groundSampleDistance: Spread;
    /** Square metres that a frame covers. */
    readonly footprint: Spread;
  };
  readonly objects: {
    readonly total: number;
    readonly perImage: Spread;
    /** Objects a million pixels. */
    readonly density: Spread;
    /** Square root of the box's area, in pixels. */
    readonly side: Spread;
    /** By side: below 16, 32 and 96 pixels, and above (COCO's bounds, with tiny below them). */
    readonly bySize: Readonly<Record<'tiny' | 'small' | 'medium' | 'large', number>>;
    readonly atBorder: number;
    readonly classes: readonly ClassProfile[];
  };
  /** Images without a label file, and with one that names no object. */
  readonly background: { readonly withoutLabelFile: readonly string[]; readonly withoutObject: readonly string[] };
  readonly labelFaults: readonly { readonly path: string; readonly rows: number }[];
  readonly duplicates: {
    /** The same bytes. */
    readonly exact: readonly (readonly string[])[];
    /** Nearly the same view, exact ones among them. */
    readonly near: readonly (readonly string[])[];
  };
  readonly outliers: readonly Outlier[];
  /** Sorted by path. */
  readonly images: readonly ImageProfile[];
}

/** @param unsorted in any order: the profile is the same */
export function summarise(folder: FolderFacts, unsorted: readonly ImageProfile[]): Profile {
  const images = unsorted.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const measure = (of: (image: ImageProfile) => number | null): Spread =>
    distribution(images.flatMap((image) => of(image) ?? []));
  const paths = (wanted: (image: ImageProfile) => boolean): string[] => images.filter(wanted).map(({ path }) => path);
  return {
    folder,
    profiled: images.length,
    bytes: images.reduce((sum, { bytes }) => sum + bytes, 0),
    frames: {
      sizes: tally(images.map(({ width, height }) => `${width} × ${height}`)),
      aspects: tally(images.map(({ width, height }) => (width / height).toFixed(2))),
      formats: tally(images.map(({ format }) => format)),
      colourModes: tally(images.map(({ colourMode }) => colourMode)),
      megabytes: measure(({ bytes }) => bytes / 1e6),
    },
    pixels: {
      brightness: measure(({ features }) => features.brightness),
      contrast: measure(({ features }) => features.contrast),
      sharpness: measure(({ features }) => features.sharpness),
      colourfulness: measure(({ features }) => features.colourfulness),
      entropy: measure(({ features }) => features.entropy),
    },
    capture: {
      height: measure(({ capture }) => capture.height),
      groundSampleDistance: measure(({ capture: { groundSampleDistance: metres } }) => metres && metres * 100),
      footprint: measure(({ capture: { footprint } }) => footprint && footprint[0] * footprint[1]),
    },
    objects: summariseObjects(images, folder.classes),
    background: {
      withoutLabelFile: paths(({ labelled }) => !labelled),
      withoutObject: paths(({ labelled, objects }) => labelled && objects.sides.length === 0),
    },
    labelFaults: images.flatMap(({ path, labelFaults: rows }) => (rows > 0 ? [{ path, rows }] : [])),
    duplicates: {
      exact: groupsOf(images),
      near: nearDuplicates(images.map(({ hash }) => hash)).map((group) => group.map((index) => images[index].path)),
    },
    outliers: findOutliers(images),
    images,
  };
}

function summariseObjects(images: readonly ImageProfile[], names: readonly string[]): Profile['objects'] {
  const sides: number[] = [];
  const classes = names.map((name) => ({ name, objects: 0, images: 0 }));
  const bySize = { tiny: 0, small: 0, medium: 0, large: 0 };
  let atBorder = 0;
  for (const { objects } of images) {
    for (const side of objects.sides) {
      sides.push(side);
      bySize[sizeOf(side)] += 1;
    }
    for (const classIndex of objects.classes) classes[classIndex].objects += 1;
    for (const classIndex of new Set(objects.classes)) classes[classIndex].images += 1;
    atBorder += objects.atBorder;
  }
  const labelled = images.filter((image) => image.labelled);
  return {
    total: sides.length,
    perImage: distribution(labelled.map(({ objects }) => objects.sides.length)),
    density: distribution(
      labelled.map(({ objects, width, height }) => (objects.sides.length * 1e6) / (width * height)),
    ),
    side: distribution(sides),
    bySize,
    atBorder,
    classes,
  };
}

function sizeOf(side: number): keyof Profile['objects']['bySize'] {
  if (side < 16) return 'tiny';
  if (side < 32) return 'small';
  return side < 96 ? 'medium' : 'large';
}

/** Paths of the images that share their bytes. */
function groupsOf(images: readonly ImageProfile[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const { path, sha256 } of images) {
    const group = groups.get(sha256);
    if (group) group.push(path);
    else groups.set(sha256, [path]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}
