// A perfect detector as an ONNX file: it finds the one red box in its input, and is the surer the larger the box appears.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraphBuilder, type Value } from '../../src/onnx';
import type { Sidecar } from '../../src/model';
import type { Frame } from '../../src/vision';

/** Writes the model to a new folder and returns its path. */
export function writeRedBoxModel({
  size,
  batch = 1,
  threshold = 0.5,
  metadata = { names: "{0: 'box'}", stride: '32' },
}: {
  readonly size: number;
  readonly batch?: number | string;
  /** Redness from which a pixel is the box's. */
  readonly threshold?: number;
  readonly metadata?: Record<string, string>;
}): string {
  const graph = new GraphBuilder('red-box');
  const images = graph.input('images', [batch, 3, size, size]);
  const toFloat = (value: Value): Value => graph.op('Cast', [value], { to: 1 });
  // Red minus green minus blue.
  const redness = graph.op('Conv', [images, graph.constant(Float32Array.of(1, -1, -1), [1, 3, 1, 1])]);
  const mask = toFloat(graph.op('Greater', [redness, graph.scalar(threshold)]));
  const extent = (axes: number[]): { centre: Value; side: Value } => {
    const line = graph.op('ReduceMax', [mask], { axes, keepdims: 0 });
    const first = toFloat(graph.op('ArgMax', [line], { axis: 1 }));
    const last = toFloat(graph.op('ArgMax', [line], { axis: 1, select_last_index: 1 }));
    const end = graph.op('Add', [last, graph.scalar(1)]);
    return {
      centre: graph.op('Mul', [graph.op('Add', [first, end]), graph.scalar(0.5)]),
      side: graph.op('Sub', [end, first]),
    };
  };
  const x = extent([1, 2]);
  const y = extent([1, 3]);
  const found = graph.op('ReduceMax', [graph.op('ReduceMax', [mask], { axes: [1, 2], keepdims: 0 })], { axes: [1] });
  const share = graph.op('Mul', [graph.op('Add', [x.side, y.side]), graph.scalar(1 / (2 * size))]);
  const row = graph.op('Concat', [x.centre, y.centre, x.side, y.side, graph.op('Mul', [found, share])], { axis: 1 });
  graph.output('output0', graph.op('Unsqueeze', [row, graph.integers(2)]), [batch, 5, 1]);

  const file = join(mkdtempSync(join(tmpdir(), 'red-box-')), 'model.onnx');
  writeFileSync(file, graph.build({ imgsz: `[${size}, ${size}]`, ...metadata }));
  return file;
}

/** What stands beside the model. */
export function redBoxSidecar(size: number, change: Partial<Sidecar> = {}): Sidecar {
  return {
    format: 'drone-mlops/model@1',
    classes: ['box'],
    imageSize: size,
    stride: 32,
    tiling: { size, overlap: 0.25 },
    operatingPoint: null,
    license: 'Apache-2.0',
    trainer: { name: 'baseline', version: '1' },
    provenance: { dataVersion: 'none', seed: 0 },
    ...change,
  };
}

/** A grey frame with a red box in it. */
export function redBoxFrame(
  width: number,
  height: number,
  [left, top, right, bottom]: readonly [number, number, number, number],
): Frame {
  const data = new Uint8Array(width * height * 3).fill(90);
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1) data.set([255, 0, 0], (y * width + x) * 3);
  }
  return { width, height, data };
}
