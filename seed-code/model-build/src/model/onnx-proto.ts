// The part of ONNX's protobuf schema that this package reads and writes; fields it does not name are skipped.
// Source: onnx/onnx.proto3, https://github.com/onnx/onnx (field numbers are frozen there).
import { Root } from 'protobufjs/light';

const repeated = (type: string, id: number) => ({ rule: 'repeated' as const, type, id });
const one = (type: string, id: number) => ({ type, id });

const root = Root.fromJSON({
  nested: {
    Model: {
      fields: {
        irVersion: one('int64', 1),
        producerName: one('string', 2),
        graph: one('Graph', 7),
        opsetImport: repeated('Opset', 8),
        metadataProps: repeated('Property', 14),
      },
    },
    Opset: { fields: { domain: one('string', 1), version: one('int64', 2) } },
    Property: { fields: { key: one('string', 1), value: one('string', 2) } },
    Graph: {
      fields: {
        node: repeated('Node', 1),
        name: one('string', 2),
        initializer: repeated('Tensor', 5),
        input: repeated('ValueInfo', 11),
        output: repeated('ValueInfo', 12),
      },
    },
    Node: {
      fields: {
        input: repeated('string', 1),
        output: repeated('string', 2),
        name: one('string', 3),
        opType: one('string', 4),
        attribute: repeated('Attribute', 5),
      },
    },
    Attribute: {
      fields: {
        name: one('string', 1),
        f: one('float', 2),
        i: one('int64', 3),
        ints: repeated('int64', 8),
        type: one('int32', 20),
      },
    },
    Tensor: {
      fields: {
        dims: repeated('int64', 1),
        dataType: one('int32', 2),
        name: one('string', 8),
        rawData: one('bytes', 9),
      },
    },
    ValueInfo: { fields: { name: one('string', 1), type: one('Type', 2) } },
    Type: { fields: { tensorType: one('TensorType', 1) } },
    TensorType: { fields: { elemType: one('int32', 1), shape: one('Shape', 2) } },
    Shape: { fields: { dim: repeated('Dimension', 1) } },
    Dimension: { fields: { dimValue: one('int64', 1), dimParam: one('string', 2) } },
  },
});

/** ONNX's ModelProto. */
export const modelProto = root.lookupType('Model');

/** `TensorProto.DataType`. */
export const ONNX_TYPES = { float32: 1, int64: 7, bool: 9, float16: 10 } as const;

/** `AttributeProto.AttributeType`. */
export const ONNX_ATTRIBUTE_TYPES = { float: 1, int: 2, ints: 7 } as const;
