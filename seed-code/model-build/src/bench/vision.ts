// Measurements of the vision room.
import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { decodeImage, letterbox, nonMaximumSuppression, openDetector, type Candidates } from '../vision';
import type { BenchFrames } from './frames';
import { fastest, meanText, sum, type Measurement } from './measurement';
import { decodeTimes } from './turbojpeg';

const RUNS = 15;
const END_TO_END_RUNS = 30;
const SIZE = 640;
const CANDIDATES = 30_000;
const IOU = 0.7;

function preprocess(which: keyof BenchFrames, megapixels: number, atMost: number): Measurement {
  return {
    name: `decode, letterbox and CHW to ${SIZE}, ${megapixels} megapixels`,
    limit: "turbojpeg's full decode (simplejpeg)",
    must: { atMost },
    async run({ frames, python }) {
      const files = frames[which];
      if (files.length === 0 || python === null) return { skipped: 'needs JPEG frames, and a Python with simplejpeg' };
      const limits = await decodeTimes(python, files, RUNS);
      const ours: number[] = [];
      for (const file of files) {
        const bytes = await readFile(file);
        ours.push(await fastest(RUNS, async () => letterbox(await decodeImage(bytes), SIZE)));
      }
      return { ratio: sum(ours) / sum(limits), detail: `${meanText(ours)} ms a frame against ${meanText(limits)} ms` };
    },
  };
}

const endToEnd: Measurement = {
  name: 'one image of 2 megapixels from bytes to detections, one thread',
  limit: 'bare session.run',
  must: { atMost: 1.25 },
  async run({ frames, model }) {
    const [file] = frames.hd;
    if (file === undefined || model === null) return { skipped: 'needs a JPEG frame and a model' };
    const detector = await openDetector({ modelPath: model, workers: 1 });
    const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
    const side = detector.imageSize;
    const bytes = await readFile(file);
    // What the model sees, since its own speed depends on it.
    const { tensor } = letterbox(await decodeImage(bytes), side);
    const input = new Tensor('float32', tensor, [1, 3, side, side]);
    let [bare, ours] = [Infinity, Infinity];
    // Alternately, so that both see the same machine.
    for (let i = 0; i < END_TO_END_RUNS; i += 1) {
      bare = Math.min(bare, await fastest(1, () => session.run({ [session.inputNames[0]]: input })));
      ours = Math.min(
        ours,
        await fastest(1, async () => detector.detect(await decodeImage(bytes), { confidence: 0.25 })),
      );
    }
    await detector.close();
    await session.release();
    return { ratio: ours / bare, detail: `${ours.toFixed(1)} ms against ${bare.toFixed(1)} ms` };
  },
};

function suppression(classes: number): Measurement {
  return {
    name: `NMS of ${CANDIDATES} candidates, ${classes} ${classes === 1 ? 'class' : 'classes'}`,
    limit: 'naive greedy, same index list',
    must: { atMost: 0.05 },
    async run() {
      const candidates = clusters(classes);
      const options = { iou: IOU, maxDetections: CANDIDATES };
      const kept = nonMaximumSuppression(candidates, options);
      const naive = naiveSuppression(candidates);
      if (kept.length !== naive.length || naive.some((candidate, i) => candidate !== kept[i])) {
        throw new Error('The index lists of NMS and its naive twin differ.');
      }
      const ours = await fastest(RUNS, () => nonMaximumSuppression(candidates, options));
      const limit = await fastest(1, () => naiveSuppression(candidates));
      return {
        ratio: ours / limit,
        detail: `${ours.toFixed(1)} ms against ${limit.toFixed(0)} ms, ${kept.length} kept`,
      };
    },
  };
}

/** Candidates as a crowded frame gives them: objects everywhere, ten candidates to each. */
function clusters(classes: number): Candidates {
  // A linear congruential generator (Numerical Recipes): the same numbers in every run.
  let state = 1;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const boxes: number[] = [];
  for (let object = 0; object < CANDIDATES / 10; object += 1) {
    const [x, y, width, height] = [random() * 1200, random() * 1200, 12 + random() * 30, 12 + random() * 30];
    for (let i = 0; i < 10; i += 1) {
      const [left, top] = [x + random() * 8, y + random() * 8];
      boxes.push(left, top, left + width, top + height);
    }
  }
  return {
    boxes: Float32Array.from(boxes),
    scores: Float32Array.from({ length: CANDIDATES }, random),
    classes: Int32Array.from({ length: CANDIDATES }, (_, i) => Math.floor(i / 10) % classes),
  };
}

/** Every candidate against every kept one of its class. */
function naiveSuppression({ boxes, scores, classes }: Candidates): number[] {
  const { fround, max, min } = Math;
  const shifted = boxes.map((edge, i) => edge + classes[i >> 2] * 7680);
  const area = (i: number): number =>
    fround(fround(shifted[i + 2] - shifted[i]) * fround(shifted[i + 3] - shifted[i + 1]));
  const kept: number[] = [];
  for (const candidate of Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a] || a - b)) {
    const j = candidate * 4;
    const suppressed = kept.some((index) => {
      const i = index * 4;
      const width = max(0, fround(min(shifted[i + 2], shifted[j + 2]) - max(shifted[i], shifted[j])));
      const height = max(0, fround(min(shifted[i + 3], shifted[j + 3]) - max(shifted[i + 1], shifted[j + 1])));
      const shared = fround(width * height);
      return fround(shared / fround(fround(area(i) + area(j)) - shared)) > IOU;
    });
    if (!suppressed) kept.push(candidate);
  }
  return kept;
}

export const VISION_MEASUREMENTS: readonly Measurement[] = [
  preprocess('hd', 2, 2.6),
  preprocess('large', 9, 2.2),
  endToEnd,
  suppression(1),
  suppression(10),
];
