import sharp from 'sharp';
import { heightAboveGround } from '../../src/evaluation/altitude';

function withXmp(tags: string): Promise<Buffer> {
  const description =
    `<rdf:Description rdf:about="" xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/" ` +
    `xmlns:Camera="http://pix4d.com/camera/1.0/" ${tags}/>`;
  const xmp =
    `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">` +
    `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${description}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;
  return sharp({ create: { width: 16, height: 16, channels: 3, background: 'grey' } })
    .jpeg()
    .withXmp(xmp)
    .toBuffer();
}

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
