// Everything that a profile keeps of one image: a row of numbers, never its pixels.
import sharp from 'sharp';
import {
  labelText,
  parseYoloLabels,
  perceptualHash,
  sha256,
  toTruths,
  type DataFolder,
  type FolderImage,
} from '../dataset';
import { decodeImage, type Box, type Frame, type Truth } from '../vision';
import { captureOf, type Capture } from './capture';
import { features, type ImageFeatures } from './image-features';

/** An image's objects as a profile counts them; a million of them must fit into memory. */
export interface ProfiledObjects {
  /** Class of each. */
  readonly classes: Uint16Array;
  /** Square root of each box's area, in pixels. */
  readonly sides: Float64Array;
  /** How many touch the frame's edge. */
  readonly atBorder: number;
}

export interface ImageProfile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Perceptual hash. */
  readonly hash: string;
  readonly format: string;
  /** Colour space, with depth and alpha where they are not the usual. */
  readonly colourMode: string;
  /** Pixels, as the frame is seen. */
  readonly width: number;
  readonly height: number;
  readonly features: ImageFeatures;
  readonly capture: Capture;
  readonly labelled: boolean;
  /** Rows of labels that training refuses. */
  readonly labelFaults: number;
  readonly objects: ProfiledObjects;
}

/** Pixels from the frame's edge at which a box counts as cut by it. */
const BORDER = 1;

/**
 * Reads an image and its labels, each once.
 * @param classes how many there are; Infinity where nothing tells
 * @throws ImageError when the image cannot be read whole
 */
export async function profileImage(folder: DataFolder, image: FolderImage, classes: number): Promise<ImageProfile> {
  const { path } = image;
  const bytes = await folder.place.read(path);
  const frame = await decodeImage(bytes, path);
  const { format, space, depth, hasAlpha } = await sharp(bytes).metadata();
  const labels = parseYoloLabels(await labelText(folder, image), classes);
  const { width, height } = frame;
  return {
    path,
    bytes: bytes.length,
    sha256: sha256(bytes),
    hash: await perceptualHash(frame),
    format,
    colourMode: [space, ...(depth === 'uchar' ? [] : [depth]), ...(hasAlpha ? ['alpha'] : [])].join(' '),
    width,
    height,
    features: features(frame),
    capture: await captureOf(bytes, frame),
    labelled: image.labels !== null,
    labelFaults: labels.faults.length,
    objects: objectsOf(toTruths(labels.rows, frame), frame),
  };
}

function objectsOf(truths: readonly Truth[], size: Pick<Frame, 'width' | 'height'>): ProfiledObjects {
  return {
    classes: Uint16Array.from(truths, ({ classIndex }) => classIndex),
    sides: Float64Array.from(truths, ({ box: [left, top, right, bottom] }) =>
      Math.sqrt((right - left) * (bottom - top)),
    ),
    atBorder: truths.filter(({ box }) => touchesEdge(box, size)).length,
  };
}

function touchesEdge([left, top, right, bottom]: Box, { width, height }: Pick<Frame, 'width' | 'height'>): boolean {
  return left < BORDER || top < BORDER || right > width - BORDER || bottom > height - BORDER;
}
