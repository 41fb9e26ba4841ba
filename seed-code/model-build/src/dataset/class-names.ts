// The names of the classes, as a data folder states them: in a dataset yaml or in classes.txt.
import { basename } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { DataFolderError } from './errors';
import type { Place } from './place';

const names = z.union([z.array(z.coerce.string()), z.record(z.string(), z.coerce.string())]);
const datasetYaml = z.looseObject({ names: names.nullish() });

/**
 * The names in the folder's own dataset yaml (`names` as a list or by number), else in `classes.txt`; null when neither is there.
 * Names are trimmed and brought to Unicode NFC, so that one name typed on two systems is one name; any length is kept.
 * @param files paths inside the place
 * @throws DataFolderError for an empty list, an empty name, two classes of one name, or numbers with gaps
 */
export async function readClassNames(place: Place, files: readonly string[]): Promise<string[] | null> {
  const yamls = files.filter((file) => /^[^/]+\.ya?ml$/i.test(file));
  for (const file of yamls) {
    const stated = statedNames(file, textOf(await place.read(file)));
    if (stated) return checkClassNames(stated, file);
  }
  const list = files.find((file) => isClassList(file));
  if (list === undefined) return null;
  const lines = textOf(await place.read(list)).split(/\r?\n/);
  while (lines.at(-1)?.trim() === '') lines.pop();
  return checkClassNames(lines, list);
}

/** Whether a text file lists classes rather than labels. */
export function isClassList(file: string): boolean {
  return basename(file).toLowerCase() === 'classes.txt';
}

/** A text file's bytes as text, without its byte order mark. */
export function textOf(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

function statedNames(file: string, text: string): string[] | null {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new DataFolderError(`${file} is not YAML: ${(error as Error).message}`);
  }
  const parsed = datasetYaml.safeParse(value);
  if (!parsed.success) return null; // A yaml of something else.
  const { names: stated } = parsed.data;
  if (stated === undefined) return null;
  if (stated === null || Array.isArray(stated)) return stated ?? [];
  const numbers = Object.keys(stated).map(Number);
  const list = numbers.map((_, index) => stated[index]);
  if (list.includes(undefined as never)) {
    throw new DataFolderError(
      `${file} numbers its classes ${numbers.join(', ')}: number them from 0 to ${numbers.length - 1} without a gap.`,
    );
  }
  return list;
}

/**
 * Names as they are compared everywhere: trimmed, in Unicode NFC.
 * @param file who states them, for the error
 * @throws DataFolderError for an empty list, an empty name, or two classes of one name
 */
export function checkClassNames(stated: readonly string[], file: string): string[] {
  const list = stated.map((name) => name.trim().normalize('NFC'));
  if (list.length === 0) throw new DataFolderError(`${file} names no classes: list at least one.`);
  list.forEach((name, index) => {
    if (name === '') throw new DataFolderError(`${file} gives class ${index} no name: give it one.`);
    const first = list.indexOf(name);
    if (first < index) {
      throw new DataFolderError(
        `${file} gives the classes ${first} and ${index} one name, ${JSON.stringify(name)}: rename one, or merge them in the labels.`,
      );
    }
  });
  return list;
}
