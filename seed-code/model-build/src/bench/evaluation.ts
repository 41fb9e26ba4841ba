// Measures the metrics on as many boxes as COCO's validation images have, files included.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { evaluateCocoFiles } from '../metrics';
import { withScenes } from './coco-scenes';
import { fastest, type Measured, type Measurement } from './measurement';

const IMAGES = 5000;
const RUNS = 6;

/** The shortest load and evaluation in seconds, and AP. */
const WITNESS = `
import contextlib, io, json, sys, time
name, runs, truth_file, detections_file = sys.argv[1:]
if name == 'hotcoco':
    from hotcoco import COCO, COCOeval
else:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval
best = 1e9
for _ in range(int(runs)):
    began = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(truth_file)
        results = (truth.load_res if name == 'hotcoco' else truth.loadRes)(detections_file)
        evaluation = COCOeval(truth, results, 'bbox')
        evaluation.evaluate(); evaluation.accumulate(); evaluation.summarize()
    best = min(best, time.perf_counter() - began)
print(json.dumps({'seconds': best, 'AP': float(evaluation.stats[0])}))
`;

const witnessSchema = z.object({ seconds: z.number(), AP: z.number() });

function evaluation(library: 'hotcoco' | 'pycocotools', atMost: number, runs: number): Measurement {
  return {
    name: `COCO and Ultralytics metrics of ${IMAGES} images, load and evaluate`,
    limit: library,
    must: { atMost },
    run: ({ python }) =>
      python === null
        ? Promise.resolve({ skipped: `needs a Python with ${library}` })
        : withScenes<Measured>(IMAGES, async (truth, detections) => {
            let AP = NaN;
            const ours = await fastest(RUNS, () => {
              AP = evaluateCocoFiles(truth, detections).result().coco.AP;
            });
            const args = ['-c', WITNESS, library, `${runs}`, truth, detections];
            const { stdout } = await promisify(execFile)(python, args);
            const witness = witnessSchema.parse(JSON.parse(stdout));
            const theirs = witness.seconds * 1000;
            const agreement = Math.abs(witness.AP - AP) < 1e-10 ? 'same AP' : `AP ${AP} against ${witness.AP}`;
            return {
              ratio: ours / theirs,
              detail: `${ours.toFixed(0)} ms against ${theirs.toFixed(0)} ms, ${agreement}`,
            };
          }),
  };
}

export const EVALUATION_MEASUREMENTS: readonly Measurement[] = [
  evaluation('hotcoco', 2, RUNS),
  evaluation('pycocotools', 0.05, 1),
];
