// Small charts as SVG. They take the colour of the text around them, so that they read on light and on dark ground.
import { escape } from '../markup';

/** Points with both coordinates from 0 to 1. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** The line that matters most is drawn strongest. */
  readonly strong?: boolean;
}

export interface LineChart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
  /** A vertical line, with what it stands for. */
  readonly marker?: { readonly at: number; readonly name: string };
}

const WIDTH = 560;
const HEIGHT = 400;
const MARGIN = { left: 56, right: 150, top: 36, bottom: 48 } as const;
/** Colours of middling lightness, told apart by those who do not see red and green. Source: Okabe and Ito, "Color Universal Design", 2008. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'] as const;
/** Lines that a legend can name in the height of the chart. */
const LEGEND_LINES = 16;

export function lineChart({ title, x, y, lines, marker }: LineChart): string {
  const across = (value: number) => round(MARGIN.left + value * (WIDTH - MARGIN.left - MARGIN.right));
  const down = (value: number) => round(HEIGHT - MARGIN.bottom - value * (HEIGHT - MARGIN.top - MARGIN.bottom));
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const colour = (index: number) => COLOURS[index % COLOURS.length];
  return svg(WIDTH, HEIGHT, title, [
    ...ticks.map((tick) => grid(across(tick), down(0), across(tick), down(1))),
    ...ticks.map((tick) => grid(across(0), down(tick), across(1), down(tick))),
    ...ticks.map((tick) => text(across(tick), down(0) + 18, 'middle', String(tick))),
    ...ticks.map((tick) => text(across(0) - 8, down(tick) + 4, 'end', String(tick))),
    text(across(0.5), HEIGHT - 10, 'middle', x),
    text(across(0), MARGIN.top - 24, 'start', title, 'font-weight="600"'),
    `<text transform="translate(14 ${down(0.5)}) rotate(-90)" text-anchor="middle">${escape(y)}</text>`,
    ...lines.map(({ points, strong }, index) => {
      const path = points.map(([px, py]) => `${across(px)},${down(py)}`).join(' ');
      return `<polyline points="${path}" fill="none" stroke="${colour(index)}" stroke-width="${strong ? 3 : 1.5}"/>`;
    }),
    ...lines.slice(0, LEGEND_LINES).flatMap(({ name, strong }, index) => {
      const top = MARGIN.top + 8 + index * 18;
      const left = across(1) + 12;
      return [
        `<line x1="${left}" y1="${top}" x2="${left + 16}" y2="${top}" stroke="${colour(index)}" stroke-width="${strong ? 3 : 1.5}"/>`,
        text(left + 22, top + 4, 'start', name),
      ];
    }),
    ...(lines.length > LEGEND_LINES
      ? [text(across(1) + 12, down(0), 'start', `and ${lines.length - LEGEND_LINES} more`)]
      : []),
    ...(marker
      ? [
          `<line x1="${across(marker.at)}" y1="${down(0)}" x2="${across(marker.at)}" y2="${down(1)}" stroke="currentColor" stroke-dasharray="4 4"/>`,
          marker.at < 0.5
            ? text(across(marker.at) + 6, down(0) - 8, 'start', marker.name)
            : text(across(marker.at) - 6, down(0) - 8, 'end', marker.name),
        ]
      : []),
  ]);
}

export interface MatrixChart {
  readonly title: string;
  readonly rows: string;
  readonly columns: string;
  readonly names: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

const CELL = 44;

/** A matrix of counts; a cell is as dark as its share of its row. */
export function matrixChart({ title, rows, columns, names, counts }: MatrixChart): string {
  const left = 40 + 7 * Math.max(...names.map(({ length }) => length));
  const top = 64;
  const side = names.length * CELL;
  const labels = names.flatMap((name, index) => {
    const middle = index * CELL + CELL / 2;
    return [
      text(left - 8, top + middle + 4, 'end', name),
      `<text transform="translate(${left + middle} ${top + side + 12}) rotate(-40)" text-anchor="end">${escape(name)}</text>`,
    ];
  });
  const cells = counts.flatMap((row, index) => {
    const sum = row.reduce((total, count) => total + count, 0);
    return row.map((count, column) => {
      const share = sum === 0 ? 0 : count / sum;
      const [x, y] = [left + column * CELL, top + index * CELL];
      return (
        `<rect x="${x}" y="${y}" width="${CELL}" height="${CELL}" fill="${COLOURS[0]}" fill-opacity="${round(share * 0.75)}" stroke="currentColor" stroke-opacity=".2"/>` +
        (count === 0 ? '' : text(x + CELL / 2, y + CELL / 2 + 4, 'middle', String(count)))
      );
    });
  });
  // Wide enough for the title too; names below stand at an angle.
  return svg(Math.max(left + side, 8 * title.length) + 24, top + side + 24 + left * 0.7, title, [
    text(16, 20, 'start', title, 'font-weight="600"'),
    text(16, 42, 'start', `Rows: ${rows}. Columns: ${columns}.`),
    ...cells,
    ...labels,
  ]);
}

/** Counts of values in bins of one width. */
export interface HistogramChart {
  readonly title: string;
  /** What the values are, with their unit. */
  readonly x: string;
  /** Left edge of the first bin, and right edge of the last. */
  readonly from: number;
  readonly to: number;
  readonly counts: readonly number[];
}

const HISTOGRAM = { width: 280, height: 150, margin: { left: 8, right: 8, top: 30, bottom: 36 } } as const;

/** A small chart: several of them stand side by side. */
export function histogramChart({ title, x, from, to, counts }: HistogramChart): string {
  const { width, height, margin } = HISTOGRAM;
  const [inner, ground] = [width - margin.left - margin.right, height - margin.bottom];
  const most = Math.max(...counts, 1);
  const step = inner / counts.length;
  const bars = counts.flatMap((count, index) => {
    if (count === 0) return [];
    // A single image among thousands must still be seen.
    const tall = Math.max((count / most) * (ground - margin.top), 1.5);
    const place = `x="${round(margin.left + index * step)}" y="${round(ground - tall)}" width="${round(step - 1)}" height="${round(tall)}"`;
    return [`<rect ${place} fill="${COLOURS[0]}"/>`];
  });
  const label = (value: number): string => String(Number(value.toPrecision(3)));
  return svg(width, height, `${title}: ${x} from ${label(from)} to ${label(to)}`, [
    text(margin.left, 16, 'start', title, 'font-weight="600"'),
    ...bars,
    `<line x1="${margin.left}" y1="${ground}" x2="${width - margin.right}" y2="${ground}" stroke="currentColor" stroke-opacity=".4"/>`,
    text(margin.left, ground + 16, 'start', label(from)),
    text(width / 2, ground + 30, 'middle', x),
    text(width / 2, ground + 16, 'middle', label((from + to) / 2)),
    text(width - margin.right, ground + 16, 'end', label(to)),
  ]);
}

function svg(width: number, height: number, title: string, parts: readonly string[]): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" ` +
    `aria-label="${escape(title)}" fill="currentColor" font-family="system-ui, sans-serif" font-size="12">` +
    `${parts.join('')}</svg>\n`
  );
}

function grid(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="currentColor" stroke-opacity=".15"/>`;
}

function text(x: number, y: number, anchor: 'start' | 'middle' | 'end', content: string, more = ''): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}"${more && ` ${more}`}>${escape(content)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
