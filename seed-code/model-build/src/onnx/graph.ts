// Builds ONNX graphs node by node; names of intermediate values are made here, so a graph reads as an expression.
import { modelProto, ONNX_ATTRIBUTE_TYPES, ONNX_TYPES } from '../model';

/** Operator set that graphs are written for: 17 has ReduceSum and Split with their axes and sizes as inputs. */
export const OPSET = 17;
/** File format version that goes with it. */
const IR_VERSION = 8;

/** A value of the graph, by name. */
export type Value = string & { readonly brand: unique symbol };

/** Integer attributes of a node, such as `strides` or `axis`; the operators used here have no others. */
export type Attributes = Readonly<Record<string, number | readonly number[]>>;

type Shape = readonly (number | string)[];

/** An ONNX graph under construction. */
export class GraphBuilder {
  private readonly nodes: object[] = [];
  private readonly initializers: object[] = [];
  private readonly inputs: object[] = [];
  private readonly outputs: object[] = [];
  private count = 0;

  constructor(private readonly name: string) {}

  /** Declares a float32 input; `[]` is a scalar. */
  input(name: string, shape: Shape): Value {
    this.inputs.push(valueInfo(name, shape));
    return name as Value;
  }

  /** Declares that `value` leaves the graph under `name`. */
  output(name: string, value: Value, shape: Shape): void {
    this.nodes.push({ input: [value], output: [name], opType: 'Identity' });
    this.outputs.push(valueInfo(name, shape));
  }

  /** A float32 constant. */
  constant(data: Float32Array, dims: readonly number[]): Value {
    return this.initializer(data, dims, ONNX_TYPES.float32);
  }

  /** A float32 scalar. */
  scalar(value: number): Value {
    return this.constant(Float32Array.of(value), []);
  }

  /** A vector of int64: shapes, axes and split sizes. */
  integers(...values: readonly number[]): Value {
    return this.initializer(BigInt64Array.from(values, BigInt), [values.length], ONNX_TYPES.int64);
  }

  /** Adds a node with one output. An empty input name leaves out an optional input. */
  op(opType: string, inputs: readonly (Value | '')[], attributes: Attributes = {}): Value {
    return this.ops(opType, inputs, 1, attributes)[0];
  }

  /** Adds a node with several outputs. */
  ops(opType: string, inputs: readonly (Value | '')[], outputs: number, attributes: Attributes = {}): Value[] {
    const names = Array.from({ length: outputs }, () => this.fresh());
    this.nodes.push({
      input: inputs,
      output: names,
      opType,
      attribute: Object.entries(attributes).map(([name, value]) =>
        typeof value === 'number'
          ? { name, i: value, type: ONNX_ATTRIBUTE_TYPES.int }
          : { name, ints: value, type: ONNX_ATTRIBUTE_TYPES.ints },
      ),
    });
    return names;
  }

  /** The model as protobuf, with `metadata` as its properties. */
  build(metadata: Readonly<Record<string, string>> = {}): Uint8Array {
    const model = modelProto.fromObject({
      irVersion: IR_VERSION,
      producerName: 'drone-mlops',
      opsetImport: [{ domain: '', version: OPSET }],
      graph: {
        name: this.name,
        node: this.nodes,
        initializer: this.initializers,
        input: this.inputs,
        output: this.outputs,
      },
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    });
    return modelProto.encode(model).finish();
  }

  private initializer(data: Float32Array | BigInt64Array, dims: readonly number[], dataType: number): Value {
    const name = this.fresh();
    // Raw data is little-endian, as every platform of onnxruntime-node is.
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.initializers.push({ name, dims, dataType, rawData });
    return name;
  }

  private fresh(): Value {
    this.count += 1;
    return `v${this.count}` as Value;
  }
}

function valueInfo(name: string, shape: Shape): object {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: ONNX_TYPES.float32, shape: { dim } } } };
}
