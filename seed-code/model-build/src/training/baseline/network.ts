// The forward pass, as training and inference share it, and the inference model with YOLO11's contract.
import { GraphBuilder, type Value } from '../../onnx';
import {
  ANCHOR,
  BOX_ROWS,
  layers,
  pads,
  parameterSizes,
  SIZE_LIMIT,
  STRIDE,
  weightShape,
  type Layer,
} from './architecture';

/** A layer's weights and bias as values of a graph. */
export interface LayerValues {
  readonly weights: Value;
  readonly bias: Value;
}

/** What the forward pass leaves for the backward pass. */
export interface Activations {
  /** Input of each layer; that of layer i > 0 has been through ReLU. */
  readonly inputs: readonly Value[];
  /** Raw head, [B, 4 + classes, G, G]. */
  readonly head: Value;
}

/** Adds the network to a graph: `images` is [B, 3, S, S], RGB in 0 to 1. */
export function forward(
  graph: GraphBuilder,
  images: Value,
  net: readonly Layer[],
  parameters: readonly LayerValues[],
): Activations {
  const centred = graph.op('Sub', [images, graph.scalar(0.5)]);
  const inputs: Value[] = [];
  let value = graph.op('Mul', [centred, graph.scalar(4)]);
  net.forEach((layer, index) => {
    inputs.push(value);
    const { weights, bias } = parameters[index];
    value = graph.op('Conv', [value, weights, bias], convolution(layer));
    if (index < net.length - 1) value = graph.op('Relu', [value]);
  });
  return { inputs, head: value };
}

/** Attributes of a layer's Conv, which ConvTranspose takes for its gradient too. */
export function convolution(layer: Layer) {
  const { kernel, stride, dilation } = layer;
  return {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    dilations: [dilation, dilation],
    pads: pads(layer),
  };
}

/**
 * The trained network as an ONNX model that looks like YOLO11's export: input `images` [1, 3, S, S] (RGB, 0 to 1), output
 * `output0` [1, 4 + classes, (S / 8)²]: centre x, centre y, width, height in pixels of the input, then a score for each class.
 * @param parameters as `initialParameters` lays them out
 * @param imageSize S, a multiple of 32
 */
export function inferenceModel(
  parameters: Float32Array,
  classes: readonly string[],
  imageSize: number,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const graph = new GraphBuilder('baseline');
  const net = layers(classes.length);
  const images = graph.input('images', [1, 3, imageSize, imageSize]);
  const { head } = forward(graph, images, net, constants(graph, net, parameters));

  const side = imageSize / STRIDE;
  const cells = side * side;
  const rows = graph.op('Reshape', [head, graph.integers(1, BOX_ROWS + classes.length, cells)]);
  const [offset, size, logits] = graph.ops('Split', [rows, graph.integers(2, 2, classes.length)], 3, { axis: 1 });
  const centre = graph.op('Mul', [graph.op('Add', [offset, cellCentres(graph, side)]), graph.scalar(STRIDE)]);
  const clipped = graph.op('Clip', [size, graph.scalar(-SIZE_LIMIT), graph.scalar(SIZE_LIMIT)]);
  const extent = graph.op('Mul', [graph.op('Exp', [clipped]), graph.scalar(ANCHOR)]);
  const output = graph.op('Concat', [centre, extent, graph.op('Sigmoid', [logits])], { axis: 1 });
  graph.output('output0', output, [1, BOX_ROWS + classes.length, cells]);
  return graph.build(metadata);
}

function constants(graph: GraphBuilder, net: readonly Layer[], parameters: Float32Array): LayerValues[] {
  const sizes = parameterSizes(net);
  let at = 0;
  const take = (size: number): Float32Array => parameters.slice(at, (at += size));
  return net.map((layer, index) => ({
    weights: graph.constant(take(sizes[2 * index]), weightShape(layer)),
    bias: graph.constant(take(sizes[2 * index + 1]), [layer.outputs]),
  }));
}

/** Centres of the cells in cells, [1, 2, side²]: x, then y, row by row. */
function cellCentres(graph: GraphBuilder, side: number): Value {
  const cells = side * side;
  const centres = Float32Array.from(
    { length: 2 * cells },
    (_, i) => (i < cells ? i % side : Math.floor((i - cells) / side)) + 0.5,
  );
  return graph.constant(centres, [1, 2, cells]);
}
