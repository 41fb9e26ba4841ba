// What the commands that run a model have in common: its file, and how frames are shown to it.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseSidecar, type Sidecar } from '../model';
import { DEFAULT_MERGE, servedOptions, type DetectOptions } from '../vision';
import { numberFlag, UsageError } from './usage';

export const TILING_FLAGS = {
  tile: { type: 'string' },
  overlap: { type: 'string', default: '0.2' },
  merge: { type: 'string', default: DEFAULT_MERGE.method },
  'as-trained': { type: 'boolean', default: false },
} as const;

interface TilingValues {
  readonly tile?: string | undefined;
  readonly overlap: string;
  readonly merge: string;
}

/** What {@link TILING_FLAGS} ask for. @throws UsageError */
export function tilingOf({ tile, overlap, merge }: TilingValues): Required<Pick<DetectOptions, 'tiling' | 'merge'>> {
  if (merge !== 'nms' && merge !== 'nmm') throw new UsageError('--merge is nms or nmm.');
  const tiling =
    tile === undefined
      ? null
      : { size: Math.trunc(numberFlag('tile', tile, 32, 16384)), overlap: numberFlag('overlap', overlap, 0, 0.99) };
  return { tiling, merge: { ...DEFAULT_MERGE, method: merge } };
}

/** What `--as-trained` asks for: the model's own tiles and, where it was evaluated, its operating point. @throws UsageError */
export function trainedOptions(
  sidecar: Sidecar | undefined,
  modelPath: string,
): Pick<DetectOptions, 'tiling'> & Partial<ReturnType<typeof servedOptions>> {
  if (!sidecar) throw new UsageError(`--as-trained reads ${sidecarFile(modelPath)}, which is not there.`);
  return sidecar.operatingPoint ? servedOptions(sidecar) : { tiling: sidecar.tiling };
}

/** What stands beside a model's file; undefined where nothing does. */
export async function sidecarOf(modelPath: string): Promise<Sidecar | undefined> {
  const file = sidecarFile(modelPath);
  return existsSync(file) ? parseSidecar(await readFile(file, 'utf8'), file) : undefined;
}

/** Where that is looked for. */
function sidecarFile(modelPath: string): string {
  return join(dirname(modelPath), 'model.json');
}
