// What is summed over a frame's pixels, a row at a time; in plain TypeScript, the twin that the SIMD kernel is held against.

/** Sums over all pixels of a frame; whole numbers, exact for any frame that fits into memory. */
export interface PixelSums {
  red: number;
  green: number;
  blue: number;
  /** Of (red − green)². */
  redGreenSquares: number;
  /** Of (red + green − 2 blue)². */
  yellowBlueSquares: number;
  /** Of the Laplacian of grey, and of its square. */
  laplacian: number;
  laplacianSquares: number;
}

export const GREYS = 256;
/** Neighbours are mostly of one grey, and a counter must be written before it is read again: pixels take turns in tables. */
export const COUNT_TABLES = 4;

/** Memory for one row of colour, the three rows of grey that a Laplacian looks at, and what is counted over all rows. */
export interface RowBuffers {
  /** Length `width * 3`. */
  readonly rgb: Uint8Array;
  /** Length `width + 2` each: a pixel to spare on both sides of the row. */
  readonly greys: readonly [Uint8Array, Uint8Array, Uint8Array];
  /** How many pixels have each of the {@link GREYS}, from 0: the sum of {@link COUNT_TABLES} tables that follow each other. */
  readonly counts: Uint32Array;
}

/** The two loops over a row's pixels. */
export interface RowKernel {
  openRows(width: number): RowBuffers;
  /** Fills `greys[to]` from `rgb` and adds the row to the sums and the counts. */
  addColours(rows: RowBuffers, to: number, sums: PixelSums): void;
  /** Adds the Laplacian of `greys[row]`. */
  addLaplacian(rows: RowBuffers, above: number, row: number, below: number, sums: PixelSums): void;
}

export function noSums(): PixelSums {
  return {
    red: 0,
    green: 0,
    blue: 0,
    redGreenSquares: 0,
    yellowBlueSquares: 0,
    laplacian: 0,
    laplacianSquares: 0,
  };
}

/** BT.601's weights of red, green and blue in 2⁻¹⁵, as OpenCV's `cvtColor` rounds them. */
export const GREY_WEIGHTS = [9798, 19235, 3735] as const;
export const GREY_SHIFT = 15;

export const plainKernel: RowKernel = {
  openRows: (width) => ({
    rgb: new Uint8Array(width * 3),
    greys: [new Uint8Array(width + 2), new Uint8Array(width + 2), new Uint8Array(width + 2)],
    counts: new Uint32Array(COUNT_TABLES * GREYS),
  }),
  addColours: (rows, to, sums) => {
    sumColours(rows, to, 0, rows.rgb.length / 3, sums);
  },
  addLaplacian: ({ greys }, above, row, below, sums) => {
    sumLaplacian(greys[above], greys[row], greys[below], 0, greys[row].length - 2, sums);
  },
};

/** The pixels from `from` up to `to` of a row, for the sums of its colours. */
export function sumColours(
  { rgb, greys, counts }: RowBuffers,
  row: number,
  from: number,
  to: number,
  sums: PixelSums,
): void {
  const [ofRed, ofGreen, ofBlue] = GREY_WEIGHTS;
  const half = 1 << (GREY_SHIFT - 1);
  const grey = greys[row];
  let [reds, greens, blues, redGreenSquares, yellowBlueSquares] = [0, 0, 0, 0, 0];
  for (let x = from, i = from * 3; x < to; x += 1, i += 3) {
    const red = rgb[i];
    const green = rgb[i + 1];
    const blue = rgb[i + 2];
    const redGreen = red - green;
    const yellowBlue = red + green - 2 * blue;
    reds += red;
    greens += green;
    blues += blue;
    redGreenSquares += redGreen * redGreen;
    yellowBlueSquares += yellowBlue * yellowBlue;
    const shade = (red * ofRed + green * ofGreen + blue * ofBlue + half) >> GREY_SHIFT;
    grey[x + 1] = shade;
    counts[shade] += 1;
  }
  sums.red += reds;
  sums.green += greens;
  sums.blue += blues;
  sums.redGreenSquares += redGreenSquares;
  sums.yellowBlueSquares += yellowBlueSquares;
}

/** The pixels from `from` up to `to` of a row, for the sums of the Laplacian. */
export function sumLaplacian(
  above: Uint8Array,
  row: Uint8Array,
  below: Uint8Array,
  from: number,
  to: number,
  sums: PixelSums,
): void {
  let [sum, squares] = [0, 0];
  for (let x = from + 1; x <= to; x += 1) {
    const laplacian = above[x] + below[x] + row[x - 1] + row[x + 1] - 4 * row[x];
    sum += laplacian;
    squares += laplacian * laplacian;
  }
  sums.laplacian += sum;
  sums.laplacianSquares += squares;
}
