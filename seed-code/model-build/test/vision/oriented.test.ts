import sharp from 'sharp';
import { decodeImage } from '../../src/vision';
import { randomPixels } from './random';

// A frame of 33 megapixels is encoded, turned and compared.
jest.setTimeout(60_000);

/** What libvips makes of the same file. */
async function turned(file: Buffer) {
  const { data, info } = await sharp(file).autoOrient().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])('orientation %s turns a frame as libvips does', async (code) => {
  const file = await sharp(randomPixels(131, 70, code), { raw: { width: 131, height: 70, channels: 3 } })
    .withMetadata({ orientation: code })
    .png()
    .toBuffer();

  const { width, height, data } = await decodeImage(file);
  const expected = await turned(file);

  expect([width, height]).toEqual([expected.width, expected.height]);
  expect(Buffer.compare(Buffer.from(data), expected.data)).toBe(0);
});

test('a large frame that is turned over a temporary file is the same', async () => {
  const [width, height] = [6600, 5000];
  const file = await sharp(randomPixels(width, 1, 3), { raw: { width, height: 1, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'nearest' })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();

  const { data } = await decodeImage(file);

  expect(Buffer.compare(Buffer.from(data), (await turned(file)).data)).toBe(0);
});
