// What is told about a run, as lines of a journal: each can be sent twice without harm.
import { z } from 'zod';

const texts = z.record(z.string(), z.string());
const identity = z.strictObject({
  name: z.string(),
  /** Tags that no other run has: by them the run is found again. */
  identity: texts,
  tags: texts,
  /** Milliseconds since 1970. */
  startTime: z.number(),
});

/** Which run a journal tells about; its first line. */
export const runHeader = z.strictObject({
  kind: z.literal('run'),
  experiment: z.string(),
  run: identity,
  /** The run that it is a part of. */
  parent: identity.optional(),
});

/** How a run can end. */
const ended = z.enum(['FINISHED', 'FAILED', 'KILLED']);

const number = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number)]);

export const entrySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('metrics'),
    timestamp: z.number(),
    step: z.number(),
    values: z.record(z.string(), number),
  }),
  z.strictObject({ kind: z.literal('params'), values: texts }),
  z.strictObject({ kind: z.literal('tags'), values: texts }),
  z.strictObject({
    kind: z.literal('dataset'),
    name: z.string(),
    digest: z.string(),
    uri: z.string(),
    context: z.string(),
  }),
  /** `file` lies beside the journal. */
  z.strictObject({ kind: z.literal('artifact'), path: z.string(), file: z.string() }),
  z.strictObject({
    kind: z.literal('end'),
    status: ended,
    /** How the whole execution has ended with this step; absent while it goes on. */
    execution: ended.optional(),
    timestamp: z.number(),
  }),
]);

export type EndStatus = z.infer<typeof ended>;
export type RunIdentity = z.infer<typeof identity>;
export type RunHeader = z.infer<typeof runHeader>;
export type Entry = z.infer<typeof entrySchema>;

/** One line of JSON, without its end; numbers that JSON lacks are spelt. */
export function lineOf(entry: Entry | RunHeader): string {
  return JSON.stringify(entry, (_key, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  );
}
