// `predict`: a model's detections in images, as COCO results in one JSON file or as YOLO text in a folder.
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { parseSidecar } from '../model';
import { DEFAULT_MERGE, decodeImage, openDetector, type Detection, type DetectOptions, type Frame } from '../vision';
import { numberFlag, parseCommandLine, UsageError, withUsage } from './usage';

const USAGE =
  'model-build predict MODEL.onnx IMAGES… [--confidence C] [--iou T] [--max-detections N] [--multi-label] ' +
  '[--tile S --overlap R --merge nms|nmm] [--raw] --out RESULTS.json | FOLDER';

interface Prediction {
  readonly file: string;
  readonly frame: Pick<Frame, 'width' | 'height'>;
  readonly detections: readonly Detection[];
}

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, async () => {
    const { modelPath, images, options, out } = parse(args);
    const beside = join(dirname(modelPath), 'model.json');
    const sidecar = existsSync(beside) ? parseSidecar(await readFile(beside, 'utf8'), beside) : undefined;
    const detector = await openDetector({ modelPath, sidecar });
    try {
      const predictions: Prediction[] = [];
      const queue = images.entries();
      // One frame is decoded while another is looked at.
      const lanes = Array.from({ length: availableParallelism() }, async () => {
        for (const [index, file] of queue) {
          const frame = await decodeImage(file);
          const detections = await detector.detect(frame, options);
          predictions[index] = { file, frame: { width: frame.width, height: frame.height }, detections };
        }
      });
      await Promise.all(lanes);
      await write(predictions, out);
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
      tile: { type: 'string' },
      overlap: { type: 'string', default: '0.2' },
      merge: { type: 'string', default: DEFAULT_MERGE.method },
      raw: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  const [modelPath, ...images] = positionals;
  const { merge, out, tile } = values;
  if (modelPath === undefined || images.length === 0)
    throw new UsageError('predict takes a model and at least one image.');
  if (out === undefined) throw new UsageError('--out is needed.');
  if (merge !== 'nms' && merge !== 'nmm') throw new UsageError('--merge is nms or nmm.');
  const options: DetectOptions = {
    confidence: numberFlag('confidence', values.confidence, 0, 1),
    iou: numberFlag('iou', values.iou, 0, 1),
    maxDetections: Math.trunc(numberFlag('max-detections', values['max-detections'], 1, 30_000)),
    multiLabel: values['multi-label'],
    raw: values.raw,
    merge: { ...DEFAULT_MERGE, method: merge },
    tiling:
      tile === undefined
        ? null
        : {
            size: Math.trunc(numberFlag('tile', tile, 32, 16384)),
            overlap: numberFlag('overlap', values.overlap, 0, 0.99),
          },
  };
  return { modelPath, images, options, out };
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
