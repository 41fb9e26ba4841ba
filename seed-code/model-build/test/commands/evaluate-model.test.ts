import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { run } from '../../src/commands/evaluate-model';
import type { EvaluationResult } from '../../src/metrics';
import { commandRun } from '../account';
import { temporaryFolder } from '../dataset/folders';
import { redBoxFrame, redBoxSidecar, writeRedBoxModel } from '../vision/red-box-model';

const command = commandRun();
const { printed } = command;
const model = writeRedBoxModel({ size: 100 });

async function picture(box: readonly [number, number, number, number]): Promise<Buffer> {
  const { data, width, height } = redBoxFrame(100, 100, box);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/** Two flights; a perfect detector finds both boxes, but the second stands elsewhere in the labels. */
async function labelled(classes: string, change: Readonly<Record<string, string | Buffer>> = {}): Promise<string> {
  return temporaryFolder({
    'classes.txt': classes,
    'images/north/a.png': await picture([10, 20, 50, 60]),
    'labels/north/a.txt': '0 0.3 0.4 0.4 0.4\n',
    'images/south/b.png': await picture([50, 50, 90, 90]),
    'labels/south/b.txt': '0 0.2 0.2 0.4 0.4\n',
    ...change,
  });
}

test('what a perfect detector finds counts by flight, and an image that training would drop is left out and named', async () => {
  const dir = await labelled('box\n', {
    'images/north/c.png': await picture([0, 0, 50, 50]),
    'labels/north/c.txt': '0 10 20 30 40\n',
  });
  const out = join(command.folder, 'out');

  expect(await run([model, dir, '--json', '--out', out])).toBe(0);

  const report = JSON.parse(readFileSync(join(out, 'evaluation.json'), 'utf8')) as EvaluationResult;
  expect(JSON.parse(printed.out)).toEqual(report);
  expect(report).toMatchObject({
    images: 2,
    truths: 2,
    byFlight: { north: { images: 1, AP50: expect.closeTo(1) as number }, south: { images: 1, AP50: 0 } },
    dropped: [{ path: 'images/north/c.png', reason: 'labels' }],
  });
  expect(printed.err).toContain('Left out: images/north/c.png: label row 1 has a value below 0 or above 1');
});

test('as it was trained, a model looks at frames as it does where it is served, whatever its confidence there', async () => {
  const trained = writeRedBoxModel({ size: 100 });
  const served = { confidence: 0.9, iou: 0.6, merge: 'nmm', wholeFrame: false, chosenOn: 'validation' } as const;
  const sidecar = redBoxSidecar(100, { tiling: { size: 50, overlap: 0.2 }, operatingPoint: served });
  writeFileSync(join(dirname(trained), 'model.json'), JSON.stringify(sidecar));

  expect(await run([trained, await labelled('box\n'), '--as-trained', '--json'])).toBe(0);
  const report = JSON.parse(printed.out) as EvaluationResult;
  expect(report).toMatchObject({
    settings: { tiling: { size: 50, overlap: 0.2 }, merge: { method: 'nmm' }, wholeFrame: false },
  });
  expect(report.calibration.bins[0]?.to).toBeLessThan(served.confidence);
});

test.each([
  [
    'nothing that says how a model was trained',
    [model, 'DIR', '--as-trained'],
    /reads .*model\.json, which is not there/,
  ],
  ['no model', [], /takes a model/],
  ['labels of other classes', [model, 'DIR'], /has the classes car, the model box: convert the labels/],
  ['a way of merging that there is not', [model, 'DIR', '--merge', 'mean'], /--merge is nms or nmm/],
])('given %s it exits 2', async (_, args, message) => {
  const dir = await labelled('car\n');
  expect(await run(args.map((arg) => (arg === 'DIR' ? dir : arg)))).toBe(2);
  expect(printed.err).toMatch(message);
});
