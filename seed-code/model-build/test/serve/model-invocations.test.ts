import sharp from 'sharp';
import { DEFAULT_BOUNDS } from '../../src/serve';
import { ModelInvocations, type FetchObject } from '../../src/serve/model-invocations';
import type { Detection, Detector } from '../../src/vision';
import { redBoxSidecar } from '../vision/red-box-model';

const sidecar = redBoxSidecar(64);

const LIMITS = { concurrent: 2, maxObjectBytes: 100_000, maxPixels: 1e6 };

/** Invocations of a model whose every detection waits until it is let go. */
function held(fetchObject: FetchObject) {
  const waiting: ((detections: Detection[]) => void)[] = [];
  const detector: Detector = {
    classes: ['box'],
    imageSize: 64,
    failed: new Promise(() => undefined),
    detect: () => new Promise((resolve) => waiting.push(resolve)),
    detectEach: () => Promise.reject(new Error('not asked for')),
    close: () => Promise.resolve(),
  };
  const model = { detector, sidecar, version: 'v' };
  return { waiting, invocations: new ModelInvocations(model, LIMITS, DEFAULT_BOUNDS, fetchObject) };
}

function picture(): Promise<Buffer> {
  return sharp({ create: { width: 40, height: 30, channels: 3, background: '#808080' } })
    .png()
    .toBuffer();
}

const json = (body: object) => ({
  body: Buffer.from(JSON.stringify(body)),
  contentType: 'application/json',
  accept: undefined,
  attributes: undefined,
});

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
};

test('an object of S3 is fetched within its bound, and answered for', async () => {
  const asked: unknown[] = [];
  const { invocations, waiting } = held((...object) => {
    asked.push(object);
    return picture();
  });
  const answer = invocations.answer(json({ s3Uri: 's3://frames/a/b.png' }));
  await until(() => waiting.length === 1);
  waiting[0]([{ box: [1, 2, 3, 4], score: 0.5, classIndex: 0 }]);

  expect(JSON.parse(Buffer.from((await answer).text).toString())).toMatchObject({
    width: 40,
    height: 30,
    detections: [{ box: [1, 2, 3, 4], class: 'box' }],
  });
  expect(asked).toEqual([['frames', 'a/b.png', 100_000]]);
});

test('no more images than may be are worked on at once, and each is answered in its place', async () => {
  const { invocations, waiting } = held(() => Promise.reject(new Error('not asked for')));
  const image = (await picture()).toString('base64');
  const lines = Array.from({ length: 5 }, () => JSON.stringify({ image })).join('\n');
  const answer = invocations.answer({ ...json({}), body: Buffer.from(lines), contentType: 'application/jsonlines' });

  for (let answered = 0; answered < 5; answered += 1) {
    await until(() => waiting.length === Math.min(2, 5 - answered));
    // What comes beyond two would have come by now.
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(waiting.length).toBeLessThanOrEqual(2);
    waiting.shift()?.([{ box: [0, 0, 1, 1], score: answered / 10, classIndex: 0 }]);
  }

  const { text, images } = await answer;
  const scores = Buffer.from(text)
    .toString()
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { detections: { score: number }[] }).detections[0].score);
  expect([images, scores.sort()]).toEqual([5, [0, 0.1, 0.2, 0.3, 0.4]]);
});
