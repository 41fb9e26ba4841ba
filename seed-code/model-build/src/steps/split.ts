// The split step: one manifest that gives every image its flight and its part, made before anything is sharded.
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { flightRule, type FlightRule } from '../config';
import {
  boxesByClass,
  imageRecord,
  manifestFile,
  ManifestError,
  openManifest,
  planSplit,
  splitSummary,
  SplitError,
  tellFlights,
  type Part,
  type SplitPlan,
  type SummarisedImage,
} from '../dataset';
import { booleanSetting, parseArguments, runStep, StepError } from '../sagemaker';
import { tracked, type TrackedContext } from './tracked';

const share = z.coerce.number().gt(0).lt(1);

/** Arguments of the processing job. */
export const splitSettings = z.strictObject({
  train: share,
  validation: share,
  test: share,
  'flight-by': z.enum(['folder', 'pattern', 'time-gap']),
  'flight-pattern': z.string().optional(),
  'flight-minutes': z.coerce.number().optional(),
  'time-blocks': booleanSetting,
  /** `s3://BUCKET/data/objects`. */
  objects: z.string().startsWith('s3://'),
});

type SplitSettings = z.infer<typeof splitSettings>;

/** An image as the plan and the summary need it, with its object. */
interface Planned extends SummarisedImage {
  readonly object: string;
}

/** Writes `split.jsonl`, the two ManifestFiles and `split.json`. */
export async function split({ paths, args, log, run }: TrackedContext): Promise<void> {
  const settings = parseArguments(splitSettings, args);
  const manifest = join(paths.processingInput('data'), 'manifest.jsonl');
  const output = paths.processingOutput('split');
  await mkdir(output, { recursive: true });
  try {
    const { classes, images } = await readImages(manifest, ruleOf(settings));
    const plan = planSplit(images, settings, settings['time-blocks']);
    await writeRecords(manifest, join(output, 'split.jsonl'), images, plan);
    for (const [name, parts] of Object.entries(MANIFESTS)) {
      const objects = images.filter((_, index) => parts.includes(plan.parts[index])).map(({ object }) => object);
      await writeFile(join(output, name), manifestFile(settings.objects, objects));
    }
    const summary = { settings, ...splitSummary(classes, images, plan) };
    await writeFile(join(output, 'split.json'), `${JSON.stringify(summary, null, 2)}\n`);
    for (const warning of plan.warnings) log('warning', { warning });
    log('split', { method: plan.method, images: images.length, ...summary.parts });
    run.params({ ...settings, classes: classes.join(', '), method: plan.method });
    run.artifact('split.json', JSON.stringify(summary, null, 2));
  } catch (error) {
    if (error instanceof SplitError || error instanceof ManifestError)
      throw new StepError(error.message, { cause: error });
    throw error;
  }
}

/** Which parts each of SageMaker's ManifestFiles covers. */
const MANIFESTS: Readonly<Record<string, readonly Part[]>> = {
  'training.manifest': ['train', 'validation'],
  'heldout.manifest': ['validation', 'test'],
};

function ruleOf(settings: SplitSettings): FlightRule {
  const rule = flightRule.safeParse({
    by: settings['flight-by'],
    ...(settings['flight-pattern'] === undefined ? {} : { pattern: settings['flight-pattern'] }),
    ...(settings['flight-minutes'] === undefined ? {} : { minutes: settings['flight-minutes'] }),
  });
  if (rule.success) return rule.data;
  throw new StepError(`The flight rule is not complete: ${z.prettifyError(rule.error)}`);
}

/** Reads all but the labels' text, of which only the boxes' number by class is kept. */
async function readImages(file: string, rule: FlightRule): Promise<{ classes: readonly string[]; images: Planned[] }> {
  const { header, records } = await openManifest(file, imageRecord);
  const { classes } = header;
  const seen: Omit<Planned, 'flight'>[] = [];
  for await (const { path, object, capturedAt, hash, labels } of records) {
    seen.push({ path, object, capturedAt, hash, boxes: boxesByClass(labels, classes) });
  }
  const flights = tellFlights(seen, rule);
  return { classes, images: seen.map((image, index) => ({ ...image, flight: flights[index] })) };
}

async function writeRecords(from: string, to: string, images: readonly Planned[], plan: SplitPlan): Promise<void> {
  const { header, records } = await openManifest(from, imageRecord);
  async function* lines(): AsyncGenerator<string> {
    yield `${JSON.stringify(header)}\n`;
    let index = 0;
    for await (const record of records) {
      yield `${JSON.stringify({ ...record, flight: images[index].flight, part: plan.parts[index] })}\n`;
      index += 1;
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(to));
}

if (require.main === module) void runStep('split', tracked('split', split));
