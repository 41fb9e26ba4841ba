// The images on which the model does worst and best, as mosaics with truth and predictions drawn.
import sharp from 'sharp';
import type { ImageCounts } from '../metrics';
import type { Box, Detection, Frame, Truth } from '../vision';

/** What is told of an image beside its picture. */
export interface GalleryEntry extends ImageCounts {
  readonly path: string;
  readonly flight: string;
  readonly F1: number;
}

interface Panel {
  readonly entry: GalleryEntry;
  readonly picture: Buffer;
}

/** Images in each mosaic. */
const PANELS = 6;
const COLUMNS = 3;
const PANEL = { width: 480, height: 360 } as const;
const GAP = 6;
const JPEG = { quality: 85 } as const;
const DARK = { r: 24, g: 24, b: 27 } as const;
/** Truth in solid blue, predictions in dashed orange: told apart by hue and by stroke. */
const TRUTH = 'stroke="#56b4e9" stroke-width="2"';
const PREDICTION = 'stroke="#ff8c00" stroke-width="2" stroke-dasharray="5 3"';

/** Keeps the extremes of what passes by; memory is that of a few small pictures. */
export class Gallery {
  private readonly worst: Panel[] = [];
  private readonly best: Panel[] = [];

  /** Considers an image; one without truths and detections has no score and is left out. */
  async add(
    image: { readonly path: string; readonly flight: string },
    frame: Frame,
    truths: readonly Truth[],
    shown: readonly Detection[],
    counts: ImageCounts,
  ): Promise<void> {
    const { truePositives, falsePositives, falseNegatives } = counts;
    const both = 2 * truePositives + falsePositives + falseNegatives;
    if (both === 0) return;
    const entry = { path: image.path, flight: image.flight, F1: (2 * truePositives) / both, ...counts };
    const wanted = ([this.worst, this.best] as const).filter(
      (panels, index) => panels.length < PANELS || ranking(index)(entry, panels[PANELS - 1].entry) < 0,
    );
    if (wanted.length === 0) return;
    const picture = await drawPanel(frame, truths, shown);
    this.insert(this.worst, 0, { entry, picture });
    this.insert(this.best, 1, { entry, picture });
  }

  async mosaics(): Promise<
    Record<'worst' | 'best', { readonly entries: readonly GalleryEntry[]; readonly jpeg: Buffer }>
  > {
    const mosaic = async (panels: readonly Panel[]) => ({
      entries: panels.map(({ entry }) => entry),
      jpeg: await drawMosaic(panels.map(({ picture }) => picture)),
    });
    return { worst: await mosaic(this.worst), best: await mosaic(this.best) };
  }

  private insert(panels: Panel[], index: number, panel: Panel): void {
    panels.push(panel);
    panels.sort((a, b) => ranking(index)(a.entry, b.entry));
    panels.splice(PANELS);
  }
}

/** Worst first or best first; of equal scores the image with more at stake, then by path. */
function ranking(index: number): (a: GalleryEntry, b: GalleryEntry) => number {
  const sign = index === 0 ? 1 : -1;
  return (a, b) => sign * (a.F1 - b.F1) || objects(b) - objects(a) || (a.path < b.path ? -1 : 1);
}

function objects({ truePositives, falsePositives, falseNegatives }: ImageCounts): number {
  return truePositives + falsePositives + falseNegatives;
}

async function drawPanel(frame: Frame, truths: readonly Truth[], shown: readonly Detection[]): Promise<Buffer> {
  const scale = Math.min(PANEL.width / frame.width, PANEL.height / frame.height);
  const width = Math.max(Math.round(frame.width * scale), 1);
  const height = Math.max(Math.round(frame.height * scale), 1);
  const rectangle = (style: string) =>
    function draw({ box: [left, top, right, bottom] }: { readonly box: Box }): string {
      const sides = [left, top, right - left, bottom - top].map((value) => (value * scale).toFixed(1));
      return `<rect x="${sides[0]}" y="${sides[1]}" width="${sides[2]}" height="${sides[3]}" fill="none" ${style}/>`;
    };
  const overlay = [...truths.map(rectangle(TRUTH)), ...shown.map(rectangle(PREDICTION))].join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${overlay}</svg>`;
  return sharp(frame.data, { raw: { width: frame.width, height: frame.height, channels: 3 } })
    .resize(width, height, { fit: 'fill' })
    .composite([{ input: Buffer.from(svg) }])
    .jpeg(JPEG)
    .toBuffer();
}

/** Rows as high as their highest panel. */
async function drawMosaic(panels: readonly Buffer[]): Promise<Buffer> {
  const columns = Math.min(Math.max(panels.length, 1), COLUMNS);
  const composites: { input: Buffer; left: number; top: number }[] = [];
  let height = GAP;
  for (let first = 0; first < panels.length; first += COLUMNS) {
    const row = panels.slice(first, first + COLUMNS);
    const sizes = await Promise.all(row.map((panel) => sharp(panel).metadata()));
    const tallest = Math.max(...sizes.map((size) => size.height));
    for (const [column, input] of row.entries()) {
      const left = GAP + column * (PANEL.width + GAP) + Math.floor((PANEL.width - sizes[column].width) / 2);
      composites.push({ input, left, top: height + Math.floor((tallest - sizes[column].height) / 2) });
    }
    height += tallest + GAP;
  }
  const width = GAP + columns * (PANEL.width + GAP);
  return sharp({ create: { width, height, channels: 3, background: DARK } })
    .composite(composites)
    .jpeg(JPEG)
    .toBuffer();
}
