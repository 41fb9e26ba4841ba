// Golden predictions: what the model that is being registered answers for a few test frames, for the tests of whatever serves it.
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Detection } from '../vision';
import type { LookedAt } from './held-out';

interface GoldenFrame {
  /** Beside `golden.json`. */
  readonly file: string;
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly detections: readonly { readonly box: readonly number[]; readonly score: number; readonly class: string }[];
}

/** One frame of each of a few flights says most in the fewest requests. */
const FRAMES = 4;

/** Collects frames whose answers stand for the model's. */
export class GoldenFrames {
  private readonly byFlight = new Map<string, GoldenFrame & { readonly source: string }>();

  constructor(private readonly classes: readonly string[]) {}

  /** Whether a frame is to be kept, so that it is worth detecting as the server will: the first of each of the first flights. */
  wants({ record }: LookedAt): boolean {
    return this.byFlight.size < FRAMES && !this.byFlight.has(record.flight);
  }

  keep({ record, file, frame }: LookedAt, detections: readonly Detection[]): void {
    this.byFlight.set(record.flight, {
      source: file,
      file: `golden/${record.object}`,
      path: record.path,
      width: frame.width,
      height: frame.height,
      detections: detections.map(({ box, score, classIndex }) => ({ box, score, class: this.classes[classIndex] })),
    });
  }

  /** Writes `golden.json` and the frames, as they were pushed, into `folder`. */
  async write(folder: string, settings: object): Promise<void> {
    await mkdir(join(folder, 'golden'), { recursive: true });
    const kept = [...this.byFlight.values()];
    for (const { source, file } of kept) await copyFile(source, join(folder, file));
    const frames = kept.map(({ file, path, width, height, detections }) => ({ file, path, width, height, detections }));
    const golden = { format: 'drone-mlops/golden@1', settings, frames };
    await writeFile(join(folder, 'golden.json'), `${JSON.stringify(golden, null, 2)}\n`);
  }
}
