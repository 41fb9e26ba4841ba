// Ground Truth output manifests, and the augmented manifests of training: one JSON line an image. Holds boxes, classes and confidence.
// Format: SageMaker Developer Guide, "Labeling job output data", "Bounding box job output".
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { checkClassNames, nameOf } from '../dataset';
import { FormatError } from './errors';
import { findImage } from './image-files';
import type {
  LabelFormat,
  LabelledImage,
  LabelledObject,
  LabelledSet,
  ReadOptions,
  WriteOptions,
} from './labelled-image';
import { plainTruths } from './plain-truths';
import { boxOfSides, sidesOf } from './sides';

/**
 * - The label attribute is the one whose metadata has the type `groundtruth/object-detection`; a manifest with several needs
 *   `--attribute`. Lines whose labelling failed are left out and counted; other attributes are counted, and not carried over.
 * - Classes are the names in the lines' class maps, by class id; each line's boxes are read by its own map.
 * - `source-ref` is the S3 prefix and the image's path; without `--s3-prefix` the key is the path.
 * - Confidence 0 is what a single worker gives, and counts as none.
 * - The file is walked a line at a time: for the attribute, for the classes, then for the boxes.
 * - Written: every line has all classes in its map, and says `human-annotated`; the job is called `convert`.
 */
export const groundTruth: LabelFormat = { holdsImages: false, read, write };

const TYPE = 'groundtruth/object-detection';
const METADATA = '-metadata';

const line = z.looseObject({ 'source-ref': z.string().regex(/^s3:\/\/[^/]+\/.+/) });
const metadata = z.looseObject({
  'class-map': z.record(z.string(), z.string()).default({}),
  objects: z.array(z.looseObject({ confidence: z.number().optional() })).default([]),
  'failure-reason': z.string().optional(),
});
const side = z.number().positive();
const labels = z.looseObject({
  image_size: z.array(z.looseObject({ width: side, height: side })).min(1),
  annotations: z.array(
    z.looseObject({ class_id: z.number(), left: z.number(), top: z.number(), width: z.number(), height: z.number() }),
  ),
});

/** The manifest, which is walked several times. */
interface Source {
  readonly name: string;
  readonly lines: () => AsyncIterable<string>;
}

/** One line: its number from 1, and what it holds. */
interface Line {
  readonly where: string;
  readonly value: z.infer<typeof line>;
}

async function read(
  file: string,
  { place, images: dir, s3Prefix, attribute, select, losses }: ReadOptions,
): Promise<LabelledSet> {
  const source: Source = { name: nameOf(place, file), lines: () => place.lines(file) };
  const chosen = attribute ?? (await soleAttribute(source));
  const { classes, total } = await survey(source, chosen);
  const wanted = new Set(select(Array.from({ length: total }, (_, index) => index)));
  const indexOf = new Map(classes.map((name, index) => [name, index]));
  async function* images(): AsyncGenerator<LabelledImage, void> {
    let index = -1;
    for await (const { where, value } of linesOf(source)) {
      index += 1;
      if (!wanted.has(index)) continue;
      const path = pathOf(value['source-ref'], s3Prefix, where);
      for (const key of Object.keys(value)) {
        if (!['source-ref', chosen, chosen + METADATA].includes(key)) losses.add('attribute-dropped', key);
      }
      const about = metadataOf(value, chosen, where);
      if (value[chosen] === undefined || about['failure-reason'] !== undefined) {
        losses.add('not-labelled', path);
        continue;
      }
      const { image_size: sizes, annotations } = parse(labels, value[chosen], `${where}, ${chosen}`);
      const [{ width, height }] = sizes;
      const objects = annotations.flatMap((annotation, index): LabelledObject[] => {
        const name = about['class-map'][annotation.class_id];
        const label = name === undefined ? undefined : indexOf.get(plainName(name));
        if (label === undefined) losses.add('unknown-class', path);
        const score = about.objects[index]?.confidence ?? 0;
        return label === undefined ? [] : [{ box: boxOfSides(annotation), label, ...(score === 0 ? {} : { score }) }];
      });
      yield { path, file: await findImage(dir ?? place, path), width, height, objects };
    }
  }
  return { classes, total: wanted.size, images: images() };
}

/** @throws FormatError when there is none, or several */
async function soleAttribute(source: Source): Promise<string> {
  const found = new Set<string>();
  for await (const { value } of linesOf(source)) {
    for (const [key, about] of Object.entries(value)) {
      const isLabel = z.looseObject({ type: z.literal(TYPE) }).safeParse(about).success;
      if (isLabel && key.endsWith(METADATA)) found.add(key.slice(0, -METADATA.length));
    }
  }
  const [attribute, ...others] = found;
  if (attribute === undefined) {
    throw new FormatError(
      `${source.name} has no attribute of the type ${TYPE}: name the label attribute with --attribute.`,
    );
  }
  if (others.length > 0) {
    throw new FormatError(
      `${source.name} has several label attributes, ${[...found].join(', ')}: name one with --attribute.`,
    );
  }
  return attribute;
}

async function survey(source: Source, attribute: string): Promise<{ classes: string[]; total: number }> {
  const lowestId = new Map<string, number>();
  let total = 0;
  for await (const { where, value } of linesOf(source)) {
    total += 1;
    for (const [key, name] of Object.entries(metadataOf(value, attribute, where)['class-map'])) {
      lowestId.set(plainName(name), Math.min(Number(key), lowestId.get(plainName(name)) ?? Infinity));
    }
  }
  const names = [...lowestId].sort(([, a], [, b]) => a - b).map(([name]) => name);
  return { classes: checkClassNames(names, source.name), total };
}

async function* linesOf(source: Source): AsyncGenerator<Line, void> {
  let number = 0;
  for await (const text of source.lines()) {
    number += 1;
    const json = text.replace(/^\uFEFF/, '').trim();
    if (json === '') continue;
    const where = `${source.name}, line ${number}`;
    let value: unknown;
    try {
      value = JSON.parse(json);
    } catch (error) {
      throw new FormatError(`${where} is not JSON: ${(error as Error).message}`);
    }
    yield { where, value: parse(line, value, where) };
  }
}

function metadataOf(value: Line['value'], attribute: string, place: string): z.infer<typeof metadata> {
  return parse(metadata, value[attribute + METADATA] ?? {}, `${place}, ${attribute}${METADATA}`);
}

function parse<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw new FormatError(`${place} is not as Ground Truth writes it: ${path.join('.')}: ${message}`);
}

function pathOf(reference: string, prefix: string | null, place: string): string {
  if (prefix === null) return reference.replace(/^s3:\/\/[^/]+\//, '');
  if (reference.startsWith(prefix)) return reference.slice(prefix.length);
  throw new FormatError(`${place} refers to ${reference}, which does not begin with ${prefix}: correct --s3-prefix.`);
}

function plainName(name: string): string {
  return name.trim().normalize('NFC');
}

async function write(
  { classes, images }: LabelledSet,
  target: string,
  { attribute, s3Prefix, now, losses }: WriteOptions,
): Promise<void> {
  if (s3Prefix === null)
    throw new FormatError('A manifest refers to images in S3: say where they are with --s3-prefix.');
  const name = attribute ?? 'labels';
  const about = {
    'class-map': Object.fromEntries(classes.entries()),
    type: TYPE,
    'human-annotated': 'yes',
    'creation-date': now.toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length),
    'job-name': 'labeling-job/convert',
  };
  async function* lines(): AsyncGenerator<string, void> {
    for await (const image of images) {
      const truths = plainTruths(image, losses);
      const entry = {
        'source-ref': `${s3Prefix}${image.path}`,
        [name]: {
          image_size: [{ width: image.width, height: image.height, depth: 3 }],
          annotations: truths.map(({ box, classIndex }) => ({ class_id: classIndex, ...sidesOf(box) })),
        },
        [name + METADATA]: { objects: truths.map(({ score = 0 }) => ({ confidence: score })), ...about },
      };
      yield `${JSON.stringify(entry)}\n`;
    }
  }
  await pipeline(lines(), createWriteStream(target));
}
