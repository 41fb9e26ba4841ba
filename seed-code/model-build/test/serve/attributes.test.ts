import type { Sidecar } from '../../src/model';
import { DEFAULT_BOUNDS, detectOptions } from '../../src/serve/attributes';

const SIDECAR: Sidecar = {
  format: 'drone-mlops/model@1',
  classes: ['box'],
  imageSize: 64,
  stride: 32,
  tiling: { size: 64, overlap: 0.2 },
  operatingPoint: { confidence: 0.05, iou: 0.6, merge: 'nmm', wholeFrame: false, chosenOn: 'validation' },
  license: 'Apache-2.0',
  trainer: { name: 'baseline', version: '1' },
  provenance: { dataVersion: 'd', seed: 0 },
};

test('a frame is looked at as the operating point says, unless the request says otherwise', () => {
  expect(detectOptions(SIDECAR, undefined, DEFAULT_BOUNDS)).toMatchObject({
    ...{ confidence: 0.05, iou: 0.6, wholeFrame: false },
    merge: { method: 'nmm' },
  });
  expect(detectOptions(SIDECAR, 'whole-frame=true; confidence=0.4', DEFAULT_BOUNDS)).toMatchObject({
    confidence: 0.4,
    wholeFrame: true,
  });
});

test.each(['whole-frame=maybe', 'whole=true'])('%s is refused by its name', (header) => {
  expect(() => detectOptions(SIDECAR, header, DEFAULT_BOUNDS)).toThrow(header.split('=')[0]);
});
