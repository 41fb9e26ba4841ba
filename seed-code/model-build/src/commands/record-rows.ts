// The rows that `split` and `validate` share: each image as a data version knows it.
import { imageRows, recordOf, type ImageRecord } from '../dataset';
import type { DataCommand } from './data-flags';
import { progress } from './progress';

/** An image's record; null of a file that is no image. */
interface RecordRow {
  readonly path: string;
  readonly record: ImageRecord | null;
}

export interface RecordRows {
  readonly records: readonly ImageRecord[];
  /** Paths of files that are no images. */
  readonly unreadable: readonly string[];
  readonly reused: number;
}

const IN_FLIGHT = 4;

/** Reads every image once; what an earlier run or another host has read is not read again. */
export async function recordRows({ folder, images, out, shard, signal }: DataCommand): Promise<RecordRows> {
  const { rows, reused } = await imageRows<RecordRow>({
    ...{ folder, images, out, shard, signal, kind: 'records', settings: 'drone-mlops/record@1', inFlight: IN_FLIGHT },
    work: async (image) => ({
      path: image.path,
      record: await recordOf(folder, image, await folder.place.read(image.path)),
    }),
    onProgress: progress('images read'),
  });
  return {
    records: rows.flatMap(({ record }) => record ?? []),
    unreadable: rows.flatMap(({ path, record }) => (record ? [] : [path])),
    reused,
  };
}
