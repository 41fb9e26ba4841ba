// `bench`: how close this code comes to the limits it is measured against, as ratios.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVALUATION_MEASUREMENTS } from '../bench/evaluation';
import { framesFrom, framesOf } from '../bench/frames';
import { MEMORY_MEASUREMENTS } from '../bench/memory';
import { boundText, keeps, type BenchContext, type Measurement } from '../bench/measurement';
import { PROFILE_MEASUREMENTS } from '../bench/profile';
import { SERVING_MEASUREMENTS } from '../bench/serving';
import { sliced } from '../bench/slicing';
import { TRACKING_MEASUREMENTS } from '../bench/tracking';
import { baselineOnSample } from '../bench/training';
import { runnerOverUltralytics } from '../bench/ultralytics';
import { VISION_MEASUREMENTS } from '../bench/vision';
import { parseCommandLine, withUsage } from './usage';

const USAGE = `model-build bench [FRAMES…] [options]

  FRAMES are JPEG files of about 2 and 9 megapixels. Without, they are pieced together from the pictures of
  $DRONE_MLOPS_KIT_AIS.

  --model MODEL.onnx   Default: yolo11n-640.onnx of $DRONE_MLOPS_MODELS.
  --python PYTHON      Python with the limits' libraries. Default: $DRONE_MLOPS_VISION_PYTHON.
  --only WORDS         Only measurements with these words in their name.
  --help               Print this.

  The Python with Ultralytics is $DRONE_MLOPS_ULTRALYTICS_PYTHON, the tracking server $DRONE_MLOPS_MLFLOW. What is not there is
  skipped, and said. Exits 1 when a measurement missed its limit.`;

const MEASUREMENTS: readonly Measurement[] = [
  ...VISION_MEASUREMENTS,
  ...SERVING_MEASUREMENTS,
  ...PROFILE_MEASUREMENTS,
  ...EVALUATION_MEASUREMENTS,
  ...MEMORY_MEASUREMENTS,
  sliced,
  baselineOnSample,
  runnerOverUltralytics,
  ...TRACKING_MEASUREMENTS,
];

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, async () => {
    const { values, positionals } = parseCommandLine({
      args: [...args],
      allowPositionals: true,
      options: { model: { type: 'string' }, python: { type: 'string' }, only: { type: 'string', default: '' } },
    });
    const work = await mkdtemp(join(tmpdir(), 'bench-'));
    try {
      const context = await contextOf(positionals, values, work);
      const wanted = MEASUREMENTS.filter(({ name }) => name.includes(values.only));
      let missed = 0;
      for (const measurement of wanted) missed += (await measure(measurement, context)) ? 0 : 1;
      return missed > 0 ? 1 : 0;
    } finally {
      await rm(work, { recursive: true });
    }
  });
}

async function contextOf(
  files: readonly string[],
  { model, python }: { readonly model?: string; readonly python?: string },
  work: string,
): Promise<BenchContext> {
  const { DRONE_MLOPS_KIT_AIS: labelled, DRONE_MLOPS_MODELS: models, DRONE_MLOPS_VISION_PYTHON: witness } = process.env;
  const known = models === undefined ? undefined : join(models, 'yolo11n-640.onnx');
  return {
    frames: files.length === 0 && labelled !== undefined ? await framesFrom(labelled, work) : await framesOf(files),
    labelled: labelled ?? null,
    model: model ?? (known !== undefined && existsSync(known) ? known : null),
    python: python ?? witness ?? null,
    ultralytics: process.env.DRONE_MLOPS_ULTRALYTICS_PYTHON ?? null,
    mlflow: process.env.DRONE_MLOPS_MLFLOW ?? null,
  };
}

/** Prints a measurement. @returns whether it kept to its limit, as one that could not be made does */
async function measure(measurement: Measurement, context: BenchContext): Promise<boolean> {
  const { name, limit, must } = measurement;
  const measured = await measurement.run(context);
  if ('skipped' in measured) {
    process.stdout.write(`${name}\n  SKIPPED: ${measured.skipped}\n`);
    return true;
  }
  const { ratio, detail } = measured;
  const kept = keeps(must, ratio);
  const verdict = `${ratio.toFixed(3)} × ${limit}, ${boundText(must)}: ${kept ? 'PASSED' : 'MISSED'}`;
  process.stdout.write(`${name}\n  ${verdict} (${detail})\n`);
  return kept;
}
