// Truths and detections in COCO's files, as many an image as COCO's validation images have.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream, type Random } from '../sample';

const CLASSES = 80;
/** On average; of 5,000 images 36,000 and 335,000 in all. */
const TRUTHS_PER_IMAGE = 7.2;
const DETECTIONS_PER_IMAGE = 67;
const FRAME = { width: 1280, height: 960 } as const;

/** Gives `measure` both files, of this many images. */
export async function withScenes<T>(
  images: number,
  measure: (truth: string, detections: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-scenes-'));
  try {
    const [truth, detections] = [join(folder, 'truth.json'), join(folder, 'detections.json')];
    await writeScenes(images, truth, detections);
    return await measure(truth, detections);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** By itself, so that nothing of the scenes is left in memory when it returns. */
async function writeScenes(images: number, truth: string, detections: string): Promise<void> {
  const scenes = makeScenes(images, randomStream(1, 0));
  await writeFile(truth, JSON.stringify(scenes.truth));
  await writeFile(detections, JSON.stringify(scenes.detections));
}

type Annotation = Readonly<Record<'id' | 'image_id' | 'category_id' | 'area' | 'iscrowd', number>> & {
  readonly bbox: readonly number[];
};
type Result = Readonly<Record<'image_id' | 'category_id' | 'score', number>> & { readonly bbox: readonly number[] };

/** Objects of a few classes an image; detections near them with growing error, and others anywhere with low scores. */
function makeScenes(count: number, random: Random) {
  const images = Array.from({ length: count }, (_, index) => ({ id: index + 1, ...FRAME }));
  const categories = Array.from({ length: CLASSES }, (_, index) => ({ id: index + 1, name: `class ${index + 1}` }));
  const annotations: Annotation[] = [];
  const detections: Result[] = [];
  for (const { id } of images) {
    const classes = Array.from({ length: 3 }, () => random.int(1, CLASSES));
    const here = Array.from({ length: random.int(0, 2 * TRUTHS_PER_IMAGE) }, () => ({
      category: random.pick(classes),
      bbox: anyBox(random),
    }));
    for (const { category, bbox } of here) {
      const [, , width, height] = bbox;
      const area = width * height;
      annotations.push({ id: annotations.length + 1, image_id: id, category_id: category, bbox, area, iscrowd: 0 });
    }
    for (let index = 0; index < DETECTIONS_PER_IMAGE; index += 1) {
      const near = here.length > 0 && random.chance(0.45) ? random.pick(here) : null;
      const error = random.pick([0.03, 0.1, 0.3]);
      const bbox = near
        ? near.bbox.map((value, side) => value + error * random.between(-1, 1) * near.bbox[2 + (side % 2)])
        : anyBox(random);
      detections.push({
        image_id: id,
        category_id: near?.category ?? random.int(1, CLASSES),
        bbox: bbox.map((value) => round(value, 2)),
        score: round(near ? random.between(0, 1 - error) : random.between(0, 0.3), 5),
      });
    }
  }
  return { truth: { images, categories, annotations }, detections };
}

function anyBox(random: Random): number[] {
  const side = Math.exp(random.between(Math.log(8), Math.log(300)));
  const [width, height] = [side, side * random.between(0.6, 1.6)];
  const corner = [random.between(0, FRAME.width - width), random.between(0, Math.max(FRAME.height - height, 1))];
  return [...corner, width, height].map((value) => round(value, 2));
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
