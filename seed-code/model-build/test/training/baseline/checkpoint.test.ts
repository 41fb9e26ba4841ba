import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCheckpoint, saveCheckpoint } from '../../../src/training/baseline/checkpoint';

const progress = {
  parameters: Float32Array.of(1.5, -2, Math.fround(0.1)),
  momentum: Float32Array.of(1e-30, 2, 3),
  variance: Float32Array.of(4, 5, 6),
  losses: [{ class: 0.25, box: 1 / 3 }],
};
const folder = (): string => mkdtempSync(join(tmpdir(), 'checkpoint-'));

test('a checkpoint gives back every bit', async () => {
  const dir = join(folder(), 'made', 'if', 'need', 'be');
  await saveCheckpoint(dir, 'run', progress);
  expect(await loadCheckpoint(dir, 'run', 3)).toEqual(progress);
});

test('the checkpoint of another run is not resumed', async () => {
  const dir = folder();
  await saveCheckpoint(dir, 'run', progress);
  expect(await loadCheckpoint(dir, 'other', 3)).toBeNull();
  expect(await loadCheckpoint(folder(), 'run', 3)).toBeNull();
});

test('a damaged checkpoint is not resumed', async () => {
  const dir = folder();
  await saveCheckpoint(dir, 'run', progress);
  const file = join(dir, 'baseline.checkpoint');
  const whole = readFileSync(file);
  const flipped = Buffer.from(whole);
  flipped[flipped.length - 1] ^= 1;
  for (const damaged of [whole.subarray(0, -4), whole.subarray(0, 20), flipped, Buffer.alloc(0)]) {
    writeFileSync(file, damaged);
    expect(await loadCheckpoint(dir, 'run', 3)).toBeNull();
  }
});
