import { createHash } from 'node:crypto';
import { formatYoloLabels } from '../../src/dataset';
import { DetectionEvaluation } from '../../src/metrics';
import { drawScene, FLIGHTS, FRAMES_PER_FLIGHT, SAMPLE_CLASSES } from '../../src/sample';
import { colourDistance, detectByColour } from './colour-detector';

const SEED = 1;

// Never adjust this to please a detector: it is here so that the scenes stay what they were when they were made.
const FIXED = 'b0f983439efe42976c011d56e51e84acb4467abb3de18bced80bf640c8f6e07a';

function allScenes() {
  return FLIGHTS.flatMap((flight, flightIndex) =>
    Array.from({ length: FRAMES_PER_FLIGHT }, (_, index) => drawScene(flight, flightIndex, index, SEED)),
  );
}

describe('the synthetic scenes', () => {
  // Draws every frame once: about three seconds.
  const scenes = allScenes();

  test('are fixed by a hash over pixels and labels, so nobody tunes them to the detector', () => {
    const hash = createHash('sha256');
    for (const { frame, truths } of scenes) hash.update(frame.data).update(formatYoloLabels(truths, frame));
    expect(hash.digest('hex')).toBe(FIXED);
  });

  test('are frames of several sizes, none square, from at least six flights', () => {
    expect(new Set(scenes.map(({ frame }) => frame.width)).size).toBeGreaterThan(1);
    for (const { frame } of scenes) expect(frame.width / frame.height).toBeGreaterThan(1.5);
    expect(new Set(FLIGHTS.map(({ name }) => name)).size).toBeGreaterThanOrEqual(6);
    expect(new Set(FLIGHTS.map(({ light }) => light)).size).toBeGreaterThan(2);
    expect(new Set(FLIGHTS.map(({ altitude }) => altitude)).size).toBeGreaterThan(6);
  });

  test('hold objects of every class in every frame, each of 8 to 60 pixels and inside its frame', () => {
    for (const { frame, truths } of scenes) {
      expect(new Set(truths.map(({ classIndex }) => classIndex)).size).toBe(SAMPLE_CLASSES.length);
      for (const { box } of truths) {
        const [left, top, right, bottom] = box;
        for (const side of [right - left, bottom - top]) {
          expect(side).toBeGreaterThanOrEqual(8);
          expect(side).toBeLessThanOrEqual(60);
        }
        expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
        expect(right).toBeLessThanOrEqual(frame.width);
        expect(bottom).toBeLessThanOrEqual(frame.height);
      }
    }
  });

  // Six frames, two backgrounds, three thresholds: some seconds.
  test.each([Infinity, 60])('are not solved by colour, with a background of %d pixels around', (window) => {
    const looked = scenes.filter((_, index) => index % (2 * FRAMES_PER_FLIGHT) === 0);
    const distances = looked.map(({ frame }) => colourDistance(frame, window));
    const reached = [60, 90, 130].map((threshold) => {
      const evaluation = new DetectionEvaluation({ classes: SAMPLE_CLASSES });
      looked.forEach(({ frame, truths }, id) => {
        evaluation.add({ id, truths, detections: detectByColour(frame, distances[id], threshold) });
      });
      return evaluation.result().coco.AP50;
    });
    // It does find some: the comparison is honest.
    expect(Math.max(...reached)).toBeGreaterThan(0.02);
    expect(Math.max(...reached)).toBeLessThan(0.3);
  });
});
