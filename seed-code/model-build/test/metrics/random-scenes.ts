// Random truths and detections with what decides between implementations: ties, crowds, areas at the bounds, many detections.
import type { CocoBox, CocoDetection, CocoTruth } from './coco';

export interface SceneOptions {
  readonly seed: number;
  readonly images: number;
  readonly classes: number;
  readonly truths: number;
  readonly detections: number;
  readonly crowdShare?: number;
  /** Scores with few decimals tie. @default 3 */
  readonly decimals?: number;
}

/** Numbers in [0, 1): mulberry32. */
export function randomStream(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Sides whose areas lie on COCO's bounds, and between them. */
const SIDES = [6, 16, 24, 32, 50, 96, 140];

export function randomScenes(options: SceneOptions): { gt: CocoTruth; dt: CocoDetection[] } {
  const { seed, images, classes, truths, detections, crowdShare = 0.05, decimals = 3 } = options;
  const random = randomStream(seed);
  const integer = (most: number) => Math.floor(random() * (most + 1));
  const pick = <T>(values: readonly T[]): T => values[integer(values.length - 1)];
  const annotations: CocoTruth['annotations'][number][] = [];
  const dt: CocoDetection[] = [];
  for (let image = 1; image <= images; image += 1) {
    const here: { box: CocoBox; category: number }[] = [];
    for (let count = integer(truths); count > 0; count -= 1) {
      const side = pick(SIDES);
      const box: CocoBox = [integer(300), integer(300), side, random() < 0.5 ? side : pick(SIDES)];
      const category = 1 + integer(classes - 1);
      here.push({ box, category });
      const [, , width, height] = box;
      const area = random() < 0.7 ? width * height : width * height * 0.6;
      const iscrowd = random() < crowdShare ? 1 : 0;
      annotations.push({
        id: annotations.length + 1,
        image_id: image,
        category_id: category,
        bbox: box,
        area,
        iscrowd,
      });
    }
    for (let count = integer(detections); count > 0; count -= 1) {
      const near = here.length > 0 && random() < 0.7 ? pick(here) : null;
      // Shifts by whole pixels make equal overlaps, and overlaps at the thresholds.
      const [x, y, width, height] = near?.box ?? [integer(300), integer(300), pick(SIDES), pick(SIDES)];
      const shift = () => (random() < 0.5 ? integer(6) - 3 : (random() - 0.5) * 8);
      const bbox: CocoBox = [x + shift(), y + shift(), Math.max(width + shift(), 1), Math.max(height + shift(), 1)];
      const category = near && random() < 0.9 ? near.category : 1 + integer(classes - 1);
      dt.push({ image_id: image, category_id: category, bbox, score: Number(random().toFixed(decimals)) });
    }
  }
  const categories = Array.from({ length: classes }, (_, index) => ({ id: index + 1, name: `class ${index}` }));
  const gtImages = Array.from({ length: images }, (_, index) => ({ id: index + 1, width: 460, height: 460 }));
  return { gt: { images: gtImages, categories, annotations }, dt };
}
