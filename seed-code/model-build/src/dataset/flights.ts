// Which flight each image belongs to, told by the project's rule.
import { posix } from 'node:path';
import type { FlightRule } from '../config';
import { someOf, SplitError } from './errors';
import type { ImageRecord } from './records';

type Image = Pick<ImageRecord, 'path' | 'capturedAt'>;

/**
 * The flight of each image, in the images' order:
 * - `folder`: the image's folder, without the `images` that YOLO's layout adds;
 * - `pattern`: the first group of the pattern in the image's path, else the whole match;
 * - `time-gap`: images in the order of their capture, a new flight after a gap; named by the time of its first image.
 * @throws SplitError that names the images which the rule does not tell
 */
export function tellFlights(images: readonly Image[], rule: FlightRule): string[] {
  switch (rule.by) {
    case 'folder':
      return images.map(({ path }) => folderFlight(path));
    case 'pattern':
      return patternFlights(images, rule.pattern);
    case 'time-gap':
      return timeFlights(images, rule.minutes);
  }
}

function folderFlight(path: string): string {
  const folders = posix.dirname(path).split('/');
  return folders.filter((folder) => folder !== 'images').join('/') || '.';
}

function patternFlights(images: readonly Image[], pattern: string): string[] {
  let expression: RegExp;
  try {
    expression = new RegExp(pattern, 'u');
  } catch (error) {
    throw new SplitError(`The flight pattern ${JSON.stringify(pattern)} is not valid: ${(error as Error).message}.`);
  }
  const flights = images.map(({ path }) => {
    const [match, group] = expression.exec(path) ?? [];
    return group ?? match ?? '';
  });
  const missed = images.filter((_, index) => flights[index] === '').map(({ path }) => path);
  if (missed.length > 0) {
    throw new SplitError(
      `The flight pattern ${JSON.stringify(pattern)} finds no flight in ${someOf(missed)}: widen it.`,
    );
  }
  return flights;
}

const MINUTE = 60_000;

function timeFlights(images: readonly Image[], minutes: number): string[] {
  const timeless = images.filter(({ capturedAt }) => capturedAt === null).map(({ path }) => path);
  if (timeless.length > 0) {
    throw new SplitError(
      `There is no capture time in the EXIF of ${someOf(timeless)}: tell flights by folder or by a pattern instead.`,
    );
  }
  // EXIF has no zone; any one serves, as only differences count.
  const times = images.map(({ capturedAt }) => Date.parse(`${capturedAt ?? ''}Z`));
  const order = [...times.keys()].sort((a, b) => times[a] - times[b]);
  const flights = images.map(() => '');
  let [flight, before] = ['', -Infinity];
  for (const index of order) {
    if (times[index] - before > minutes * MINUTE) flight = images[index].capturedAt ?? '';
    flights[index] = flight;
    before = times[index];
  }
  return flights;
}
