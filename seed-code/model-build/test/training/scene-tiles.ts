// Tiles that a detector can learn in seconds: bright rectangles (class 0) and dark ones (class 1) on grey noise.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { randomAt } from '../../src/training/baseline/random';

export const SCENE_CLASSES = ['bright', 'dark'] as const;

/** Writes `count` square tiles of side `size` with two objects each into a channel's folder, in the preprocess step's layout. */
export async function writeSceneTiles(channel: string, count: number, size: number, seed: number): Promise<void> {
  const images = join(channel, 'images', 'algo-1');
  const labels = join(channel, 'labels', 'algo-1');
  await Promise.all([mkdir(images, { recursive: true }), mkdir(labels, { recursive: true })]);
  await writeFile(join(channel, 'classes.json'), JSON.stringify(SCENE_CLASSES));
  for (let index = 0; index < count; index += 1) {
    const random = randomAt(seed, index);
    const pixels = Buffer.from(Uint8Array.from({ length: size * size * 3 }, () => random.between(100, 150)));
    const rows = [0, 1].map((classIndex) => {
      const [width, height] = [Math.floor(random.between(10, 22)), Math.floor(random.between(10, 22))];
      // One in each half, so that they do not overlap.
      const left = classIndex * (size / 2) + random.below(size / 2 - width);
      const top = random.below(size - height);
      for (let y = top; y < top + height; y += 1) {
        pixels.fill(classIndex === 0 ? 240 : 20, (y * size + left) * 3, (y * size + left + width) * 3);
      }
      return [classIndex, (left + width / 2) / size, (top + height / 2) / size, width / size, height / size].join(' ');
    });
    const name = String(index).padStart(4, '0');
    await sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
      .jpeg()
      .toFile(join(images, `${name}.jpg`));
    await writeFile(join(labels, `${name}.txt`), `${rows.join('\n')}\n`);
  }
}
