// An honest detector by colour alone: what differs from its surroundings by more than a threshold is an object.
import type { Detection, Frame } from '../../src/vision';

// Bound once, as in src/sample/canvas.ts.
const { abs, max, min } = Math;

/** Sides of the objects that it takes, and what parts people from vehicles, in pixels. */
const SIDES = { least: 6, most: 70, vehicle: 20 } as const;

/**
 * @param distance of each pixel from the background, as {@link colourDistance} gives it
 * @param threshold by which an object's pixel differs
 */
export function detectByColour(frame: Frame, distance: Float32Array, threshold: number): Detection[] {
  const mask = Uint8Array.from(distance, (value) => (value > threshold ? 1 : 0));
  const detections: Detection[] = [];
  for (let start = 0; start < mask.length; start += 1) {
    if (mask[start] === 0) continue;
    const { left, top, right, bottom, pixels } = flood(mask, frame, start);
    const [width, height] = [right - left, bottom - top];
    const sides = [min(width, height), max(width, height)];
    if (sides[0] < SIDES.least || sides[1] > SIDES.most) continue;
    detections.push({
      box: [left, top, right, bottom],
      classIndex: sides[1] >= SIDES.vehicle ? 0 : 1,
      score: pixels / (width * height), // How well it fills its box.
    });
  }
  return detections;
}

/**
 * For each pixel, how far its colour is from the mean of the window around it, summed over the channels.
 * @param window half the side, in pixels; infinite for the whole frame
 */
export function colourDistance({ data, width, height }: Frame, window: number): Float32Array {
  const distance = new Float32Array(width * height);
  for (let channel = 0; channel < 3; channel += 1) {
    const sums = new Float64Array((width + 1) * (height + 1));
    for (let y = 0; y < height; y += 1) {
      let row = 0;
      for (let x = 0; x < width; x += 1) {
        row += data[(y * width + x) * 3 + channel];
        sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
      }
    }
    for (let y = 0; y < height; y += 1) {
      const [top, bottom] = [max(0, y - window) * (width + 1), min(height, y + window) * (width + 1)];
      for (let x = 0; x < width; x += 1) {
        const [left, right] = [max(0, x - window), min(width, x + window)];
        const sum = sums[bottom + right] - sums[top + right] - sums[bottom + left] + sums[top + left];
        const mean = sum / ((right - left) * ((bottom - top) / (width + 1)));
        distance[y * width + x] += abs(data[(y * width + x) * 3 + channel] - mean);
      }
    }
  }
  return distance;
}

/** The extent of the connected pixels around `start`, which are taken out of the mask. */
function flood(mask: Uint8Array, { width, height }: Frame, start: number) {
  const extent = { left: width, top: height, right: 0, bottom: 0, pixels: 0 };
  const open: number[] = [];
  const visit = (at: number): void => {
    if (mask[at] === 0) return;
    mask[at] = 0;
    open.push(at);
  };
  visit(start);
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const x = at % width;
    const y = (at - x) / width;
    extent.left = min(extent.left, x);
    extent.top = min(extent.top, y);
    extent.right = max(extent.right, x + 1);
    extent.bottom = max(extent.bottom, y + 1);
    extent.pixels += 1;
    if (x > 0) visit(at - 1);
    if (x < width - 1) visit(at + 1);
    if (y > 0) visit(at - width);
    if (y < height - 1) visit(at + width);
  }
  return extent;
}
