import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addImageRows, DetectionEvaluation, formatImageRow, type EvaluatedImage } from '../../src/metrics';
import { randomStream } from './random-scenes';

const folder = mkdtempSync(join(tmpdir(), 'image-rows-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const random = randomStream(4);
const images = Array.from({ length: 12 }, (_, index): EvaluatedImage => {
  const box = () => {
    const [x, y] = [random() * 90, random() * 90];
    return [x, y, x + 5 + random() * 30, y + 5 + random() * 30] as const;
  };
  const truths = Array.from({ length: 6 }, () => ({ box: box(), classIndex: 0, crowd: random() < 0.1 }));
  const detections = truths.map(({ box: [left, top, right, bottom] }) => ({
    box: [left + random() * 4, top, right, bottom] as const,
    classIndex: 0,
    score: Math.fround(random()),
  }));
  return { id: `frame ${index}`, flight: `flight ${index % 3}`, altitude: 20 * index, truths, detections };
});

test('rows of several hosts together give the numbers of one', async () => {
  const together = new DetectionEvaluation({ classes: ['vehicle'] });
  for (const image of images) together.add(image);
  const reduced = new DetectionEvaluation({ classes: ['vehicle'] });
  for (const host of [1, 0, 2]) {
    const shard = join(folder, `${host}.jsonl`);
    writeFileSync(
      shard,
      images
        .filter((_, index) => index % 3 === host)
        .map(formatImageRow)
        .join(''),
    );
    await addImageRows(reduced, shard);
  }

  expect(reduced.result()).toEqual(together.result());
});

test('a shard that was cut short is refused by its line', async () => {
  const shard = join(folder, 'cut.jsonl');
  writeFileSync(shard, formatImageRow(images[0]) + formatImageRow(images[1]).slice(0, 40));

  await expect(addImageRows(new DetectionEvaluation({ classes: ['vehicle'] }), shard)).rejects.toThrow(
    /cut\.jsonl, line 2, is not JSON/,
  );
});
