import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import exifr from 'exifr';
import { labelText, parseYoloLabels, pushVersion, scanFolder } from '../../src/dataset';
import { FLIGHTS, SAMPLE_CLASSES, writeSample } from '../../src/sample';
import { temporaryFolder } from '../dataset/folders';

describe('the sample as a folder', () => {
  test('is YOLO layout with a folder for each flight, and can be pushed without a warning', async () => {
    const dir = temporaryFolder();
    const told: number[] = [];
    const { images, flights, objects } = await writeSample(dir, (done) => told.push(done), 1);
    expect({ images, flights }).toEqual({ images: 12, flights: 12 });
    expect(told).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    expect(readdirSync(join(dir, 'images'))).toEqual(FLIGHTS.map(({ name }) => name));

    const folder = await scanFolder(dir);
    expect(folder.classes).toEqual(SAMPLE_CLASSES);
    const counts = SAMPLE_CLASSES.map(() => 0);
    for (const image of folder.images) {
      const { rows, faults } = parseYoloLabels(await labelText(folder, image), SAMPLE_CLASSES.length);
      expect(faults).toEqual([]);
      for (const { classIndex } of rows) counts[classIndex] += 1;
    }
    expect(Object.values(objects)).toEqual(counts);
    const options = {
      dir,
      classes: SAMPLE_CLASSES,
      allowOtherClasses: false,
      store: null,
      onProgress: () => undefined,
    };
    expect((await pushVersion(options)).warnings).toEqual([]);
  });

  test('carries what a drone’s camera writes: time, maker, height above the sea and above the ground', async () => {
    const dir = temporaryFolder();
    await writeSample(dir, undefined, 2);
    const [{ name, elevation, altitude }] = FLIGHTS;
    const file = join(dir, 'images', name, '0002.jpg');
    expect(existsSync(file)).toBe(true);
    expect(await exifr.parse(file, { xmp: true, reviveValues: false })).toMatchObject({
      Make: 'drone-mlops',
      Model: 'Synthetic scene',
      DateTimeOriginal: '2025:05:06 12:10:04',
      GPSAltitude: elevation + altitude,
      RelativeAltitude: altitude,
    });
  });
});
