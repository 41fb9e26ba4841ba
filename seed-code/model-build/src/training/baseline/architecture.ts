// The baseline's network: seven convolutions without normalisation, one detection level at stride 8, about 70,000 parameters.
import type { Random } from './random';

/** One convolution; every one but the head is followed by ReLU. */
export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
}

/** Pixels between cells of the output grid. */
export const STRIDE = 8;
/** Side in pixels of the box that raw sizes of 0 mean; a middling vehicle seen from a drone. */
export const ANCHOR = 24;
/** Raw sizes are clipped to ±4: boxes of 0.4 to 1,310 pixels. */
export const SIZE_LIMIT = 4;
/** Rows of the head before the classes: offsets dx, dy in cells, then log width and log height relative to {@link ANCHOR}. */
export const BOX_ROWS = 4;

/** Share of cells that hold an object before anything is learnt; the class bias starts there (RetinaNet, section 4.1). */
const CLASS_PRIOR = 0.02;
const HEAD_DEVIATION = 0.01;

/**
 * The layers for `classes` classes, input first. The third, at stride 4, tells people of ten pixels from bushes and stones; the
 * dilated one widens the view to a whole vehicle with its surroundings.
 */
export function layers(classes: number): readonly Layer[] {
  return [
    { inputs: 3, outputs: 16, kernel: 3, stride: 2, dilation: 1 },
    { inputs: 16, outputs: 32, kernel: 3, stride: 2, dilation: 1 },
    { inputs: 32, outputs: 32, kernel: 3, stride: 1, dilation: 1 },
    { inputs: 32, outputs: 48, kernel: 3, stride: 2, dilation: 1 },
    { inputs: 48, outputs: 48, kernel: 3, stride: 1, dilation: 2 },
    { inputs: 48, outputs: 48, kernel: 3, stride: 1, dilation: 1 },
    { inputs: 48, outputs: BOX_ROWS + classes, kernel: 1, stride: 1, dilation: 1 },
  ];
}

/** ONNX pads `[top, left, bottom, right]` with which an even input shrinks by the stride exactly. */
export function pads({ kernel, stride, dilation }: Layer): readonly [number, number, number, number] {
  const total = dilation * (kernel - 1) + 1 - stride;
  const before = Math.floor(total / 2);
  return [before, before, total - before, total - before];
}

/** Shape of a layer's weights, as ONNX's Conv takes them. */
export function weightShape({ outputs, inputs, kernel }: Layer): readonly [number, number, number, number] {
  return [outputs, inputs, kernel, kernel];
}

/** Lengths of the parts of the flat parameter vector: weights, then bias, layer by layer. */
export function parameterSizes(net: readonly Layer[]): readonly number[] {
  return net.flatMap((layer) => [weightShape(layer).reduce((a, b) => a * b), layer.outputs]);
}

/** Random parameters: He initialisation (He et al. 2015), a small head, classes at their prior. */
export function initialParameters(net: readonly Layer[], random: Random): Float32Array {
  const total = parameterSizes(net).reduce((a, b) => a + b);
  const parameters = new Float32Array(total);
  let at = 0;
  net.forEach((layer, index) => {
    const isHead = index === net.length - 1;
    const fanIn = layer.inputs * layer.kernel ** 2;
    const deviation = isHead ? HEAD_DEVIATION : Math.sqrt(2 / fanIn);
    const weights = layer.outputs * fanIn;
    for (let i = 0; i < weights; i += 1) parameters[at + i] = deviation * random.normal();
    at += weights;
    if (isHead) parameters.fill(Math.log(CLASS_PRIOR / (1 - CLASS_PRIOR)), at + BOX_ROWS, at + layer.outputs);
    at += layer.outputs;
  });
  return parameters;
}
