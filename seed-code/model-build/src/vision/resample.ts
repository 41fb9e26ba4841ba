// Resamples a region of a frame as OpenCV's bilinear resize does, straight into the planes of a tensor.
import type { Frame } from './detection';
import { resizeAxis, type AxisPlan } from './resize-plan';
import type { Tile } from './tiles';

/** Where resampled pixels go: three planes of one tensor, by the index at which each begins. */
export interface Planes {
  readonly tensor: Float32Array;
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  /** The first pixel's index within a plane. */
  readonly start: number;
  /** From one row to the next. */
  readonly stride: number;
}

/** One row of the output: where it reads, and with what weights of the two rows. */
interface Row {
  readonly upper: number;
  readonly lower: number;
  readonly upperWeight: number;
  readonly lowerWeight: number;
}

// Named once: in the inner loops a look-up of the global costs more than the product.
const { imul } = Math;

/**
 * Writes output rows `[from, to)` of `region` scaled to `sides`.
 * @param values what each byte is in the tensor
 */
export function resample(
  { data, width }: Frame,
  region: Tile,
  sides: { readonly width: number; readonly height: number },
  { from, to }: { readonly from: number; readonly to: number },
  values: Float32Array,
  planes: Planes,
): void {
  const stride = width * 3;
  const columns = resizeAxis(region.width, sides.width, 'columns', 3);
  const rows = resizeAxis(region.height, sides.height, 'rows', stride);
  const origin = region.y * stride + region.x * 3;
  const writeRow = columns.whole && rows.whole ? copyRow : blendRow;
  for (let y = from; y < to; y += 1) {
    const row: Row = {
      upper: origin + rows.first[y],
      lower: origin + rows.second[y],
      upperWeight: rows.firstWeight[y],
      lowerWeight: rows.secondWeight[y],
    };
    writeRow(data, columns, row, values, planes, planes.start + y * planes.stride);
  }
}

/** For scales that hit pixels in their centres, as 1080p to 640 does: full weights give the pixel back to the bit. */
function copyRow(
  data: Uint8Array,
  { first }: AxisPlan,
  { upper }: Row,
  values: Float32Array,
  { tensor, red, green, blue }: Planes,
  start: number,
): void {
  for (let x = 0, pixel = start; x < first.length; x += 1, pixel += 1) {
    const at = upper + first[x];
    tensor[red + pixel] = values[data[at]];
    tensor[green + pixel] = values[data[at + 1]];
    tensor[blue + pixel] = values[data[at + 2]];
  }
}

function blendRow(
  data: Uint8Array,
  columns: AxisPlan,
  { upper, lower, upperWeight, lowerWeight }: Row,
  values: Float32Array,
  { tensor, red, green, blue }: Planes,
  start: number,
): void {
  for (let x = 0, pixel = start; x < columns.first.length; x += 1, pixel += 1) {
    const left = columns.first[x];
    const right = columns.second[x];
    const a = columns.firstWeight[x];
    const b = columns.secondWeight[x];
    const [i, j, k, l] = [upper + left, upper + right, lower + left, lower + right];
    tensor[red + pixel] = values[bilinear(data[i], data[j], data[k], data[l], a, b, upperWeight, lowerWeight)];
    tensor[green + pixel] =
      values[bilinear(data[i + 1], data[j + 1], data[k + 1], data[l + 1], a, b, upperWeight, lowerWeight)];
    tensor[blue + pixel] =
      values[bilinear(data[i + 2], data[j + 2], data[k + 2], data[l + 2], a, b, upperWeight, lowerWeight)];
  }
}

/** One byte from four: horizontally at 2048 times a byte, a sixteenth of it vertically; OpenCV's truncations, one for one. */
function bilinear(
  upperLeft: number,
  upperRight: number,
  lowerLeft: number,
  lowerRight: number,
  left: number,
  right: number,
  upper: number,
  lower: number,
): number {
  const above = (imul(upperLeft, left) + imul(upperRight, right)) >> 4;
  const below = (imul(lowerLeft, left) + imul(lowerRight, right)) >> 4;
  return ((imul(upper, above) >> 16) + (imul(lower, below) >> 16) + 2) >> 2;
}
