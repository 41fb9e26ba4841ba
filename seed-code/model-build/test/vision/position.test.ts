import sharp from 'sharp';
import { framePosition } from '../../src/vision';
import { withXmp } from './xmp';

const withExif = (latitude: string, longitude: string): Promise<Buffer> =>
  sharp({ create: { width: 16, height: 16, channels: 3, background: 'grey' } })
    .withExif({
      IFD3: { GPSLatitudeRef: 'S', GPSLatitude: latitude, GPSLongitudeRef: 'E', GPSLongitude: longitude },
    })
    .jpeg()
    .toBuffer();

test('EXIF tells where a frame was taken, with its hemispheres', async () => {
  expect(await framePosition(await withExif('48/1 30/1 0/1', '9/1 15/1 0/1'))).toEqual({
    latitude: -48.5,
    longitude: 9.25,
  });
});

test.each([
  ['DJI writes it', 'drone-dji:GpsLatitude="+48.5" drone-dji:GpsLongitude="-9.25"'],
  ['older firmware misspells it', 'drone-dji:GpsLatitude="+48.5" drone-dji:GpsLongtitude="-9.25"'],
])('without EXIF, XMP tells it as %s', async (_, tags) => {
  expect(await framePosition(await withXmp(tags))).toEqual({ latitude: 48.5, longitude: -9.25 });
});

test('a receiver without a fix, a latitude alone and an impossible one tell nothing', async () => {
  expect(await framePosition(await withExif('0/1 0/1 0/1', '0/1 0/1 0/1'))).toBeUndefined();
  expect(await framePosition(await withXmp('drone-dji:GpsLatitude="+48.5"'))).toBeUndefined();
  expect(
    await framePosition(await withXmp('drone-dji:GpsLatitude="+148.5" drone-dji:GpsLongitude="-9.25"')),
  ).toBeUndefined();
});

test('a format that carries no position tells none', async () => {
  const image = sharp({ create: { width: 16, height: 16, channels: 3, background: 'grey' } });
  expect(await framePosition(await image.webp().toBuffer())).toBeUndefined();
});
