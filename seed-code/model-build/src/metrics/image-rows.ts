// Sharded evaluation: each host writes a row an image, one reducer adds them all up, with the numbers of one host.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { EvaluationError, type DetectionEvaluation, type EvaluatedImage } from './evaluation';

const box = z.tuple([z.number(), z.number(), z.number(), z.number()]);

/** One line of JSON: everything that an evaluation is given of an image. Numbers come back as the doubles they were. */
const imageRow = z.strictObject({
  id: z.union([z.string(), z.number()]),
  flight: z.string().optional(),
  altitude: z.number().optional(),
  truths: z.array(
    z.strictObject({
      box,
      classIndex: z.int(),
      crowd: z.boolean().optional(),
      ignored: z.boolean().optional(),
      area: z.number().optional(),
    }),
  ),
  detections: z.array(z.strictObject({ box, score: z.number(), classIndex: z.int() })),
});

/** An image as a line of a shard's file, line break included. */
export function formatImageRow(image: EvaluatedImage): string {
  return `${JSON.stringify(image)}\n`;
}

/**
 * Adds the rows of one shard's file to an evaluation; memory does not grow with rows beyond what the evaluation keeps.
 * @throws EvaluationError that names the file and the line
 */
export async function addImageRows(evaluation: DetectionEvaluation, file: string): Promise<void> {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    number += 1;
    evaluation.add(parseRow(line, `${file}, line ${number},`));
  }
}

function parseRow(line: string, place: string): EvaluatedImage {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new EvaluationError(`${place} is not JSON: the shard was cut short, evaluate it again.`);
  }
  const parsed = imageRow.safeParse(value);
  if (!parsed.success) throw new EvaluationError(`${place} is not valid: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
