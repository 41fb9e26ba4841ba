// The evaluate step: the model over the frames it has not seen, the gate's numbers, and the model ready to be registered.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import { ManifestError } from '../dataset';
import {
  countHeldOut,
  evaluateModel,
  HeldOutError,
  type LiveModel,
  pack,
  parseThreshold,
  unpack,
  writeEvaluation,
} from '../evaluation';
import { EvaluationError } from '../metrics';
import { OnnxError, parseSidecar, SidecarError, type Sidecar } from '../model';
import { parseArguments, repeatedSetting, runStep, StepError } from '../sagemaker';
import type { RunLog } from '../tracking';
import { DEFAULT_MERGE, DetectorError, openDetector, servedOptions } from '../vision';
import { tracked, type TrackedContext } from './tracked';

const threshold = z.string().transform((text, context) => {
  const parsed = parseThreshold(text);
  if (parsed) return parsed;
  context.addIssue(`${JSON.stringify(text)} is not METRIC=SHARE, such as coco.AP50=0.5`);
  return z.NEVER;
});

/** Arguments of the processing job. */
export const evaluateSettings = z.strictObject({
  /** `coco.AP50=0.5`, once for each metric. */
  gate: repeatedSetting.pipe(z.array(threshold).min(1)),
  'tile-size': z.coerce.number().int().min(32),
  overlap: z.coerce.number().min(0).lt(1),
  merge: z.enum(['nms', 'nmm']),
});

/** Failures that the user can do something about. */
const EXPECTED = [DetectorError, EvaluationError, HeldOutError, ManifestError, OnnxError, SidecarError] as const;

/**
 * Writes `evaluation/` and `model/model.tar.gz`. A gate that fails is the pipeline's to act on: the step succeeds.
 * @param servingBundle folder that becomes `code/` of the model archive
 */
export async function evaluate(
  context: TrackedContext,
  servingBundle: string = join(__dirname, 'serve'),
): Promise<void> {
  const { hosts } = context;
  if (hosts.length > 1) throw new StepError(`Evaluation runs on one instance, not ${hosts.length}: use a larger one.`);
  const settings = parseArguments(evaluateSettings, context.args);
  const [model, live] = [await mkdtemp(join(tmpdir(), 'evaluate-')), await mkdtemp(join(tmpdir(), 'evaluate-live-'))];
  try {
    await evaluateInto(context, settings, { model, live }, servingBundle);
  } catch (error) {
    if (EXPECTED.some((kind) => error instanceof kind)) throw new StepError((error as Error).message, { cause: error });
    throw error;
  } finally {
    for (const folder of [model, live]) await rm(folder, { recursive: true });
  }
}

async function evaluateInto(
  { paths, log, signal, run }: TrackedContext,
  settings: z.infer<typeof evaluateSettings>,
  { model, live: liveFolder }: { readonly model: string; readonly live: string },
  servingBundle: string,
): Promise<void> {
  const {
    modelPath,
    sidecarPath,
    sidecar: trained,
  } = await unpackModel(join(paths.processingInput('model'), 'model.tar.gz'), model);
  const modelHash = createHash('sha256')
    .update(await readModelFile(modelPath))
    .digest('hex');

  const split = join(paths.processingInput('split'), 'split.jsonl');
  const sizes = await countHeldOut(split, trained.classes);
  const tiling = { size: settings['tile-size'], overlap: settings.overlap };
  const merge = { ...DEFAULT_MERGE, method: settings.merge };
  const detector = await openDetector({ modelPath, sidecar: trained });
  const live = await openLive(join(paths.processingInput('live'), 'model.tar.gz'), liveFolder).catch(
    async (error: unknown) => {
      await detector.close();
      throw error;
    },
  );
  try {
    const images = paths.processingInput('images');
    const evaluation = await evaluateModel({ split, images, detector, tiling, merge, sizes, live, log, signal });
    const sidecar: Sidecar = { ...trained, tiling, operatingPoint: evaluation.operatingPoint };
    const output = paths.processingOutput('evaluation');
    const verdict = await writeEvaluation(output, evaluation, {
      ...{ sidecar, modelHash, gate: settings.gate, settings: { tiling, merge } },
    });
    log('gate', { ...verdict });
    // Gate and registration have no job that could tell: the last one does.
    run.concludes(verdict.passed ? 'FINISHED' : 'FAILED');
    run.params({
      ...tiling,
      ...merge,
      wholeFrame: evaluation.operatingPoint.wholeFrame,
      gate: settings.gate.map(({ metric, threshold: least }) => `${metric} ≥ ${least}`).join(', '),
    });
    run.record(0, Object.fromEntries(verdict.metrics.map(({ metric, value }) => [metric, value])));
    await keepFiles(run, output);
    await writeFile(sidecarPath, `${JSON.stringify(sidecar, null, 2)}\n`);
  } finally {
    await Promise.all([detector.close(), live?.detector.close()]);
  }
  await cp(servingBundle, join(model, 'code'), { recursive: true }).catch((error: unknown) => {
    throw new StepError(`The serving bundle ${servingBundle} is missing: make the bundles again.`, { cause: error });
  });
  await pack(model, join(paths.processingOutput('model'), 'model.tar.gz'));
}

/** The model that serves today, where the step was given one. */
async function openLive(archive: string, folder: string): Promise<LiveModel | null> {
  if (!existsSync(archive)) return null;
  const { modelPath, sidecar } = await unpackModel(archive, folder);
  const detector = await openDetector({ modelPath, sidecar });
  return { detector, served: servedOptions(sidecar) };
}

async function unpackModel(archive: string, folder: string) {
  await unpack(archive, folder).catch((error: unknown) => {
    throw new StepError(`${archive} cannot be unpacked: ${(error as Error).message}.`, { cause: error });
  });
  const [modelPath, sidecarPath] = [join(folder, 'model.onnx'), join(folder, 'model.json')];
  return { modelPath, sidecarPath, sidecar: parseSidecar(await readModelFile(sidecarPath).then(String), sidecarPath) };
}

function readModelFile(file: string): Promise<Buffer> {
  return readFile(file).catch((error: unknown) => {
    throw new StepError(`The model archive has no ${file.split('/').at(-1) ?? file}: train the model again.`, {
      cause: error,
    });
  });
}

/** The report's files and pictures, in the run as they lie in the output. */
async function keepFiles(run: RunLog, output: string): Promise<void> {
  for (const entry of await readdir(output, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    run.artifact(relative(output, file).split(sep).join('/'), await readFile(file));
  }
}

if (require.main === module) void runStep('evaluate', tracked('evaluate', evaluate));
