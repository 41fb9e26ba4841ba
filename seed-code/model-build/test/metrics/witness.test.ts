// COCO's curves against pycocotools, faster-coco-eval and hotcoco on random cases.
// DRONE_MLOPS_VISION_PYTHON names a Python that has them (test/witness/metrics.py); skipped without.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluateCocoFiles, IOU_THRESHOLDS, RECALL_LEVELS, type DetectionEvaluation } from '../../src/metrics';
import { randomScenes, type SceneOptions } from './random-scenes';

const python = process.env.DRONE_MLOPS_VISION_PYTHON;
const has = python !== undefined && spawnSync(python, ['-c', 'import pycocotools']).status === 0;

/** COCO's area ranges, in the order of pycocotools' arrays. */
const AREAS = ['all', 'small', 'medium', 'large'] as const;
const SEEDS = Array.from({ length: 24 }, (_, index) => index);

/** Sparse and dense, one class and many, with few and many crowds, ties and detections beyond the limits. */
const CASES = SEEDS.map((seed) => {
  const options: SceneOptions = {
    seed,
    images: 1 + (seed % 9),
    classes: [1, 2, 5][seed % 3],
    truths: [3, 12, 40][seed % 3],
    detections: [10, 60, 300][Math.floor(seed / 3) % 3],
    crowdShare: [0, 0.05, 0.4][seed % 3],
    decimals: [1, 2, 6][Math.floor(seed / 2) % 3],
  };
  return { ...randomScenes(options), maxDets: [1, 10, seed % 2 === 0 ? 100 : 500] as const };
});

function ask(args: readonly string[], cases: readonly unknown[]): unknown {
  const script = join(__dirname, '..', 'witness', 'metrics.py');
  const options = { input: JSON.stringify(cases), maxBuffer: 2 ** 30, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(python ?? '', [script, ...args], options);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

interface PycocotoolsArrays {
  /** `[threshold][level][category][area]` */
  readonly precision: number[][][][];
  /** `[threshold][category][area][maxDets]` */
  readonly recall: number[][][][];
}

(has ? describe : describe.skip)('random cases', () => {
  const folder = mkdtempSync(join(tmpdir(), 'metrics-witness-'));
  let ours: DetectionEvaluation[];

  beforeAll(() => {
    ours = [];
    for (const [index, { gt, dt, maxDets }] of CASES.entries()) {
      const [truth, detections] = [join(folder, `${index}-truth.json`), join(folder, `${index}-detections.json`)];
      writeFileSync(truth, JSON.stringify(gt));
      writeFileSync(detections, JSON.stringify(dt));
      ours.push(evaluateCocoFiles(truth, detections, { maxDetections: maxDets[2] }));
    }
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("precision and recall are pycocotools' arrays to 1e-10", () => {
    const known = ask(['arrays'], CASES) as PycocotoolsArrays[];

    for (const [index, { precision, recall }] of known.entries()) {
      expect(greatestDifference(ours[index], CASES[index].maxDets, precision, recall)).toBeLessThanOrEqual(1e-10);
    }
  });

  test.each(['faster-coco-eval', 'hotcoco'])("the twelve numbers are %s's to 1e-10", (library) => {
    const withHundred = CASES.flatMap(({ maxDets }, index) => (maxDets[2] === 100 ? [index] : []));

    const known = ask(
      ['numbers', library],
      withHundred.map((index) => CASES[index]),
    ) as number[][];

    for (const [place, index] of withHundred.entries()) {
      const { AP, AP50, AP75, APs, APm, APl, AR1, AR10, AR100, ARs, ARm, ARl } = ours[index].result().coco;
      const numbers = [AP, AP50, AP75, APs, APm, APl, AR1, AR10, AR100, ARs, ARm, ARl];
      const differences = numbers.map((value, metric) => Math.abs(value - known[place][metric]));
      expect(Math.max(...differences)).toBeLessThanOrEqual(1e-10);
    }
  });
});

function greatestDifference(
  evaluation: DetectionEvaluation,
  maxDets: readonly number[],
  precision: number[][][][],
  recall: number[][][][],
): number {
  let greatest = 0;
  const compare = (mine: number | undefined, known: number): void => {
    greatest = Math.max(greatest, Math.abs((mine ?? -1) - known));
  };
  for (const [area, range] of AREAS.entries()) {
    for (const [limit, maxDetections] of maxDets.entries()) {
      const curves = evaluation.cocoCurves(range, maxDetections);
      for (const [category, curve] of curves.entries()) {
        for (const threshold of IOU_THRESHOLDS.keys()) {
          compare(curve?.recall[threshold], recall[threshold][category][area][limit]);
          if (limit < 2) continue;
          for (const level of RECALL_LEVELS.keys()) {
            const at = threshold * RECALL_LEVELS.length + level;
            compare(curve?.precision[at], precision[threshold][level][category][area]);
          }
        }
      }
    }
  }
  return greatest;
}
