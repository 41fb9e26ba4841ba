// Metrics against what pycocotools and three versions of Ultralytics answered (test/witness/known_metrics.py).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type UltralyticsRules } from '../../src/metrics';
import { evaluateCoco, type CocoTruth, type CocoDetection } from './coco';

interface KnownAnswer {
  readonly name: string;
  readonly gt: CocoTruth;
  readonly dt: readonly CocoDetection[];
  readonly maxDets: readonly [number, number, number];
  readonly coco: Record<string, number>;
  readonly ultralytics: Record<string, Record<string, number> & { per_class: Record<string, Record<string, number>> }>;
}

const KNOWN = readFileSync(join(__dirname, 'known-answers.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as KnownAnswer);

const RULES: Record<string, UltralyticsRules> = {
  '8.3.86': { integration: 'legacy', matching: 'first-choice' },
  '8.4.175': { integration: 'current', matching: 'first-choice' },
  '8.4.190': { integration: 'current', matching: 'fall-back' },
};

describe.each(KNOWN)('$name', ({ gt, dt, maxDets, coco, ultralytics }) => {
  test("gives pycocotools' twelve numbers", () => {
    const result = evaluateCoco(gt, dt, { maxDetections: maxDets[2] }).result().coco;

    for (const [metric, value] of Object.entries(coco)) {
      expect({ metric, value: result[metric as keyof typeof result] }).toEqual({
        metric,
        value: expect.closeTo(value, 10) as number,
      });
    }
  });

  test.each(Object.entries(RULES))("gives Ultralytics %s's numbers", (version, rules) => {
    const { ultralytics: result, perClass } = evaluateCoco(gt, dt, { ultralytics: rules }).result();
    const { per_class: knownClasses, ...known } = ultralytics[version];

    expect(result).toMatchObject(
      Object.fromEntries(Object.entries(known).map(([metric, value]) => [metric, expect.closeTo(value, 7) as number])),
    );
    const categories = gt.categories.map(({ id }) => String(id));
    const classes = perClass.map(({ ultralytics: numbers }, index) => [categories[index], numbers] as const);
    expect(Object.fromEntries(classes.filter(([, numbers]) => numbers !== null))).toMatchObject(
      Object.fromEntries(
        Object.entries(knownClasses).map(([id, { P, R, AP50, AP50_95 }]) => [
          id,
          {
            P: expect.closeTo(P, 7) as number,
            R: expect.closeTo(R, 7) as number,
            mAP50: expect.closeTo(AP50, 7) as number,
            mAP50_95: expect.closeTo(AP50_95, 7) as number,
          },
        ]),
      ),
    );
  });
});

test('names the version of Ultralytics whose rules were followed, and no version for other rules', () => {
  const [{ gt, dt }] = KNOWN;

  expect(evaluateCoco(gt, dt).result().ultralytics.version).toBe('8.4.175');
  expect(evaluateCoco(gt, dt, { ultralytics: RULES['8.3.86'] }).result().ultralytics.version).toBeNull();
});
