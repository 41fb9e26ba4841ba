import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { decodeImage, ImageError } from '../../src/vision';
import { randomPixels } from './random';

const raw = (data: Uint8Array | Uint16Array, width: number, height: number, channels: 1 | 2 | 3 | 4) =>
  sharp(data, { raw: { width, height, channels } });

test('EXIF orientation is applied', async () => {
  // Left to right: red, green. Orientation 6 turns the frame by 90° clockwise.
  const png = await raw(Uint8Array.of(255, 0, 0, 0, 255, 0), 2, 1, 3)
    .withMetadata({ orientation: 6 })
    .png()
    .toBuffer();
  expect(await decodeImage(png)).toEqual({ width: 1, height: 2, data: Buffer.of(255, 0, 0, 0, 255, 0) });
});

test('alpha is dropped, not blended', async () => {
  const png = await raw(Uint8Array.of(10, 20, 30, 0, 40, 50, 60, 128), 2, 1, 4)
    .png()
    .toBuffer();
  expect([...(await decodeImage(png)).data]).toEqual([10, 20, 30, 40, 50, 60]);
});

test('grey becomes three equal channels', async () => {
  const png = await raw(Uint8Array.of(7, 200), 2, 1, 1).toColourspace('b-w').png().toBuffer();
  expect([...(await decodeImage(png)).data]).toEqual([7, 7, 7, 200, 200, 200]);
});

test('of 16 bits the upper 8 stay', async () => {
  const deep = Uint16Array.of(0x01ff, 0x8000, 0xffff);
  const png = await raw(deep, 1, 1, 3).toColourspace('rgb16').png().toBuffer();
  expect([...(await decodeImage(png)).data]).toEqual([0x01, 0x80, 0xff]);
});

test('a colour profile changes nothing', async () => {
  const plain = raw(randomPixels(9, 9, 2), 9, 9, 3);
  const tagged = await plain.clone().withIccProfile('p3').png().toBuffer();
  const { data } = await sharp(tagged, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true });
  expect((await decodeImage(tagged)).data).toEqual(data);
  expect((await sharp(tagged).metadata()).icc).toBeDefined();
});

test.each(['jpeg', 'png', 'tiff', 'webp'] as const)(
  'a %s that is cut short is an error that names the file',
  async (format) => {
    const whole = await raw(randomPixels(128, 128, 4), 128, 128, 3)
      .toFormat(format)
      .toBuffer();
    const file = join(mkdtempSync(join(tmpdir(), 'image-')), `cut.${format}`);
    writeFileSync(file, whole.subarray(0, whole.length * 0.6));
    await expect(decodeImage(file)).rejects.toThrow(ImageError);
    await expect(decodeImage(file)).rejects.toThrow(file);
  },
);

test.each<[string, Buffer]>([
  ['text', Buffer.from('no image')],
  ['nothing', Buffer.alloc(0)],
  ['a drawing', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
])('%s is refused by name', async (_, bytes) => {
  await expect(decodeImage(bytes, 'frame-7.jpg')).rejects.toThrow(/^frame-7\.jpg cannot be decoded: .+\.$/);
});

test('an image of more pixels than allowed is refused before it is decoded', async () => {
  const bomb = await sharp({ create: { width: 4000, height: 4000, channels: 3, background: '#000' } })
    .png()
    .toBuffer();
  await expect(decodeImage(bomb, 'bomb.png', { maxPixels: 1e6 })).rejects.toThrow('bomb.png');
});

test('a WebP that its library would hold in more memory than there may be is refused, and what to do is said', async () => {
  const webp = await sharp({ create: { width: 7400, height: 7400, channels: 3, background: '#888' } })
    .webp({ effort: 0 })
    .toBuffer();
  await expect(decodeImage(webp, 'flight/7.webp')).rejects.toThrow(
    /^flight\/7\.webp cannot be decoded: its 55 megapixels .+: convert it to baseline JPEG, PNG or TIFF\.$/,
  );
});
