import { batchWarnings, INSTANCE_GPUS, largestBatch } from '../../src/training/instances';
import { CONFIG } from '../pipeline/example';

function warnings(change: Partial<typeof CONFIG.training>, type = 'ml.g5.xlarge'): string[] {
  const instances = { ...CONFIG.instances, training: { type } };
  return batchWarnings({ training: { ...CONFIG.training, ...change }, instances });
}

test('a batch holds fewer images when they or the model are larger, and more on more GPUs', () => {
  const on = (size: 'n' | 'x', side: number, type = 'ml.g5.xlarge') => largestBatch(type, size, side) ?? NaN;
  expect(on('n', 1280)).toBeLessThan(on('n', 640) / 3.9);
  expect(on('x', 640)).toBeLessThan(on('n', 640) / 5);
  expect(on('n', 640, 'ml.g5.12xlarge')).toBe(4 * on('n', 640));
  expect(on('x', 4096)).toBeGreaterThanOrEqual(0);
});

test('a batch that the estimate does not hold is warned about with what it would hold, one that it holds is not', () => {
  const largest = largestBatch('ml.g5.xlarge', 'm', 1280) ?? NaN;
  expect(warnings({ modelSize: 'm', imageSize: 1280, batch: largest })).toEqual([]);
  expect(warnings({ modelSize: 'm', imageSize: 1280, batch: largest + 1 })).toEqual([
    `A batch of ${largest + 1} looks too large for ml.g5.xlarge: by our estimate it holds ${largest} images of 1280 px with YOLO11m. Lower \`batch\`, or take a larger instance.`,
  ]);
});

test('an instance without a GPU is warned about, unless the model is for rehearsals or no YOLO', () => {
  expect(warnings({}, 'ml.m5.xlarge')).toEqual([expect.stringMatching(/ml\.m5\.xlarge has no GPU/)]);
  expect(warnings({ modelSize: 'rehearsal' }, 'ml.m5.xlarge')).toEqual([]);
  expect(warnings({ trainer: 'baseline' }, 'ml.m5.xlarge')).toEqual([]);
});

test('the GPUs of an instance are as many as EC2 gives it', () => {
  expect(INSTANCE_GPUS.get('ml.g4dn.12xlarge')).toEqual({ count: 4, memory: 16 });
  expect(INSTANCE_GPUS.get('ml.p4d.24xlarge')).toEqual({ count: 8, memory: 40 });
});
