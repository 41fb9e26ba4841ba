// Draws a random crop of a tile, augmented for views from above: any of the eight orientations, contrast, colour, brightness.
import type { Box } from '../../vision';
import type { LabelledFrame } from './labelled-frame';
import type { Random } from './random';

/** An object as a crop shows it. */
export interface CroppedObject {
  /** Clipped to the crop, in its pixels. */
  readonly box: Box;
  readonly classIndex: number;
  /** Share of the object's area inside the crop. */
  readonly visible: number;
}

/** Which pixels of a tile a crop takes, and how it turns and tints them. */
export interface CropPlan {
  readonly tile: LabelledFrame;
  readonly left: number;
  readonly top: number;
  /** The orientation: mirrored in x, in y, then x and y exchanged. */
  readonly mirrorX: boolean;
  readonly mirrorY: boolean;
  readonly transpose: boolean;
  /** Value of a byte in each channel. */
  readonly tone: readonly [Float32Array, Float32Array, Float32Array];
}

/** Share of crops that are drawn around an object. */
const OBJECT_SHARE = 0.7;
/** Ranges of the augmentation: of contrast, of each channel beside it, and of brightness. */
const CONTRAST = 0.2;
const CHANNEL = 0.07;
const BRIGHTNESS = 0.1;

/** @param tiles at least one, all square and no smaller than `size` */
export function planCrop(tiles: readonly LabelledFrame[], size: number, random: Random): CropPlan {
  const withObjects = tiles.filter(({ objects }) => objects.length > 0);
  const centred = withObjects.length > 0 && random.uniform() < OBJECT_SHARE;
  const tile = centred ? withObjects[random.below(withObjects.length)] : tiles[random.below(tiles.length)];
  const room = tile.frame.width - size;
  let left = random.below(room + 1);
  let top = random.below(room + 1);
  if (centred) {
    const [x0, y0, x1, y1] = tile.objects[random.below(tile.objects.length)].box;
    const start = (centre: number): number => Math.min(Math.max(Math.round(centre - random.uniform() * size), 0), room);
    left = start((x0 + x1) / 2);
    top = start((y0 + y1) / 2);
  }
  const contrast = random.between(1 - CONTRAST, 1 + CONTRAST);
  const brightness = random.between(-BRIGHTNESS, BRIGHTNESS);
  const tone = (): Float32Array => {
    const gain = contrast * random.between(1 - CHANNEL, 1 + CHANNEL);
    return Float32Array.from({ length: 256 }, (_, byte) => {
      const value = (byte / 255 - 0.5) * gain + 0.5 + brightness;
      return Math.min(Math.max(value, 0), 1);
    });
  };
  return {
    tile,
    left,
    top,
    mirrorX: random.uniform() < 0.5,
    mirrorY: random.uniform() < 0.5,
    transpose: random.uniform() < 0.5,
    tone: [tone(), tone(), tone()],
  };
}

/** Writes a crop's pixels as three planes of `size` × `size` into `images`, from `offset` on. */
export function writeCrop(plan: CropPlan, size: number, images: Float32Array, offset: number): void {
  const { data, width } = plan.tile.frame;
  const row = 3 * width;
  const last = size - 1;
  const stepX = plan.mirrorX ? -3 : 3;
  const stepY = plan.mirrorY ? -row : row;
  const [stepU, stepV] = plan.transpose ? [stepY, stepX] : [stepX, stepY];
  const origin = (plan.top + (plan.mirrorY ? last : 0)) * row + (plan.left + (plan.mirrorX ? last : 0)) * 3;
  const plane = size * size;
  const [red, green, blue] = plan.tone;
  for (let v = 0, out = offset; v < size; v += 1) {
    for (let u = 0, at = origin + v * stepV; u < size; u += 1, at += stepU, out += 1) {
      images[out] = red[data[at]];
      images[out + plane] = green[data[at + 1]];
      images[out + 2 * plane] = blue[data[at + 2]];
    }
  }
}

/** The objects of which a crop shows something. */
export function croppedObjects(plan: CropPlan, size: number): CroppedObject[] {
  return plan.tile.objects.flatMap(({ box: [x0, y0, x1, y1], classIndex }) => {
    const [a, c] = span(x0 - plan.left, x1 - plan.left, size, plan.mirrorX);
    const [b, d] = span(y0 - plan.top, y1 - plan.top, size, plan.mirrorY);
    if (a >= c || b >= d) return [];
    const visible = ((c - a) * (d - b)) / ((x1 - x0) * (y1 - y0));
    return [{ box: plan.transpose ? [b, a, d, c] : [a, b, c, d], classIndex, visible }];
  });
}

/** An interval clipped to [0, size], mirrored in it if asked for. */
function span(from: number, to: number, size: number, mirror: boolean): [number, number] {
  const low = Math.max(from, 0);
  const high = Math.min(to, size);
  return mirror ? [size - high, size - low] : [low, high];
}
