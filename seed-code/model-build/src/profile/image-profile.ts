// Everything that a profile keeps of one image: a row of numbers, never its pixels.
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { parseYoloLabels, perceptualHash, sha256, toTruths, type FolderImage } from '../dataset';
import { decodeImage, type Box } from '../vision';
import { captureOf, type Capture } from './capture';
import { features, type ImageFeatures } from './image-features';

/** An object as a profile counts it. */
export interface ProfiledObject {
  readonly classIndex: number;
  /** Square root of the box's area, in pixels. */
  readonly side: number;
  /** Whether the box touches the frame's edge. */
  readonly atBorder: boolean;
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
  readonly objects: readonly ProfiledObject[];
}

/** Pixels from the frame's edge at which a box counts as cut by it. */
const BORDER = 1;

/**
 * Reads an image and its labels, each once.
 * @param classes how many there are; Infinity where nothing tells
 * @throws ImageError when the image cannot be read whole
 */
export async function profileImage({ path, file, labelFile }: FolderImage, classes: number): Promise<ImageProfile> {
  const bytes = await readFile(file);
  const frame = await decodeImage(bytes, path);
  const { format, space, depth, hasAlpha } = await sharp(bytes).metadata();
  const labels = parseYoloLabels(labelFile === null ? null : await readFile(labelFile, 'utf8'), classes);
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
    labelled: labelFile !== null,
    labelFaults: labels.faults.length,
    objects: toTruths(labels.rows, frame).map(({ classIndex, box }) => ({
      classIndex,
      side: Math.sqrt((box[2] - box[0]) * (box[3] - box[1])),
      atBorder: touchesEdge(box, width, height),
    })),
  };
}

function touchesEdge([left, top, right, bottom]: Box, width: number, height: number): boolean {
  return left < BORDER || top < BORDER || right > width - BORDER || bottom > height - BORDER;
}
