import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/commands/evaluate';
import type { EvaluationResult } from '../../src/metrics';

const folder = mkdtempSync(join(tmpdir(), 'evaluate-command-'));
const truth = join(folder, 'truth.json');
const detections = join(folder, 'detections.json');
let printed: string;
let errors: string;

beforeAll(() => {
  const box = { image_id: 1, category_id: 1, bbox: [10, 10, 20, 20] };
  const annotations = [{ id: 1, ...box, area: 400, iscrowd: 0 }];
  writeFileSync(truth, JSON.stringify({ images: [{ id: 1 }], categories: [{ id: 1, name: 'vehicle' }], annotations }));
  const elsewhere = { ...box, bbox: [100, 100, 20, 20], score: 0.9 };
  writeFileSync(detections, JSON.stringify([elsewhere, { ...box, score: 0.8 }]));
});
beforeEach(() => {
  printed = '';
  errors = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    errors += String(text);
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('it prints both kinds of metrics as JSON', async () => {
  expect(await run(['--truth', truth, '--detections', detections, '--json'])).toBe(0);

  const { coco, ultralytics } = JSON.parse(printed) as EvaluationResult;
  expect(coco).toMatchObject({
    AP: expect.closeTo(0.5) as number,
    APs: expect.closeTo(0.5) as number,
    APl: -1,
    AR1: 0,
    AR100: 1,
  });
  expect(ultralytics).toMatchObject({ mAP50: expect.closeTo(0.4975) as number, version: '8.4.175' });
});

test("other versions' rules can be asked for, and the numbers then claim no version", async () => {
  const rules = { integration: 'legacy', matching: 'fall-back' };
  const flags = Object.entries(rules).flatMap(([name, value]) => [`--${name}`, value]);
  await run(['--truth', truth, '--detections', detections, '--json', ...flags]);
  expect(JSON.parse(printed)).toMatchObject({ ultralytics: { version: null, rules } });

  expect(await run(['--truth', truth, '--detections', detections, '--matching', 'best'])).toBe(2);
  expect(errors).toContain('--matching is first-choice or fall-back');
});

test('a limit on detections decides how many count', async () => {
  await run(['--truth', truth, '--detections', detections, '--max-detections', '1', '--json']);

  expect(JSON.parse(printed)).toMatchObject({ coco: { maxDetections: 1, AP: 0 } });
});

test('without --json it prints a table that says whose rules were followed', async () => {
  await run(['--truth', truth, '--detections', detections]);

  expect(printed).toMatch(/1 images, 1 truths/);
  expect(printed).toMatch(/AP50 +0\.5\n/);
  expect(printed).toMatch(/Ultralytics \(8\.4\.175: integration current, matching first-choice\)/);
});

test.each([
  [['--truth', 'a.json'], /--truth and --detections are needed/],
  [['--truth', 'a', '--detections', 'b', '--max-detections', '0'], /--max-detections takes a number from 1/],
  [['--thruth', 'a'], /--thruth/],
])('%j is wrong usage', async (args, sentence) => {
  expect(await run(args)).toBe(2);
  expect(errors).toMatch(sentence);
});
