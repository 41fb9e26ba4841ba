import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../src/commands/endpoint';
import { commandRun } from '../account';

const command = commandRun();

const DETECTION = { box: [1, 2, 30.4, 40], class: 'car', score: 0.876 };

function writeImages(...names: string[]): void {
  mkdirSync(join(command.folder, 'frames', 'flight'), { recursive: true });
  for (const name of names) writeFileSync(join(command.folder, 'frames', 'flight', name), name);
}

test('images of a folder are sent by name, up to the limit, and what is found is printed', async () => {
  const { calls } = await command.account({ InvokeEndpoint: () => ({ detections: [DETECTION] }) });
  writeImages('b.png', 'a.JPG', 'c.tif', 'notes.txt');

  expect(await run(['invoke', 'try-it', 'frames', '--limit', '2'])).toBe(0);

  expect(calls.map(({ input }) => input)).toEqual([
    { EndpointName: 'try-it', ContentType: 'image/jpeg', Body: 'a.JPG' },
    { EndpointName: 'try-it', ContentType: 'image/png', Body: 'b.png' },
  ]);
  expect(command.printed.out).toMatch(/^frames\/flight\/a\.JPG: 1 in \d+ ms\n {2}car 0\.88 at 1, 2, 30, 40\n/);
});

test('as JSON, each image has its time, the number of its detections, and the detections', async () => {
  await command.account({ InvokeEndpoint: () => ({ detections: [DETECTION, DETECTION] }) });
  writeImages('a.jpg');

  await run(['invoke', 'try-it', 'frames', '--json']);

  expect(JSON.parse(command.printed.out)).toEqual([
    {
      image: 'frames/flight/a.jpg',
      milliseconds: expect.any(Number) as number,
      detections: 2,
      found: [DETECTION, DETECTION],
    },
  ]);
});

test('an answer without detections, a folder without images and a command without a name are told as such', async () => {
  await command.account({ InvokeEndpoint: () => ({ error: 'no' }) });
  writeImages('a.jpg');
  mkdirSync(join(command.folder, 'empty'));

  await expect(run(['invoke', 'try-it', 'frames'])).rejects.toThrow(
    'The endpoint try-it did not answer with detections.',
  );
  await expect(run(['invoke', 'try-it', 'empty'])).rejects.toThrow('empty holds no image.');
  expect(await run(['delete'])).toBe(2);
});
