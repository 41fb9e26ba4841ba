// `predict`: a model's detections in images, as COCO results in one JSON file or as YOLO text in a folder.
import { statSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, extname, join } from 'node:path';
import { DEFAULT_MERGE, decodeImage, openDetector, type Detection, type DetectOptions, type Frame } from '../vision';
import { sidecarOf, TILING_FLAGS, tilingOf, trainedOptions } from './model-flags';
import { progress } from './progress';
import { numberFlag, parseCommandLine, printOutcome, UsageError, withUsage } from './usage';

const USAGE = `model-build predict MODEL.onnx IMAGES… [options]

  IMAGES are files, or folders of which every image is taken. What is known of the model is read from model.json beside it.

  --out OUT            RESULTS.json for COCO results, or a folder for YOLO text.
  --as-trained         Tiles of the model's own size, and its operating point where the evaluation has chosen one.
  --confidence C       Scores must be above it. Default: 0.25.
  --iou T              Default: 0.7.
  --max-detections N   Default: 300.
  --multi-label        A box may bear several classes.
  --tile S             Cut frames into tiles; with --overlap R (default 0.2) and --merge nms|nmm (default ${DEFAULT_MERGE.method}).
  --raw                Every candidate, without suppression.

  --dry-run            Read the model, find the images, and write nothing.
  --json               Print one JSON value on standard output.
  --help               Print this.`;

const IMAGE = /\.(jpe?g|png|tiff?|webp)$/i;

interface Prediction {
  readonly file: string;
  readonly frame: Pick<Frame, 'width' | 'height'>;
  readonly detections: readonly Detection[];
}

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, async () => {
    const parsed = parse(args);
    const { modelPath, out, dryRun, json } = parsed;
    const sidecar = await sidecarOf(modelPath);
    const options = { ...parsed.options, ...(parsed.asTrained ? trainedOptions(sidecar, modelPath) : {}) };
    const images = await filesOf(parsed.images);
    const detector = await openDetector({ modelPath, sidecar });
    try {
      const predictions: Prediction[] = [];
      const tell = progress('images looked at');
      let done = 0;
      const queue = images.entries();
      // One frame is decoded while another is looked at.
      const lanes = Array.from({ length: dryRun ? 0 : availableParallelism() }, async () => {
        for (const [index, file] of queue) {
          const frame = await decodeImage(file);
          const detections = await detector.detect(frame, options);
          predictions[index] = { file, frame: { width: frame.width, height: frame.height }, detections };
          done += 1;
          tell(done, images.length);
        }
      });
      await Promise.all(lanes);
      if (!dryRun) await write(predictions, out);
      const report = {
        images: images.length,
        detections: predictions.reduce((sum, { detections }) => sum + detections.length, 0),
        options,
        out: dryRun ? null : out,
      };
      const found = dryRun ? 'dry run: nothing was written' : `${report.detections} detections, in ${out}`;
      printOutcome(json, report, [`${report.images} images, ${found}.`]);
    } finally {
      await detector.close();
    }
    return 0;
  });
}

function parse(args: readonly string[]) {
  const { values, positionals } = parseCommandLine({
    args: [...args],
    allowPositionals: true,
    options: {
      confidence: { type: 'string', default: '0.25' },
      iou: { type: 'string', default: '0.7' },
      'max-detections': { type: 'string', default: '300' },
      'multi-label': { type: 'boolean', default: false },
      ...TILING_FLAGS,
      raw: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  const [modelPath, ...images] = positionals;
  const { out } = values;
  if (modelPath === undefined || images.length === 0)
    throw new UsageError('predict takes a model and at least one image.');
  if (out === undefined) throw new UsageError('--out is needed.');
  const options: DetectOptions = {
    confidence: numberFlag('confidence', values.confidence, 0, 1),
    iou: numberFlag('iou', values.iou, 0, 1),
    maxDetections: Math.trunc(numberFlag('max-detections', values['max-detections'], 1, 30_000)),
    multiLabel: values['multi-label'],
    raw: values.raw,
    ...tilingOf(values),
  };
  return {
    ...{ modelPath, images, options, out },
    asTrained: values['as-trained'],
    dryRun: values['dry-run'],
    json: values.json,
  };
}

/** Files as they are given, folders as the images in them. @throws UsageError for a folder without any, or two of one name */
async function filesOf(given: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of given) {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      files.push(path);
      continue;
    }
    const found = (await readdir(path, { recursive: true })).filter((name) => IMAGE.test(name)).sort();
    if (found.length === 0) throw new UsageError(`${path} holds no image.`);
    files.push(...found.map((name) => join(path, name)));
  }
  const seen = new Map<string, string>();
  for (const file of files) {
    const other = seen.get(stem(file));
    if (other !== undefined) {
      throw new UsageError(
        `The results of ${other} and ${file} would have the same name: predict them one after the other.`,
      );
    }
    seen.set(stem(file), file);
  }
  return files;
}

async function write(predictions: readonly Prediction[], out: string): Promise<void> {
  if (extname(out) === '.json') {
    await writeFile(out, `${JSON.stringify(predictions.flatMap(cocoResults))}\n`);
    return;
  }
  await mkdir(out, { recursive: true });
  for (const prediction of predictions) {
    await writeFile(join(out, `${stem(prediction.file)}.txt`), yoloText(prediction));
  }
}

/** COCO's result format. Images are named as Ultralytics does: by the file's stem, a number where it is one; classes from 0. */
function cocoResults({ file, detections }: Prediction) {
  const name = stem(file);
  const image = /^\d+$/.test(name) ? Number(name) : name;
  return detections.map(({ box: [left, top, right, bottom], score, classIndex }) => ({
    image_id: image,
    file_name: basename(file),
    category_id: classIndex,
    bbox: [left, top, right - left, bottom - top],
    score,
  }));
}

/** One `class cx cy w h score` line a detection, normalised to the frame. */
function yoloText({ frame: { width, height }, detections }: Prediction): string {
  return detections
    .map(({ box: [left, top, right, bottom], score, classIndex }) => {
      const centre = [(left + right) / 2 / width, (top + bottom) / 2 / height];
      const sides = [(right - left) / width, (bottom - top) / height];
      return `${classIndex} ${[...centre, ...sides, score].map((value) => value.toFixed(6)).join(' ')}\n`;
    })
    .join('');
}

function stem(file: string): string {
  return basename(file, extname(file));
}
