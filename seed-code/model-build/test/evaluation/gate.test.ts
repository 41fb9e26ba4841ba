import { judge, parseThreshold } from '../../src/evaluation';
import { DetectionEvaluation } from '../../src/metrics';

test.each([
  ['coco.AP50=0.5', { metric: 'coco.AP50', threshold: 0.5 }],
  ['ultralytics.mAP50_95=1', { metric: 'ultralytics.mAP50_95', threshold: 1 }],
  ['live.better=1', { metric: 'live.better', threshold: 1 }],
  ['coco.AP50', null],
  ['coco.AP50=', null],
  ['coco.AP50=0.5=1', null],
  ['coco.AP50=1.5', null],
  ['AP50=0.5', null],
])('%s', (text, threshold) => {
  expect(parseThreshold(text)).toEqual(threshold);
});

test('a value at the threshold passes; one metric that fails fails the gate; a metric without truths never passes', () => {
  const evaluation = new DetectionEvaluation({ classes: ['vehicle'] });
  const object = { box: [0, 0, 10, 10], classIndex: 0 } as const;
  evaluation.add({ id: 1, truths: [object], detections: [{ ...object, score: 0.5 }] });
  const comparison = { better: 0, notWorse: 1 };
  const perfect = { ...evaluation.result(), comparison };
  const empty = { ...new DetectionEvaluation({ classes: ['vehicle'] }).result(), comparison };

  expect(judge([{ metric: 'coco.AR100', threshold: 1 }], perfect).passed).toBe(true);
  expect(
    judge(
      [
        { metric: 'coco.AR100', threshold: 1 },
        { metric: 'ultralytics.mAP50', threshold: 0.996 },
      ],
      perfect,
    ),
  ).toMatchObject({ passed: false, metrics: [{ passed: true }, { value: 0.995, passed: false }] });
  expect(judge([{ metric: 'coco.AP', threshold: 0 }], empty).passed).toBe(false);
  expect(judge([{ metric: 'live.notWorse', threshold: 1 }], perfect).passed).toBe(true);
  expect(judge([{ metric: 'live.better', threshold: 1 }], perfect)).toMatchObject({
    passed: false,
    metrics: [{ value: 0, passed: false }],
  });
});
