// The vision room against OpenCV, SAHI and torchvision on random cases.
// DRONE_MLOPS_VISION_PYTHON names a Python that has them (test/witness/vision.py says what it needs); skipped without.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import {
  decodeImage,
  letterbox,
  letterboxedFrame,
  mergeDetections,
  nonMaximumSuppression,
  tileGrid,
  type Detection,
  type LetterboxVariant,
} from '../../src/vision';
import { randomNumbers, randomPixels } from './random';

const python = process.env.DRONE_MLOPS_VISION_PYTHON;

/** Asks the witness; undefined where its Python lacks the library. */
function ask<T>(question: string, cases: readonly unknown[]): T[] {
  const script = join(__dirname, '..', 'witness', 'vision.py');
  const { status, stdout, stderr } = spawnSync(python ?? '', [script, question], {
    input: JSON.stringify(cases),
    maxBuffer: 2 ** 28,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as T[];
}

const has = (library: string): boolean =>
  python !== undefined && spawnSync(python, ['-c', `import ${library}`]).status === 0;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

(has('cv2') ? describe : describe.skip)('OpenCV', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vision-witness-'));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('letterboxes any frame to the same bytes', () => {
    const random = randomNumbers(1);
    const cases = Array.from({ length: 60 }, (_, index) => {
      const size = random.integer(1, index % 3 === 2 ? 8 : 30) * 32;
      // Odd factors hit pixels in their centres, which has a path of its own.
      const factor = [1, 3, 5][random.integer(0, 2)];
      const width = index % 3 === 2 ? size * factor : random.integer(2, index % 3 === 0 ? 2000 : 400);
      const height =
        index % 3 === 2 ? random.integer(2, size) * factor : random.integer(2, index % 3 === 1 ? 1500 : 400);
      const frame = { width, height, data: randomPixels(width, height, index) };
      const file = join(folder, `${index}.raw`);
      writeFileSync(file, frame.data);
      const variant = (['predict', 'val', 'yolox'] as const)[random.integer(0, 2)] satisfies LetterboxVariant;
      return { frame, file, width, height, variant, size };
    }).filter(({ width, height, size }) => Math.min(width, height) * size > 2 * Math.max(width, height));

    const ours = cases.map(({ frame, size, variant }) =>
      sha256(letterboxedFrame(letterbox(frame, size, variant), variant === 'yolox' ? 'bgr-byte' : 'rgb-unit').data),
    );

    expect(ours).toEqual(
      ask(
        'letterbox',
        cases.map(({ file, width, height, size, variant }) => ({ file, width, height, size, variant })),
      ),
    );
  });

  test('decodes every kind of file that it reads to the same bytes', async () => {
    const source = () => sharp(randomPixels(97, 61, 7), { raw: { width: 97, height: 61, channels: 3 } }).blur(1.5);
    const written = {
      'plain.jpg': source().jpeg(),
      'full-chroma.jpg': source().jpeg({ chromaSubsampling: '4:4:4' }),
      'progressive.jpg': source().jpeg({ progressive: true }),
      'grey.jpg': source().greyscale().jpeg(),
      'cmyk.jpg': source().toColourspace('cmyk').jpeg(),
      'cmyk.tiff': source().toColourspace('cmyk').tiff(),
      'profile.jpg': source().withIccProfile('p3').jpeg(),
      'plain.png': source().png(),
      'grey.png': source().toColourspace('b-w').png(),
      'palette.png': source().png({ palette: true, colours: 30 }),
      'alpha.png': source().ensureAlpha(0.3).png(),
      'palette-alpha.png': source().ensureAlpha(0.3).png({ palette: true }),
      'plain.tiff': source().tiff(),
      'lzw.tiff': source().tiff({ compression: 'lzw', predictor: 'horizontal' }),
      'jpeg.tiff': source().tiff({ compression: 'jpeg' }),
      'alpha.tiff': source().ensureAlpha(0.3).tiff(),
      'lossy.webp': source().webp(),
      'alpha.webp': source().ensureAlpha(0.3).webp({ lossless: true }),
      ...Object.fromEntries(
        Array.from({ length: 8 }, (_, i) => [
          `orientation-${i + 1}.jpg`,
          source()
            .withMetadata({ orientation: i + 1 })
            .jpeg(),
        ]),
      ),
    };
    for (const [name, image] of Object.entries(written)) await image.toFile(join(folder, name));
    const [deep = []] = ask<string[]>('deep', [{ folder, width: 41, height: 29, seed: 3 }]);
    const files = [...Object.keys(written).map((name) => join(folder, name)), ...deep];

    const ours = await Promise.all(
      files.map(async (file) => {
        const { width, height, data } = await decodeImage(file);
        return [file, { width, height, sha256: sha256(data) }];
      }),
    );

    expect(ours).toEqual(ask('decode', files).map((answer, index) => [files[index], answer]));
  });
});

(has('sahi') ? describe : describe.skip)('SAHI', () => {
  test('cuts the same tiles', () => {
    const random = randomNumbers(2);
    const cases = Array.from({ length: 200 }, () => ({
      width: random.integer(1, 3000),
      height: random.integer(1, 3000),
      size: random.integer(64, 1280),
      overlap: random.integer(0, 9) / 10,
    }));
    const ours = cases.map(({ width, height, size, overlap }) =>
      tileGrid(width, height, size, overlap).map(({ x, y, width: w, height: h }) => [x, y, x + w, y + h]),
    );
    expect(ours).toEqual(ask('tiles', cases));
  });

  test.each(['nms', 'nmm'] as const)('merges by %s to the same detections', (method) => {
    const random = randomNumbers(3);
    const cases = Array.from({ length: 120 }, (_, index) => ({
      method,
      metric: index % 2 === 0 ? ('ios' as const) : ('iou' as const),
      threshold: [0.3, 0.5, 0.7][index % 3],
      detections: Array.from({ length: random.integer(0, 90) }, (): Detection => {
        // Whole numbers, so that ties and overlaps at the threshold do occur.
        const [left, top] = [random.integer(0, 60), random.integer(0, 60)];
        return {
          box: [left, top, left + random.integer(1, 24), top + random.integer(1, 24)],
          score: Math.fround(random.integer(1, 20) / 20),
          classIndex: random.integer(0, 2),
        };
      }),
    }));
    const sorted = (detections: readonly Detection[]): string[] => detections.map((one) => JSON.stringify(one)).sort();

    const ours = cases.map(({ detections, ...options }) => sorted(mergeDetections(detections, options)));

    expect(ours).toEqual(ask<Detection[]>('merge', cases).map(sorted));
  });
});

(has('torchvision') ? describe : describe.skip)('torchvision', () => {
  test('keeps the same candidates', () => {
    const random = randomNumbers(4);
    const cases = Array.from({ length: 100 }, (_, index) => {
      const count = random.integer(0, 400);
      const whole = index % 2 === 0;
      const boxes = Array.from({ length: count }, () => {
        const [left, top] = [random.integer(0, 90), random.integer(0, 90)];
        const jitter = whole ? 0 : random.next();
        return [left + jitter, top, left + jitter + random.integer(1, 40), top + random.integer(1, 40)];
      }).flat();
      return {
        boxes,
        scores: Array.from({ length: count }, () => (whole ? random.integer(1, 30) / 30 : random.next())),
        classes: Array.from({ length: count }, () => random.integer(0, 79)),
        iou: [0.25, 0.45, 0.5, 0.7][index % 4],
        maxDetections: index % 5 === 0 ? 20 : 300,
        agnostic: index % 3 === 0,
      };
    });

    const ours = cases.map(({ boxes, scores, classes, ...options }) =>
      Array.from(
        nonMaximumSuppression(
          { boxes: Float32Array.from(boxes), scores: Float32Array.from(scores), classes: Int32Array.from(classes) },
          options,
        ),
      ),
    );

    expect(ours).toEqual(ask('nms', cases));
  });
});
