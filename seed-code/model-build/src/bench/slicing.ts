// Measures what tiles bring on small objects: the same model on the same frames, sliced and whole.
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, parse } from 'node:path';
import { parseYoloLabels, toTruths } from '../dataset';
import { CANDIDATES, MAX_DETECTIONS } from '../evaluation';
import { DetectionEvaluation } from '../metrics';
import { decodeImage, openDetector } from '../vision';
import type { Measurement } from './measurement';

/** Cars, trucks and buses count as one class: nadir views of them differ less than the two sets' names do. */
const VEHICLES = new Set(['car', 'truck', 'bus', 'minibus']);
const TILING = { size: 320, overlap: 0.2 } as const;

export const sliced: Measurement = {
  name: `AP50 on vehicles of aerial frames, in tiles of ${TILING.size} px`,
  limit: 'the same model on whole frames',
  must: { atLeast: 2 },
  async run({ labelled, model }) {
    if (labelled === null || model === null) return { skipped: 'needs a folder of labelled frames and a COCO model' };
    const detector = await openDetector({ modelPath: model });
    const [inTiles, whole] = [1, 2].map(
      () => new DetectionEvaluation({ classes: ['vehicle'], maxDetections: MAX_DETECTIONS }),
    );
    try {
      const names = (await readFile(join(labelled, 'classes.txt'), 'utf8')).trim().split('\n');
      for (const file of (await readdir(labelled)).filter((name) => extname(name) === '.png').sort()) {
        const frame = await decodeImage(join(labelled, file));
        const labels = await readFile(join(labelled, `${parse(file).name}.txt`), 'utf8');
        const truths = vehicles(toTruths(parseYoloLabels(labels, names.length).rows, frame), names);
        const { sliced: tiled, fullFrame } = await detector.detectEach(frame, { ...CANDIDATES, tiling: TILING });
        inTiles.add({ id: file, truths, detections: vehicles(tiled, detector.classes) });
        whole.add({ id: file, truths, detections: vehicles(fullFrame, detector.classes) });
      }
    } finally {
      await detector.close();
    }
    const [tiled, full] = [inTiles, whole].map((evaluation) => evaluation.result().coco.AP50);
    return { ratio: tiled / full, detail: `${tiled.toFixed(3)} against ${full.toFixed(3)}` };
  },
};

function vehicles<T extends { readonly classIndex: number }>(objects: readonly T[], names: readonly string[]): T[] {
  return objects
    .filter(({ classIndex }) => VEHICLES.has(names[classIndex]))
    .map((object) => ({ ...object, classIndex: 0 }));
}
