// Real models on real frames: DRONE_MLOPS_MODELS holds yolo11n-640.onnx and yolox_nano_416.onnx, DRONE_MLOPS_KIT_AIS the KIT AIS frames.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeImage, letterbox, letterboxedFrame, openDetector, type Box } from '../../src/vision';

const models = process.env.DRONE_MLOPS_MODELS;
const frames = process.env.DRONE_MLOPS_KIT_AIS;
const IMAGE = 'MOS75';
/** COCO's car. */
const CAR = 2;

/** KIT AIS's labels of one frame, all of vehicles. */
function truths(folder: string, name: string, width: number, height: number): Box[] {
  const lines = readFileSync(join(folder, `${name}.txt`), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => {
    const [, x, y, w, h] = line.split(' ').map(Number);
    return [(x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height];
  });
}

function iou(a: Box, b: Box): number {
  const width = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0]));
  const height = Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  const area = ([left, top, right, bottom]: Box): number => (right - left) * (bottom - top);
  return (width * height) / (area(a) + area(b) - width * height);
}

(models !== undefined && frames !== undefined ? describe : describe.skip)('real models', () => {
  test.each(['yolo11n-640.onnx', 'yolox_nano_416.onnx'])(
    '%s finds more vehicles in tiles than in the whole frame',
    async (model) => {
      const frame = await decodeImage(join(frames ?? '', `${IMAGE}.png`));
      const labelled = truths(frames ?? '', IMAGE, frame.width, frame.height);
      const detector = await openDetector({ modelPath: join(models ?? '', model) });
      const { sliced, fullFrame } = await detector.detectEach(frame, {
        confidence: 0.25,
        tiling: { size: 320, overlap: 0.2 },
      });
      await detector.close();

      const found = (detections: typeof sliced): number =>
        labelled.filter((truth) =>
          detections.some(({ box, classIndex }) => classIndex === CAR && iou(box, truth) > 0.4),
        ).length;
      expect(detector.classes).toHaveLength(80);
      expect(found(sliced)).toBeGreaterThan(found(fullFrame));
    },
    30_000,
  );

  test('a real frame is letterboxed to the bytes that OpenCV gives', async () => {
    const frame = await decodeImage(join(frames ?? '', 'MOS155.png'));
    const { data } = letterboxedFrame(letterbox(frame, 640));
    expect(createHash('sha256').update(data).digest('hex')).toBe(
      '2505bcf909ff6f2f37aa62e54fed3683dc42d23828916600860d78af31661359',
    );
  });
});
