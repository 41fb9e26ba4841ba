// Where each output pixel of OpenCV's bilinear resize reads from, and with what weights; computed once for each pair of lengths.
// Source: `cv::hal::resize` and `HResizeLinear`, `VResizeLinear` in OpenCV's imgproc/src/resize.cpp (8-bit, 11-bit weights).

/** For each output pixel of one axis: where its two input pixels start, and their weights in 1/2048. */
export interface AxisPlan {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly firstWeight: Int32Array;
  readonly secondWeight: Int32Array;
  /** Whether every second weight is 0: each output pixel is an input pixel. */
  readonly whole: boolean;
}

/** `INTER_RESIZE_COEF_SCALE`. */
const SCALE = 2048;

/** Plans that are kept: frames and tiles come in few sizes. */
const CACHED = 64;
const cache = new Map<string, AxisPlan>();

/**
 * The plan of one axis, from `source` to `target` pixels. At the frame's edges OpenCV clamps a column's index and weight,
 * but of a row the index only.
 * @param stride bytes from one input pixel of the axis to the next
 */
export function resizeAxis(source: number, target: number, axis: 'columns' | 'rows', stride: number): AxisPlan {
  const key = `${axis} ${source} ${target} ${stride}`;
  const known = cache.get(key);
  if (known) return known;
  if (cache.size >= CACHED) cache.clear();
  const plan = planAxis(source, target, axis, stride);
  cache.set(key, plan);
  return plan;
}

function planAxis(source: number, target: number, axis: 'columns' | 'rows', stride: number): AxisPlan {
  const plan = {
    first: new Int32Array(target),
    second: new Int32Array(target),
    firstWeight: new Int32Array(target),
    secondWeight: new Int32Array(target),
  };
  const scale = 1 / (target / source);
  const inside = (index: number): number => Math.min(Math.max(index, 0), source - 1);
  for (let i = 0; i < target; i += 1) {
    const position = Math.fround((i + 0.5) * scale - 0.5);
    const index = Math.floor(position);
    const clamped = axis === 'columns' && (index < 0 || index >= source - 1);
    const fraction = clamped ? 0 : Math.fround(position - index);
    plan.first[i] = inside(index) * stride;
    plan.second[i] = inside(index + 1) * stride;
    plan.firstWeight[i] = roundHalfEven(Math.fround(Math.fround(1 - fraction) * SCALE));
    plan.secondWeight[i] = roundHalfEven(Math.fround(fraction * SCALE));
  }
  const { first, second, firstWeight, secondWeight } = plan;
  return { first, second, firstWeight, secondWeight, whole: secondWeight.every((weight) => weight === 0) };
}

/** `cvRound`, and Python's `round`. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
}
