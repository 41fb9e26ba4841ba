// Measures how much memory the commands take that work through many images.
import { link, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { randomStream } from '../sample';
import { withScenes } from './coco-scenes';
import type { Measured, Measurement } from './measurement';
import { peakMemory } from './peak-memory';

const MANY = 20_000;
const LIMIT_MB = { evaluation: 250, many: 700 } as const;
/** Side of the pictures that a frame is cut into, in pixels: what many images cost does not depend on it. */
const SIDE = 320;
const IMAGES_PER_FLIGHT = 500;
const BOXES_PER_IMAGE = 20;

function memory(what: string, limitMb: number, run: Measurement['run']): Measurement {
  return { name: `memory of \`model-build ${what}`, limit: `${limitMb} MB`, must: { atMost: 1 }, run };
}

async function within(limitMb: number, args: readonly string[]): Promise<Measured> {
  const megabytes = await peakMemory(args);
  return { ratio: megabytes / limitMb, detail: `${megabytes.toFixed(0)} MB` };
}

function evaluation(images: number, limitMb: number): Measurement {
  return memory(`evaluate\` on ${images} images`, limitMb, () =>
    withScenes(images, (truth, detections) =>
      within(limitMb, ['evaluate', '--truth', truth, '--detections', detections, '--json']),
    ),
  );
}

const profile = memory(`profile\` on ${MANY} images`, LIMIT_MB.many, async ({ frames }) => {
  if (frames.hd.length === 0) return { skipped: 'needs JPEG frames' };
  const folder = await mkdtemp(join(tmpdir(), 'bench-memory-'));
  try {
    await writeFolder(join(folder, 'data'), frames.hd);
    return await within(LIMIT_MB.many, ['profile', join(folder, 'data'), '--out', join(folder, 'profile')]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Pictures cut from frames, in YOLO layout; each stands there under many names. */
async function writeFolder(folder: string, frames: readonly string[]): Promise<void> {
  const random = randomStream(1, 1);
  const pictures = await cut(folder, frames);
  for (let index = 0; index < MANY; index += 1) {
    const flight = `flight-${Math.floor(index / IMAGES_PER_FLIGHT)}`;
    const [images, labels] = [join(folder, 'images', flight), join(folder, 'labels', flight)];
    if (index % IMAGES_PER_FLIGHT === 0)
      await Promise.all([images, labels].map((dir) => mkdir(dir, { recursive: true })));
    await link(pictures[index % pictures.length], join(images, `${index}.jpg`));
    const boxes = Array.from({ length: BOXES_PER_IMAGE }, () => {
      const [x, y, side] = [random.between(0.1, 0.9), random.between(0.1, 0.9), random.between(0.02, 0.2)];
      return `${random.int(0, 1)} ${[x, y, side, side].map((value) => value.toFixed(6)).join(' ')}\n`;
    });
    await writeFile(join(labels, `${index}.txt`), boxes.join(''));
  }
  await writeFile(join(folder, 'classes.txt'), 'vehicle\nperson\n');
}

async function cut(folder: string, frames: readonly string[]): Promise<string[]> {
  const pictures: string[] = [];
  const hidden = join(folder, '.pictures');
  await mkdir(hidden, { recursive: true });
  for (const frame of frames) {
    const { width, height } = await sharp(frame).metadata();
    for (let top = 0; top + SIDE <= height; top += SIDE) {
      for (let left = 0; left + SIDE <= width; left += SIDE) {
        const file = join(hidden, `${pictures.length}.jpg`);
        await sharp(frame).extract({ left, top, width: SIDE, height: SIDE }).jpeg({ quality: 90 }).toFile(file);
        pictures.push(file);
      }
    }
  }
  return pictures;
}

export const MEMORY_MEASUREMENTS: readonly Measurement[] = [
  evaluation(5000, LIMIT_MB.evaluation),
  evaluation(MANY, LIMIT_MB.many),
  profile,
];
