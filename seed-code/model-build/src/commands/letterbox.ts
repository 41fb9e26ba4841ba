// `letterbox`: what a model sees of an image, as a PNG; for looking, and for checking against Ultralytics byte by byte.
import sharp from 'sharp';
import { decodeImage, letterbox, letterboxedFrame } from '../vision';
import { numberFlag, parseCommandLine, UsageError, withUsage } from './usage';

const USAGE = `model-build letterbox IMAGE --size S --out OUT.png [options]

  --size S             Side of the model's square input, in pixels.
  --out OUT.png        Where the picture goes.
  --variant predict    As Ultralytics predicts and exports (the default), or val: as it validates, a pixel apart at some sizes.
  --help               Print this.`;

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, async () => {
    const { values, positionals } = parseCommandLine({
      args: [...args],
      allowPositionals: true,
      options: { size: { type: 'string' }, variant: { type: 'string', default: 'predict' }, out: { type: 'string' } },
    });
    const [image, ...others] = positionals;
    const { size, variant, out } = values;
    if (image === undefined || others.length > 0) throw new UsageError('letterbox takes one image.');
    if (size === undefined || out === undefined) throw new UsageError('--size and --out are needed.');
    if (variant !== 'predict' && variant !== 'val') throw new UsageError('--variant is predict or val.');
    const side = Math.trunc(numberFlag('size', size, 1, 16384));

    const { data, width, height } = letterboxedFrame(letterbox(await decodeImage(image), side, variant));
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(out);
    return 0;
  });
}
