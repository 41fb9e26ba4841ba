import { DEFAULT_BOUNDS, detectOptions } from '../../src/serve/attributes';
import { redBoxSidecar } from '../vision/red-box-model';

const SIDECAR = redBoxSidecar(64, {
  operatingPoint: { confidence: 0.05, iou: 0.6, merge: 'nmm', wholeFrame: false, chosenOn: 'validation' },
});

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
