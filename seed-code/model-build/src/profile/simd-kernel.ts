// The loops over a row's pixels as a small WebAssembly module, assembled here: sixteen pixels at a time with SIMD.
//
// The code below reads as the plain twin does (row-kernel.ts), with vectors for numbers; tests hold both to the same sums.
// Lanes are 32 bits wide: a segment is short enough that no lane overflows, and is added to the frame's sums after it.
import {
  COUNT_TABLES,
  GREY_SHIFT,
  GREY_WEIGHTS,
  GREYS,
  sumColours,
  sumLaplacian,
  type PixelSums,
  type RowKernel,
} from './row-kernel';

/** Instructions as bytes; an expression leaves its value on the stack. Source: WebAssembly Core Specification 2.0, §5.4. */
type Code = readonly number[];

const leb = (value: number): Code => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)]);
const get = (local: number): Code => [0x20, ...leb(local)];
const set = (local: number, value: Code): Code => [...value, 0x21, ...leb(local)];
const advance = (local: number, bytes: number): Code => set(local, [...get(local), 0x41, ...leb(bytes), 0x6a]);
const simd =
  (opcode: number, immediate: Code = []) =>
  (...operands: readonly Code[]): Code => [...operands.flat(), 0xfd, ...leb(opcode), ...immediate];
const load = (pointer: Code, offset = 0): Code => simd(0x00, [0, ...leb(offset)])(pointer);
const store = (pointer: Code, offset: number, value: Code): Code => simd(0x0b, [0, ...leb(offset)])(pointer, value);
const shuffle = (lanes: Code) => simd(0x0d, lanes);
const narrow16 = simd(0x66); // i8x16.narrow_i16x8_u
const narrow32 = simd(0x86); // i16x8.narrow_i32x4_u
const widenLow = simd(0x89); // i16x8.extend_low_i8x16_u
const widenHigh = simd(0x8a);
const shiftLeft16 = (value: Code, bits: number): Code => [...value, 0x41, bits, 0xfd, ...leb(0x8b)];
const add16 = simd(0x8e);
const subtract16 = simd(0x91);
const shiftRight32 = (value: Code, bits: number): Code => [...value, 0x41, bits, 0xfd, ...leb(0xad)];
const add32 = simd(0xae);
const multiply32 = simd(0xb5);
/** Products of 16-bit lanes, those of neighbours added. */
const dot = simd(0xba);

/** A vector of 16-bit lanes: the pair four times. */
const pairs = (even: number, odd: number): Code => {
  const bytes = [even & 0xff, (even >> 8) & 0xff, odd & 0xff, (odd >> 8) & 0xff];
  return simd(0x0c, [...bytes, ...bytes, ...bytes, ...bytes])();
};

/** Does `body` as often as the local says, and counts it down. */
const repeat = (local: number, body: Code): Code => [
  ...[0x02, 0x40, ...get(local), 0x45, 0x0d, 0, 0x03, 0x40], // block; leave it at 0; loop
  ...body,
  ...[...get(local), 0x41, 1, 0x6b, 0x22, local, 0x0d, 0, 0x0b, 0x0b], // once more unless 0
];

/** Adds to the vector that the local holds. */
const accumulate = (local: number, value: Code): Code => set(local, add32(get(local), value));

/** Vectors of sums at the start of memory, where a function leaves them. */
const leave = (locals: readonly number[]): Code =>
  locals.flatMap((local, index) => store([0x41, 0], index * VECTOR, get(local)));

const VECTOR = 16;
/** Where in memory the counts of greys stand, of four bytes each: after the vectors of sums. */
const COUNTS = 5 * VECTOR;

/** Counts the grey at `pointer + pixel`; the local is for the counter's place. */
const countGrey = (pointer: number, pixel: number, counter: number): Code => {
  const table = leb(COUNTS + (pixel % COUNT_TABLES) * GREYS * 4);
  return [
    ...[...get(pointer), 0x2d, 0, ...leb(pixel), 0x41, 2, 0x74, 0x21, counter], // counter = load8(pointer + pixel) << 2
    ...[...get(counter), ...get(counter), 0x28, 2, ...table, 0x41, 1, 0x6a, 0x36, 2, ...table], // store(counter, load(counter) + 1)
  ];
};

/** `colours(rgb, grey, vectors)`: leaves the sums of red + green, red − green, red + green − 2 blue, and the last two's squares; counts greys. */
function coloursFunction(): Code {
  const [rgb, grey, vectors, counter] = [0, 1, 2, 3];
  const sums = { redAndGreen: 4, redGreen: 5, yellowBlue: 6, redGreenSquares: 7, yellowBlueSquares: 8 };
  const [redAndGreen, blueAndOne, redGreen, yellowBlue, both] = [9, 10, 11, 12, 13];
  const quarters = [14, 15, 16, 17];
  const [ofRed, ofGreen, ofBlue] = GREY_WEIGHTS;
  // Of the constant, lane 16 is 0 and lane 17 is 1: bytes of four pixels become 16-bit pairs of red and green, blue and 1.
  const constant = pairs(0x100, 0);
  const four = (quarter: number): Code => [
    ...set(redAndGreen, load(get(rgb), quarter * 12)),
    ...set(
      blueAndOne,
      shuffle([2, 16, 17, 16, 5, 16, 17, 16, 8, 16, 17, 16, 11, 16, 17, 16])(get(redAndGreen), constant),
    ),
    ...set(redAndGreen, shuffle([0, 16, 1, 16, 3, 16, 4, 16, 6, 16, 7, 16, 9, 16, 10, 16])(get(redAndGreen), constant)),
    ...set(both, dot(get(redAndGreen), pairs(1, 1))),
    ...set(redGreen, dot(get(redAndGreen), pairs(1, -1))),
    ...set(yellowBlue, add32(get(both), dot(get(blueAndOne), pairs(-2, 0)))),
    ...accumulate(sums.redAndGreen, get(both)),
    ...accumulate(sums.redGreen, get(redGreen)),
    ...accumulate(sums.yellowBlue, get(yellowBlue)),
    ...accumulate(sums.redGreenSquares, multiply32(get(redGreen), get(redGreen))),
    ...accumulate(sums.yellowBlueSquares, multiply32(get(yellowBlue), get(yellowBlue))),
    ...set(
      quarters[quarter],
      shiftRight32(
        add32(dot(get(redAndGreen), pairs(ofRed, ofGreen)), dot(get(blueAndOne), pairs(ofBlue, 1 << (GREY_SHIFT - 1)))),
        GREY_SHIFT,
      ),
    ),
  ];
  const [first, second, third, fourth] = quarters.map(get);
  return functionBody({ numbers: 1, vectors: 14 }, [
    ...repeat(vectors, [
      ...[0, 1, 2, 3].flatMap(four),
      ...store(get(grey), 0, narrow16(narrow32(first, second), narrow32(third, fourth))),
      ...Array.from({ length: VECTOR }, (_, pixel) => countGrey(grey, pixel, counter)).flat(),
      ...advance(rgb, 3 * VECTOR),
      ...advance(grey, VECTOR),
    ]),
    ...leave(Object.values(sums)),
  ]);
}

/** `laplacian(above, row, below, vectors)`: leaves the sum of the Laplacian, and of its square. */
function laplacianFunction(): Code {
  const [above, row, below, vectors, sum, squares, laplacian] = [0, 1, 2, 3, 4, 5, 6];
  const half = (widen: typeof widenLow): Code => {
    // `row` points at the pixel to the left.
    const beside = add16(widen(load(get(row), 0)), widen(load(get(row), 2)));
    const around = add16(add16(widen(load(get(above))), widen(load(get(below)))), beside);
    return [
      ...set(laplacian, subtract16(around, shiftLeft16(widen(load(get(row), 1)), 2))),
      ...accumulate(sum, dot(get(laplacian), pairs(1, 1))),
      ...accumulate(squares, dot(get(laplacian), get(laplacian))),
    ];
  };
  return functionBody({ numbers: 0, vectors: 3 }, [
    ...repeat(vectors, [
      ...half(widenLow),
      ...half(widenHigh),
      ...[above, row, below].flatMap((pointer) => advance(pointer, VECTOR)),
    ]),
    ...leave([sum, squares]),
  ]);
}

/** With its locals beyond the parameters: 32-bit numbers, then vectors. */
function functionBody({ numbers, vectors }: Record<'numbers' | 'vectors', number>, code: Code): Code {
  return sized([2, numbers, 0x7f, vectors, 0x7b, ...code, 0x0b]);
}

function sized(content: Code): Code {
  return [...leb(content.length), ...content];
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const section = (id: number, entries: readonly Code[]): Code => [
    id,
    ...sized([...leb(entries.length), ...entries.flat()]),
  ];
  const exported = (name: string, kind: number, index: number): Code => [...sized([...Buffer.from(name)]), kind, index];
  const numbers = (count: number): Code => [0x60, count, ...new Array<number>(count).fill(0x7f), 0];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [numbers(3), numbers(4)]),
    ...section(3, [[0], [1]]),
    ...section(5, [[0, 1]]),
    ...section(7, [exported('memory', 2, 0), exported('colours', 0, 0), exported('laplacian', 0, 1)]),
    ...section(10, [coloursFunction(), laplacianFunction()]),
  ]);
}

/** What is used of WebAssembly here: TypeScript has its types only among a browser's. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface Exports {
  readonly memory: Memory;
  readonly colours: (rgb: number, grey: number, vectors: number) => void;
  readonly laplacian: (above: number, row: number, below: number, vectors: number) => void;
}

/** Pixels after which a 32-bit lane of squared Laplacians could overflow: 2048 vectors' halves of 2 · 1020² each are below 2³². */
const SEGMENT = 16384;
const PAGE = 65536;

/** A kernel with memory of its own; for one frame at a time. */
export function simdKernel(): RowKernel {
  // The casts: WebAssembly is there in every Node, and `moduleBytes` exports these.
  const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
  const { memory, colours, laplacian } = new Instance(new Module(moduleBytes())).exports as Exports;
  return {
    openRows(width) {
      // Vectors of four pixels are read with four bytes to spare.
      const rgb = { at: COUNTS + COUNT_TABLES * GREYS * 4, length: width * 3 };
      const greys = [0, 1, 2].map((row) => ({
        at: rgb.at + rgb.length + VECTOR + row * (width + 2),
        length: width + 2,
      }));
      const bytes = greys[2].at + greys[2].length;
      if (bytes > memory.buffer.byteLength) memory.grow(Math.ceil((bytes - memory.buffer.byteLength) / PAGE));
      const view = ({ at, length }: typeof rgb): Uint8Array => new Uint8Array(memory.buffer, at, length);
      const counts = new Uint32Array(memory.buffer, COUNTS, COUNT_TABLES * GREYS).fill(0);
      return { rgb: view(rgb), greys: [view(greys[0]), view(greys[1]), view(greys[2])], counts };
    },
    addColours(rows, to, sums) {
      const { rgb } = rows;
      const grey = rows.greys[to];
      const width = rgb.length / 3;
      const whole = inSegments(width, (from, vectors) => {
        colours(rgb.byteOffset + from * 3, grey.byteOffset + 1 + from, vectors);
        addColourLanes(memory, sums);
      });
      sumColours(rows, to, whole, width, sums);
    },
    addLaplacian({ greys }, above, row, below, sums) {
      const width = greys[row].length - 2;
      const whole = inSegments(width, (from, vectors) => {
        const [up, here, down] = [greys[above], greys[row], greys[below]].map(({ byteOffset }) => byteOffset + from);
        laplacian(up + 1, here, down + 1, vectors);
        sums.laplacian += lanes(new Int32Array(memory.buffer, 0, 4));
        sums.laplacianSquares += lanes(new Uint32Array(memory.buffer, VECTOR, 4));
      });
      sumLaplacian(greys[above], greys[row], greys[below], whole, width, sums);
    },
  };
}

/** Calls for each segment of whole vectors. @returns pixels that were in one; the twin takes the rest */
function inSegments(width: number, work: (from: number, vectors: number) => void): number {
  const whole = width - (width % VECTOR);
  for (let from = 0; from < whole; from += SEGMENT) work(from, Math.min(whole - from, SEGMENT) / VECTOR);
  return whole;
}

function addColourLanes({ buffer }: Memory, sums: PixelSums): void {
  const redAndGreen = lanes(new Int32Array(buffer, 0, 4));
  const redGreen = lanes(new Int32Array(buffer, VECTOR, 4));
  const yellowBlue = lanes(new Int32Array(buffer, 2 * VECTOR, 4));
  sums.red += (redAndGreen + redGreen) / 2;
  sums.green += (redAndGreen - redGreen) / 2;
  sums.blue += (redAndGreen - yellowBlue) / 2;
  sums.redGreenSquares += lanes(new Uint32Array(buffer, 3 * VECTOR, 4));
  sums.yellowBlueSquares += lanes(new Uint32Array(buffer, 4 * VECTOR, 4));
}

function lanes(vector: Int32Array | Uint32Array): number {
  return vector[0] + vector[1] + vector[2] + vector[3];
}
