// The network and its loss once more, in float64 and as plain loops: what the ONNX graphs are held against.
import { ANCHOR, BOX_ROWS, layers, pads, SIZE_LIMIT, STRIDE } from '../../../src/training/baseline/architecture';
import type { Batch } from '../../../src/training/baseline/batch';
import { HUBER_BETA } from '../../../src/training/baseline/training-graph';

/** The raw head of one image, [4 + classes, G, G]; `images` is [B, 3, side, side]. */
export function referenceHead(
  parameters: Float64Array,
  images: Float32Array,
  index: number,
  side: number,
  classes: number,
): Float64Array {
  const net = layers(classes);
  let value = Float64Array.from(
    images.subarray(index * 3 * side * side, (index + 1) * 3 * side * side),
    (v) => (v - 0.5) * 4,
  );
  let size = side;
  let at = 0;
  net.forEach((layer, depth) => {
    const { inputs, outputs, kernel, stride, dilation } = layer;
    const [before] = pads(layer);
    const smaller = size / stride;
    const bias = at + outputs * inputs * kernel * kernel;
    const result = new Float64Array(outputs * smaller * smaller);
    for (let o = 0; o < outputs; o += 1) {
      for (let y = 0; y < smaller; y += 1) {
        for (let x = 0; x < smaller; x += 1) {
          let sum = parameters[bias + o];
          for (let i = 0; i < inputs; i += 1) {
            for (let ky = 0; ky < kernel; ky += 1) {
              for (let kx = 0; kx < kernel; kx += 1) {
                const [sy, sx] = [y * stride + ky * dilation - before, x * stride + kx * dilation - before];
                if (sy < 0 || sx < 0 || sy >= size || sx >= size) continue;
                sum +=
                  parameters[at + ((o * inputs + i) * kernel + ky) * kernel + kx] * value[(i * size + sy) * size + sx];
              }
            }
          }
          result[(o * smaller + y) * smaller + x] = depth < net.length - 1 ? Math.max(sum, 0) : sum;
        }
      }
    }
    at = bias + outputs;
    value = result;
    size = smaller;
  });
  return value;
}

/** Losses as the training graph's documentation states them; `scale` is its `inversePositives`. */
export function referenceLosses(
  parameters: Float64Array,
  batch: Batch,
  scale: number,
  count: number,
  side: number,
  classes: number,
) {
  const cells = (side / STRIDE) ** 2;
  let [classLoss, boxLoss] = [0, 0];
  for (let index = 0; index < count; index += 1) {
    const head = referenceHead(parameters, batch.images, index, side, classes);
    for (let cell = 0; cell < cells; cell += 1) {
      for (let row = 0; row < BOX_ROWS; row += 1) {
        const distance = Math.abs(head[row * cells + cell] - batch.boxes[(index * BOX_ROWS + row) * cells + cell]);
        const huber = distance < HUBER_BETA ? distance ** 2 / (2 * HUBER_BETA) : distance - HUBER_BETA / 2;
        boxLoss += huber * batch.boxWeights[index * cells + cell];
      }
      for (let c = 0; c < classes; c += 1) {
        const at = (index * classes + c) * cells + cell;
        classLoss += integral(head[(BOX_ROWS + c) * cells + cell], batch.heat[at]) * batch.heatWeights[at];
      }
    }
  }
  return { classLoss: classLoss * scale, boxLoss: boxLoss * scale };
}

/** ∫ (σ(z) - t) |σ(z) - t| dz from where σ(z) = t, by Simpson's rule: no closed form to share a mistake with. */
function integral(z: number, target: number): number {
  const slope = (at: number): number => {
    const error = 1 / (1 + Math.exp(-at)) - target;
    return error * Math.abs(error);
  };
  // Where t is 0 or 1 the slope has died out at ±40 (the integrand falls as e^-2|z|).
  const from = target <= 0 ? -40 : target >= 1 ? 40 : Math.log(target / (1 - target));
  const intervals = 2000;
  const width = (z - from) / intervals;
  let sum = slope(from) + slope(z);
  for (let i = 1; i < intervals; i += 1) sum += slope(from + i * width) * (i % 2 === 1 ? 4 : 2);
  return (sum * width) / 3;
}

/** The head decoded as YOLO11's contract says, [4 + classes, G²]. */
export function referenceOutput(head: Float64Array, side: number): Float64Array {
  const grid = side / STRIDE;
  const cells = grid * grid;
  return head.map((value, at) => {
    const row = Math.floor(at / cells);
    const cell = at % cells;
    if (row === 0) return ((cell % grid) + 0.5 + value) * STRIDE;
    if (row === 1) return (Math.floor(cell / grid) + 0.5 + value) * STRIDE;
    if (row < BOX_ROWS) return ANCHOR * Math.exp(Math.min(Math.max(value, -SIZE_LIMIT), SIZE_LIMIT));
    return 1 / (1 + Math.exp(-value));
  });
}
