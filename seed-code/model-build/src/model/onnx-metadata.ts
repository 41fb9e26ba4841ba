// What an ONNX file says about itself: exporters' metadata, inputs and outputs. onnxruntime-node does not expose the former.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { modelProto, ONNX_TYPES } from './onnx-proto';
import { parsePythonLiteral, type PythonValue } from './python-literal';

/** A graph's input or output. */
export interface OnnxValue {
  readonly name: string;
  /** `TensorProto.DataType`: 1 is float32. */
  readonly elementType: number;
  /** A named axis is free; null is unknown. */
  readonly shape: readonly (number | string | null)[];
}

export interface OnnxMetadata {
  /** Class names by index; null where the file does not name them. */
  readonly classes: readonly string[] | null;
  /** Coarsest stride of the head, in pixels. */
  readonly stride: number | null;
  /** Height and width of the input, in pixels. */
  readonly imageSize: readonly [height: number, width: number] | null;
  readonly license: string | null;
  /** Every metadata property as it stands. */
  readonly properties: ReadonlyMap<string, string>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** A file is not an ONNX model, or its metadata does not say what it should. */
export class OnnxError extends Error {
  override readonly name = 'OnnxError';
}

const dimension = z.object({ dimValue: z.number().optional(), dimParam: z.string().optional() });
const valueInfo = z.object({
  name: z.string(),
  type: z
    .object({
      tensorType: z
        .object({
          elemType: z.number().default(0),
          shape: z.object({ dim: z.array(dimension).default([]) }).optional(),
        })
        .optional(),
    })
    .optional(),
});
const schema = z.object({
  graph: z.object({
    initializer: z.array(z.object({ name: z.string().optional() })).default([]),
    input: z.array(valueInfo).default([]),
    output: z.array(valueInfo).min(1),
  }),
  metadataProps: z.array(z.object({ key: z.string(), value: z.string().default('') })).default([]),
});

/**
 * Reads an ONNX file's metadata.
 * @throws OnnxError that names the file and what is wrong with it
 */
export async function readOnnxMetadata(file: string): Promise<OnnxMetadata> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new OnnxError(`${file} cannot be read as a model: ${(error as Error).message}.`, { cause: error });
  }
  return parseOnnxMetadata(bytes, file);
}

/** As {@link readOnnxMetadata}, of bytes that are at hand; `file` is the name for messages. */
export function parseOnnxMetadata(bytes: Uint8Array, file: string): OnnxMetadata {
  const model = decode(bytes, file);
  const properties = new Map(model.metadataProps.map(({ key, value }) => [key, value]));
  const weights = new Set(model.graph.initializer.map(({ name }) => name));
  const literal = <T>(key: string, parse: (value: PythonValue) => T): T | null => {
    const text = properties.get(key);
    if (text === undefined) return null;
    try {
      return parse(parsePythonLiteral(text));
    } catch {
      throw new OnnxError(
        `${file}: its metadata \`${key}\` cannot be read: ${text.slice(0, 80)}. Export the model again.`,
      );
    }
  };
  return {
    classes: literal('names', classNames),
    stride: literal('stride', positive),
    imageSize: literal('imgsz', imageSize),
    license: properties.get('license') ?? null,
    properties,
    // Exporters before IR version 4 list weights among the inputs.
    inputs: model.graph.input.filter(({ name }) => !weights.has(name)).map(toValue),
    outputs: model.graph.output.map(toValue),
  };
}

export function isFloat32(value: OnnxValue): boolean {
  return value.elementType === ONNX_TYPES.float32;
}

function decode(bytes: Uint8Array, file: string): z.infer<typeof schema> {
  let message: unknown;
  try {
    message = modelProto.toObject(modelProto.decode(bytes), { longs: Number });
  } catch {
    throw new OnnxError(`${file} is not an ONNX model: its protobuf cannot be read.`);
  }
  const parsed = schema.safeParse(message);
  if (!parsed.success) throw new OnnxError(`${file} is not an ONNX model: it holds no graph with an output.`);
  return parsed.data;
}

function toValue({ name, type }: z.infer<typeof valueInfo>): OnnxValue {
  const dims = type?.tensorType?.shape?.dim ?? [];
  return {
    name,
    elementType: type?.tensorType?.elemType ?? 0,
    shape: dims.map(({ dimValue, dimParam }) => dimValue ?? dimParam ?? null),
  };
}

function classNames(value: PythonValue): string[] {
  const names = value instanceof Map ? Array.from({ length: value.size }, (_, index) => value.get(index)) : value;
  return z.array(z.string()).min(1).parse(names);
}

function positive(value: PythonValue): number {
  return z.int().positive().parse(value);
}

function imageSize(value: PythonValue): [number, number] {
  const [height, width] = Array.isArray(value) ? value : [value, value];
  return [positive(height ?? null), positive(width ?? null)];
}
