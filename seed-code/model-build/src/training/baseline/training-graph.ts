// One training step as one ONNX graph: forward, loss, hand-derived backward, gradient clipping and Adam.
// Standard operators only, so that the runtime which serves a model can train one.
import { GraphBuilder, type Value } from '../../onnx';
import { BOX_ROWS, layers, parameterSizes, STRIDE, weightShape, type Layer } from './architecture';
import { convolution, forward, type Activations, type LayerValues } from './network';

/** Residual, in cells or log pixels, up to which the box loss is quadratic. */
export const HUBER_BETA = 0.1;
/** Global norm to which gradients are clipped. */
export const CLIP_NORM = 5;
/** Adam's constants. */
export const ADAM = { beta1: 0.9, beta2: 0.99, epsilon: 1e-6 } as const;

/** Extents that are fixed when the graph is built. */
export interface TrainingShape {
  readonly classes: number;
  readonly batch: number;
  /** Side of the square crops in pixels, a multiple of 8. */
  readonly crop: number;
}

/**
 * Builds the training step. With P parameters, batch B, C classes, crops of S pixels and G = S / 8:
 *
 * | input | shape | |
 * | --- | --- | --- |
 * | `parameters`, `momentum`, `variance` | [P] | as the step before left them |
 * | `images` | [B, 3, S, S] | RGB, 0 to 1 |
 * | `heat`, `heatWeights` | [B, C, G, G] | class targets 0 to 1, and how much each counts |
 * | `boxes` | [B, 4, G, G] | raw targets dx, dy, log w, log h |
 * | `boxWeights` | [B, 1, G, G] | how much each cell's box counts |
 * | `inversePositives` | [] | 1 / number of objects |
 * | `rate` | [] | learning rate with Adam's bias correction |
 *
 * Outputs: `parameters'`, `momentum'`, `variance'` [P], and `classLoss`, `boxLoss` [] before the update.
 */
export function trainingModel({ classes, batch, crop }: TrainingShape): Uint8Array {
  const graph = new GraphBuilder('baseline-training');
  const net = layers(classes);
  const sizes = parameterSizes(net);
  const total = sizes.reduce((a, b) => a + b);
  const grid = crop / STRIDE;

  const parameters = graph.input('parameters', [total]);
  const momentum = graph.input('momentum', [total]);
  const variance = graph.input('variance', [total]);
  const images = graph.input('images', [batch, 3, crop, crop]);
  const targets: Targets = {
    heat: graph.input('heat', [batch, classes, grid, grid]),
    heatWeights: graph.input('heatWeights', [batch, classes, grid, grid]),
    boxes: graph.input('boxes', [batch, BOX_ROWS, grid, grid]),
    boxWeights: graph.input('boxWeights', [batch, 1, grid, grid]),
    inversePositives: graph.input('inversePositives', []),
  };
  const rate = graph.input('rate', []);

  const unpacked = unpack(graph, parameters, net, sizes);
  const activations = forward(graph, images, net, unpacked);
  const { classLoss, boxLoss, gradient: headGradient } = loss(graph, activations.head, targets, classes);
  const gradient = clip(graph, backward(graph, net, unpacked, activations, headGradient));
  const updated = adam(graph, { parameters, momentum, variance, gradient, rate });

  graph.output("parameters'", updated.parameters, [total]);
  graph.output("momentum'", updated.momentum, [total]);
  graph.output("variance'", updated.variance, [total]);
  graph.output('classLoss', classLoss, []);
  graph.output('boxLoss', boxLoss, []);
  return graph.build();
}

interface Targets {
  readonly heat: Value;
  readonly heatWeights: Value;
  readonly boxes: Value;
  readonly boxWeights: Value;
  readonly inversePositives: Value;
}

/** Cuts the flat parameters into the layers' weights and biases. */
function unpack(
  graph: GraphBuilder,
  parameters: Value,
  net: readonly Layer[],
  sizes: readonly number[],
): LayerValues[] {
  const parts = graph.ops('Split', [parameters, graph.integers(...sizes)], sizes.length, { axis: 0 });
  return net.map((layer, index) => ({
    weights: graph.op('Reshape', [parts[2 * index], graph.integers(...weightShape(layer))]),
    bias: parts[2 * index + 1],
  }));
}

/** Losses and their gradient with respect to the raw head. */
function loss(graph: GraphBuilder, head: Value, targets: Targets, classes: number) {
  const [raw, logits] = graph.ops('Split', [head, graph.integers(BOX_ROWS, classes)], 2, { axis: 1 });
  const boxes = boxLoss(graph, raw, targets);
  const scores = classLoss(graph, logits, targets);
  const perObject = (value: Value): Value => graph.op('Mul', [value, targets.inversePositives]);
  return {
    classLoss: perObject(graph.op('ReduceSum', [scores.loss], { keepdims: 0 })),
    boxLoss: perObject(graph.op('ReduceSum', [boxes.loss], { keepdims: 0 })),
    gradient: perObject(graph.op('Concat', [boxes.gradient, scores.gradient], { axis: 1 })),
  };
}

/** Huber: r² / 2β within β, |r| - β / 2 outside; with c = clip(r, ±β) both are c (r - c / 2) / β, and c / β is the slope. */
function boxLoss(graph: GraphBuilder, raw: Value, { boxes, boxWeights }: Targets) {
  const beta = graph.scalar(HUBER_BETA);
  const residual = graph.op('Sub', [raw, boxes]);
  const clipped = graph.op('Clip', [residual, graph.scalar(-HUBER_BETA), beta]);
  const gradient = graph.op('Mul', [graph.op('Div', [clipped, beta]), boxWeights]);
  const rest = graph.op('Sub', [residual, graph.op('Mul', [clipped, graph.scalar(0.5)])]);
  return { gradient, loss: graph.op('Mul', [gradient, rest]) };
}

/**
 * The slope is (σ(z) - t) |σ(z) - t|: cross-entropy's, weighted by the error, so that the many easy cells of background count
 * little. Its integral over z is ±(F(z) - F(logit t)) with F(z) = (1 - 2t) softplus(z) - σ(z) + t² z,
 * and F(logit t) = t² ln t - (1 - t)² ln(1 - t) - t.
 */
function classLoss(graph: GraphBuilder, logits: Value, { heat, heatWeights }: Targets) {
  const mul = (a: Value, b: Value): Value => graph.op('Mul', [a, b]);
  const sub = (a: Value, b: Value): Value => graph.op('Sub', [a, b]);
  const score = graph.op('Sigmoid', [logits]);
  const error = sub(score, heat);
  const gradient = mul(mul(error, graph.op('Abs', [error])), heatWeights);

  const one = graph.scalar(1);
  const smallest = graph.scalar(1e-12);
  const logarithm = (value: Value): Value => graph.op('Log', [graph.op('Max', [value, smallest])]);
  const rest = sub(one, heat);
  const square = mul(heat, heat);
  const softplus = graph.op('Softplus', [logits]);
  const integral = graph.op('Add', [sub(mul(sub(rest, heat), softplus), score), mul(square, logits)]);
  const minimum = sub(sub(mul(square, logarithm(heat)), mul(mul(rest, rest), logarithm(rest))), heat);
  const loss = mul(mul(sub(integral, minimum), graph.op('Sign', [error])), heatWeights);
  return { gradient, loss };
}

/** The flat gradient of the loss with respect to the parameters, by the chain rule from the head to the input. */
function backward(
  graph: GraphBuilder,
  net: readonly Layer[],
  parameters: readonly LayerValues[],
  { inputs }: Activations,
  headGradient: Value,
): Value {
  const parts: Value[] = [];
  const flat = graph.integers(-1);
  let slope = headGradient;
  for (let index = net.length - 1; index >= 0; index -= 1) {
    const layer = net[index];
    const weights = graph.op('Reshape', [weightGradient(graph, layer, inputs[index], slope), flat]);
    const bias = graph.op('ReduceSum', [slope, graph.integers(0, 2, 3)], { keepdims: 0 });
    parts.unshift(weights, bias);
    if (index === 0) break;
    const upstream = graph.op('ConvTranspose', [slope, parameters[index].weights], convolution(layer));
    // ReLU's outputs are not negative, so their sign is its derivative.
    slope = graph.op('Mul', [upstream, graph.op('Sign', [inputs[index]])]);
  }
  return graph.op('Concat', parts, { axis: 0 });
}

/**
 * dL/dW of a convolution is a convolution itself: of its input with the slope of its output as kernel, images and channels
 * changing places, stride and dilation too.
 */
function weightGradient(graph: GraphBuilder, layer: Layer, input: Value, slope: Value): Value {
  const swap = (value: Value): Value => graph.op('Transpose', [value], { perm: [1, 0, 2, 3] });
  const { strides, dilations, pads } = convolution(layer);
  return swap(graph.op('Conv', [swap(input), swap(slope)], { strides: dilations, dilations: strides, pads }));
}

function clip(graph: GraphBuilder, gradient: Value): Value {
  const norm = graph.op('Sqrt', [graph.op('ReduceSumSquare', [gradient], { keepdims: 0 })]);
  const limit = graph.scalar(CLIP_NORM);
  return graph.op('Mul', [gradient, graph.op('Div', [limit, graph.op('Max', [norm, limit])])]);
}

interface AdamValues {
  readonly parameters: Value;
  readonly momentum: Value;
  readonly variance: Value;
  readonly gradient: Value;
  readonly rate: Value;
}

/** Adam (Kingma & Ba 2015, section 2, last paragraph: the bias correction is part of the rate). */
function adam(graph: GraphBuilder, { parameters, momentum, variance, gradient, rate }: AdamValues) {
  const blend = (before: Value, beta: number, now: Value): Value =>
    graph.op('Add', [graph.op('Mul', [before, graph.scalar(beta)]), graph.op('Mul', [now, graph.scalar(1 - beta)])]);
  const first = blend(momentum, ADAM.beta1, gradient);
  const second = blend(variance, ADAM.beta2, graph.op('Mul', [gradient, gradient]));
  const deviation = graph.op('Add', [graph.op('Sqrt', [second]), graph.scalar(ADAM.epsilon)]);
  const change = graph.op('Mul', [graph.op('Div', [first, deviation]), rate]);
  return { parameters: graph.op('Sub', [parameters, change]), momentum: first, variance: second };
}
