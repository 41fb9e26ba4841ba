import sharp from 'sharp';
import { heightAboveGround } from '../../src/vision';
import { withXmp } from './xmp';

test.each([
  ["DJI's height above take-off", 'drone-dji:AbsoluteAltitude="+512.30" drone-dji:RelativeAltitude="+47.30"', 47.3],
  [
    'height above ground, where both stand',
    'Camera:AboveGroundAltitude="31.5" drone-dji:RelativeAltitude="+47.30"',
    31.5,
  ],
  ['nothing of height above the sea', 'drone-dji:AbsoluteAltitude="+512.30"', undefined],
])('it reads %s', async (_, tags, metres) => {
  expect(await heightAboveGround(await withXmp(tags))).toBe(metres);
});

test('an image without XMP, or of a format that carries none, has no height', async () => {
  const image = sharp({ create: { width: 16, height: 16, channels: 3, background: 'grey' } });

  expect(await heightAboveGround(await image.clone().jpeg().toBuffer())).toBeUndefined();
  expect(await heightAboveGround(await image.clone().webp().toBuffer())).toBeUndefined();
});
