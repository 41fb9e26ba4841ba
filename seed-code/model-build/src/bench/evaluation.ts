// Measures the metrics on as many boxes as COCO's validation images have, files included.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { evaluateCocoFiles } from '../metrics';
import { randomStream, type Random } from '../sample';
import { fastest, type Measured, type Measurement } from './measurement';

const IMAGES = 5000;
const CLASSES = 80;
/** On average, and so 36,000 and 335,000 in all. */
const TRUTHS_PER_IMAGE = 7.2;
const DETECTIONS_PER_IMAGE = 67;
const FRAME = { width: 1280, height: 960 } as const;
const RUNS = 6;
const LIMIT_MEMORY_MB = 250;

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
        : withScenes(async (truth, detections) => {
            let AP = NaN;
            const ours = await fastest(RUNS, async () => {
              AP = (await evaluateCocoFiles(truth, detections)).result().coco.AP;
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
  {
    name: `memory of \`model-build evaluate\` on the same`,
    limit: `${LIMIT_MEMORY_MB} MB`,
    must: { atMost: 1 },
    run: () =>
      withScenes(async (truth, detections) => {
        const megabytes = await peakMemory(['evaluate', '--truth', truth, '--detections', detections, '--json']);
        return { ratio: megabytes / LIMIT_MEMORY_MB, detail: `${megabytes.toFixed(0)} MB` };
      }),
  },
];

/**
 * Peak memory of one of this package's commands in a process of its own, in MB. On Linux the kernel's figure for the program:
 * that of `getrusage` begins with what the parent held when it forked.
 */
async function peakMemory(args: readonly string[]): Promise<number> {
  const report = `
import { readFileSync } from 'node:fs';
process.on('exit', () => {
  const peak = process.platform === 'linux' ? /VmHWM:\\s+(\\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1] : null;
  process._rawDebug(peak ?? String(process.resourceUsage().maxRSS));
});`;
  const hook = `data:text/javascript,${encodeURIComponent(report)}`;
  const command = ['--import', hook, join('bin', 'model-build.cjs'), ...args];
  const { stderr } = await promisify(execFile)(process.execPath, command, { maxBuffer: 2 ** 26 });
  return (Number(stderr) * 1024) / 1e6;
}

async function withScenes(measure: (truth: string, detections: string) => Promise<Measured>): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-evaluation-'));
  try {
    const [truth, detections] = [join(folder, 'truth.json'), join(folder, 'detections.json')];
    await writeScenes(truth, detections);
    return await measure(truth, detections);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** By itself, so that nothing of the scenes is left in memory when it returns. */
async function writeScenes(truth: string, detections: string): Promise<void> {
  const scenes = makeScenes(randomStream(1, 0));
  await writeFile(truth, JSON.stringify(scenes.truth));
  await writeFile(detections, JSON.stringify(scenes.detections));
}

type Annotation = Readonly<Record<'id' | 'image_id' | 'category_id' | 'area' | 'iscrowd', number>> & {
  readonly bbox: readonly number[];
};
type Result = Readonly<Record<'image_id' | 'category_id' | 'score', number>> & { readonly bbox: readonly number[] };

/** Objects of a few classes an image; detections near them with growing error, and others anywhere with low scores. */
function makeScenes(random: Random) {
  const images = Array.from({ length: IMAGES }, (_, index) => ({ id: index + 1, ...FRAME }));
  const categories = Array.from({ length: CLASSES }, (_, index) => ({ id: index + 1, name: `class ${index + 1}` }));
  const annotations: Annotation[] = [];
  const detections: Result[] = [];
  for (const { id } of images) {
    const classes = Array.from({ length: 3 }, () => random.int(1, CLASSES));
    const here = Array.from({ length: random.int(0, 2 * TRUTHS_PER_IMAGE) }, () => ({
      category: random.pick(classes),
      bbox: anyBox(random),
    }));
    for (const { category, bbox } of here) {
      const [, , width, height] = bbox;
      const area = width * height;
      annotations.push({ id: annotations.length + 1, image_id: id, category_id: category, bbox, area, iscrowd: 0 });
    }
    for (let count = 0; count < DETECTIONS_PER_IMAGE; count += 1) {
      const near = here.length > 0 && random.chance(0.45) ? random.pick(here) : null;
      const error = random.pick([0.03, 0.1, 0.3]);
      const bbox = near
        ? near.bbox.map((value, side) => value + error * random.between(-1, 1) * near.bbox[2 + (side % 2)])
        : anyBox(random);
      detections.push({
        image_id: id,
        category_id: near?.category ?? random.int(1, CLASSES),
        bbox: bbox.map((value) => round(value, 2)),
        score: round(near ? random.between(0, 1 - error) : random.between(0, 0.3), 5),
      });
    }
  }
  return { truth: { images, categories, annotations }, detections };
}

function anyBox(random: Random): number[] {
  const side = Math.exp(random.between(Math.log(8), Math.log(300)));
  const [width, height] = [side, side * random.between(0.6, 1.6)];
  const corner = [random.between(0, FRAME.width - width), random.between(0, Math.max(FRAME.height - height, 1))];
  return [...corner, width, height].map((value) => round(value, 2));
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
