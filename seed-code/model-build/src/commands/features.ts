// `features`: the profiler's statistics of single images, for scripts and for checking them against OpenCV and NumPy.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { features, type ImageFeatures } from '../profile';
import { decodeImage, type Frame } from '../vision';
import { parseCommandLine, printOutcome, UsageError, withUsage } from './usage';

const USAGE = `model-build features IMAGES… [options]

  Size, brightness, contrast, percentiles of grey, entropy, sharpness and colourfulness of each file, as the profiler takes them,
  and the SHA-256 of its pixels as they are decoded.

  --json   Print one JSON value on standard output.
  --help   Print this.`;

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, async () => {
    const { values, positionals: files } = parseCommandLine({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false } },
    });
    if (files.length === 0) throw new UsageError('features takes images.');
    const images: Row[] = [];
    for (const file of files) {
      const bytes = await readFile(file);
      const frame = await decodeImage(bytes, file);
      images.push(rowOf(file, bytes.length, frame, features(frame)));
    }
    printOutcome(values.json, { images }, images.flatMap(table));
    return 0;
  });
}

type Row = ReturnType<typeof rowOf>;

/** In the spelling of the Python scripts that such numbers are checked with. */
function rowOf(file: string, bytes: number, { width, height, data }: Frame, of: ImageFeatures) {
  return {
    file,
    width,
    height,
    bytes,
    sha256_rgb: createHash('sha256').update(data).digest('hex'),
    mean_rgb: of.meanRgb,
    gray_mean: of.brightness,
    gray_std: of.contrast,
    gray_p: of.greyPercentiles,
    entropy_bits: of.entropy,
    laplacian_var: of.laplacianVariance,
    sharpness: of.sharpness,
    colorfulness: of.colourfulness,
    clip_low: of.clippedLow,
    clip_high: of.clippedHigh,
  };
}

function table({ file, ...numbers }: Row): string[] {
  const text = (value: unknown): string =>
    Array.isArray(value)
      ? value.map(text).join(' ')
      : typeof value === 'number'
        ? `${Number(value.toFixed(4))}`
        : String(value);
  return [file, ...Object.entries(numbers).map(([name, value]) => `  ${name.padEnd(14)}${text(value)}`)];
}
