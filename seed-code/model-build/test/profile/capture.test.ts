import sharp from 'sharp';
import { captureOf } from '../../src/profile/capture';

const SIZE = { width: 40, height: 30 };

async function shot(xmp: string, focalLength: string): Promise<Buffer> {
  const packet = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/" ${xmp}/></rdf:RDF></x:xmpmeta>`;
  return sharp({ create: { ...SIZE, channels: 3, background: 'grey' } })
    .jpeg()
    .withExif({ IFD2: { FocalLengthIn35mmFilm: focalLength, DateTimeOriginal: '2024:05:06 07:08:09' } })
    .withXmp(packet)
    .toBuffer();
}

describe('how an image was taken', () => {
  test('gives the ground that a pixel and the frame cover, from height and equivalent focal length', async () => {
    const image = await shot('drone-dji:RelativeAltitude="+100.00" drone-dji:GimbalPitchDegree="-90.00"', '24');
    const { groundSampleDistance, footprint, ...rest } = await captureOf(image, SIZE);
    expect(rest).toEqual({ capturedAt: '2024-05-06T07:08:09', height: 100 });
    // The diagonal is 50 pixels; √(24² + 36²) mm at 24 mm see 100 m · 43.267 / 24 of ground.
    expect(groundSampleDistance).toBeCloseTo(180.278 / 50, 4);
    expect(footprint).toEqual([expect.closeTo(144.222, 2), expect.closeTo(108.167, 2)]);
  });

  test('tells of no ground where the camera does not look straight down, or the focal length is not known', async () => {
    const oblique = await shot('drone-dji:RelativeAltitude="+100.00" drone-dji:GimbalPitchDegree="-45.00"', '24');
    const unknown = await shot('drone-dji:RelativeAltitude="+100.00" drone-dji:GimbalPitchDegree="-90.00"', '0');
    for (const image of [oblique, unknown]) {
      expect(await captureOf(image, SIZE)).toMatchObject({ height: 100, groundSampleDistance: null, footprint: null });
    }
  });

  test('is nothing where the file says nothing', async () => {
    const plain = await sharp({ create: { ...SIZE, channels: 3, background: 'grey' } })
      .webp()
      .toBuffer();
    expect(await captureOf(plain, SIZE)).toEqual({
      capturedAt: null,
      height: null,
      groundSampleDistance: null,
      footprint: null,
    });
  });
});
