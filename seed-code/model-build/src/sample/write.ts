// The sample as a folder in YOLO layout: JPEG frames with EXIF and XMP as a drone writes them, labels, and a dataset yaml.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Exif } from 'sharp';
import { formatYoloLabels } from '../dataset';
import type { Frame } from '../vision';
import { FLIGHTS, type Flight } from './flights';
import { drawScene, SAMPLE_CLASSES } from './scene';

/** Frames of each flight unless asked otherwise: enough for the baseline to learn from, few enough for a laptop. */
export const FRAMES_PER_FLIGHT = 8;
const SEED = 1;
/** As drones' cameras compress. */
const JPEG_QUALITY = 92;
/** Seconds between two frames. */
const INTERVAL = 4;

export interface SampleSummary {
  readonly flights: number;
  readonly images: number;
  /** Objects by class name. */
  readonly objects: Readonly<Record<string, number>>;
}

/**
 * Writes `images/<flight>/<number>.jpg`, `labels/<flight>/<number>.txt` and `data.yaml` below `dir`, which is made if need be.
 * @param onFrame told after each frame how many of all are written
 */
export async function writeSample(
  dir: string,
  onFrame: (done: number, total: number) => void = () => undefined,
  framesPerFlight: number = FRAMES_PER_FLIGHT,
): Promise<SampleSummary> {
  const counts = SAMPLE_CLASSES.map(() => 0);
  const total = FLIGHTS.length * framesPerFlight;
  let done = 0;
  for (const [flightIndex, flight] of FLIGHTS.entries()) {
    for (const kind of ['images', 'labels']) await mkdir(join(dir, kind, flight.name), { recursive: true });
    for (let index = 0; index < framesPerFlight; index += 1) {
      const { frame, truths } = drawScene(flight, flightIndex, index, SEED);
      const name = String(index + 1).padStart(4, '0');
      await writeFile(join(dir, 'images', flight.name, `${name}.jpg`), await encode(frame, flight, index));
      await writeFile(join(dir, 'labels', flight.name, `${name}.txt`), formatYoloLabels(truths, frame));
      for (const { classIndex } of truths) counts[classIndex] += 1;
      done += 1;
      onFrame(done, total);
    }
  }
  const names = SAMPLE_CLASSES.map((name, index) => `  ${index}: ${name}\n`).join('');
  await writeFile(
    join(dir, 'data.yaml'),
    `# Synthetic aerial scenes; the pipeline splits them by flight.\npath: .\ntrain: images\nval: images\nnames:\n${names}`,
  );
  const objects = Object.fromEntries(SAMPLE_CLASSES.map((name, index) => [name, counts[index]]));
  return { flights: FLIGHTS.length, images: total, objects };
}

async function encode({ data, width, height }: Frame, flight: Flight, index: number): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: JPEG_QUALITY })
    .withExif(exif(flight, index))
    .withXmp(xmp(flight))
    .toBuffer();
}

function exif({ beganAt, altitude, elevation }: Flight, index: number): Exif {
  const captured = new Date(Date.parse(`${beganAt}Z`) + index * INTERVAL * 1000).toISOString();
  const time = captured.slice(0, 19).replaceAll('-', ':').replace('T', ' ');
  return {
    IFD0: { Make: 'drone-mlops', Model: 'Synthetic scene', DateTime: time },
    IFD2: { DateTimeOriginal: time },
    IFD3: { GPSAltitudeRef: '0', GPSAltitude: `${(elevation + altitude) * 10}/10` },
  };
}

/** Height above the take-off point stands in XMP only; this is the namespace in which most readers look for it. */
function xmp({ altitude }: Flight): string {
  return [
    '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    '<rdf:Description rdf:about="" xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/"',
    ` drone-dji:RelativeAltitude="+${altitude.toFixed(2)}" drone-dji:GimbalPitchDegree="-90.00"/>`,
    '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>',
  ].join('');
}
