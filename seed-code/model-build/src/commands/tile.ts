// `tile`: frames and their labels cut into tiles, as the preprocess step cuts them.
import { extname } from 'node:path';
import {
  cutTiles,
  DataFolderError,
  fingerprint,
  imageRows,
  nameOf,
  recordOf,
  type CutTiles,
  type FolderImage,
} from '../dataset';
import { datasetYaml } from '../formats';
import { classesOf, DATA_FLAGS, type DataCommand, dataUsage, openData, printShare } from './data-flags';
import { progress } from './progress';
import { numberFlag, parseCommandLine, printOutcome, withUsage } from './usage';

const USAGE = `model-build tile DIR [options]

  --tile S            Side of a tile, in pixels. Default: the project's, else 640.
  --overlap R         Share of a tile that its neighbour covers as well. Default: the project's, else 0.2.
  --visible-share V   Share of a box that a tile must show to keep its label. Default: 0.1, as SAHI has it.
${dataUsage('tile', 'images/, labels/, data.yaml and tile.json (what became of each frame)')}`;

const FLAGS = {
  ...DATA_FLAGS,
  tile: { type: 'string' },
  overlap: { type: 'string' },
  'visible-share': { type: 'string', default: '0.1' },
} as const;

const DEFAULT_TILING = { size: 640, overlap: 0.2 } as const;
/** Frames held in memory at a time. */
const IN_FLIGHT = 2;

/** What became of a frame. */
interface TiledFrame extends CutTiles {
  readonly path: string;
}

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, async () => {
    const { values, positionals } = parseCommandLine({ args: [...args], allowPositionals: true, options: FLAGS });
    const data = await openData('tile', values, positionals);
    const { size, overlap } = data.project?.tiling ?? DEFAULT_TILING;
    const settings = {
      size: values.tile === undefined ? size : Math.trunc(numberFlag('tile', values.tile, 32, 16384)),
      overlap: values.overlap === undefined ? overlap : numberFlag('overlap', values.overlap, 0, 0.99),
      visibleShare: numberFlag('visible-share', values['visible-share'], 1e-6, 1),
    };
    const { rows, reused } = await tileFrames(data, settings);
    if (data.shard) {
      printShare(values.json, rows.length, reused, data.shard);
      return 0;
    }
    const dropped = rows.filter((row) => row.dropped);
    const total = (of: (row: TiledFrame) => number): number => rows.reduce((sum, row) => sum + of(row), 0);
    const report = {
      settings,
      ...{ frames: rows.length, dropped: dropped.length },
      ...{ tiles: total(({ tiles }) => tiles), boxes: total(({ boxes }) => boxes) },
      images: rows,
    };
    const { out } = data;
    if (out) {
      const parts = new Set(
        rows.map(({ path }) =>
          tileName(path)
            .replace(/[^/]*$/, '')
            .replace(/\/.*$/, '/'),
        ),
      );
      await out.write('data.yaml', datasetYaml(classesOf(data), parts));
      await out.write('tile.json', `${JSON.stringify(report, null, 1)}\n`);
    }
    for (const { path, dropped: drop } of dropped) process.stderr.write(`Dropped ${path}: ${drop?.detail ?? ''}\n`);
    printOutcome(values.json, report, [
      `${report.tiles} tiles with ${report.boxes} boxes from ${rows.length - dropped.length} of ${rows.length} frames ${out ? `in ${nameOf(out, '')}` : '(dry run: nothing was written)'}.`,
    ]);
    return 0;
  });
}

function tileFrames(data: DataCommand, settings: { size: number; overlap: number; visibleShare: number }) {
  const { folder, images, out, shard, signal } = data;
  const classes = classesOf(data);
  refuseSharedNames(folder.images);
  return imageRows<TiledFrame>({
    ...{ folder, images, out, shard, signal, kind: 'tiles', inFlight: IN_FLIGHT },
    settings: fingerprint('drone-mlops/tile@1', settings, classes),
    work: async ({ path, labels }) => {
      const bytes = await folder.place.read(path);
      const record = await recordOf(folder, { path, labels }, bytes);
      if (!record) {
        return {
          path,
          tiles: 0,
          boxes: 0,
          dropped: { reason: 'unreadable', detail: 'it is no image that can be read' },
        };
      }
      const cut = await cutTiles(record, tileName(path), bytes, classes, settings, async (kind, name, body) => {
        await out?.write(`${kind}/${name}`, body);
      });
      return { path, ...cut };
    },
    onProgress: progress('frames tiled'),
  });
}

/** A frame's path without extension, inside the image folder. */
function tileName(path: string): string {
  const stem = path.slice(0, path.length - extname(path).length);
  return stem
    .split('/')
    .filter((folder) => folder !== 'images')
    .join('/');
}

function refuseSharedNames(images: readonly FolderImage[]): void {
  const seen = new Map<string, string>();
  for (const { path } of images) {
    const other = seen.get(tileName(path));
    if (other !== undefined) {
      throw new DataFolderError(`The tiles of ${other} and ${path} would have the same names: rename one.`);
    }
    seen.set(tileName(path), path);
  }
}
