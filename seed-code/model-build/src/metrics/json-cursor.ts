// Reads JSON from bytes, value by value, without building what the caller does not want: COCO results of some hundred thousand
// detections cost JSON.parse 200 MB of short-lived objects.

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const BACKSLASH = 0x5c;
const OPEN = { array: 0x5b, object: 0x7b } as const;
const CLOSE = { array: 0x5d, object: 0x7d } as const;
const SPACES: readonly number[] = [0x20, 0x0a, 0x0d, 0x09];
/** Digits of a mantissa, and powers of ten, that a double holds exactly, so that one division rounds correctly. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** A file is not the JSON that was expected. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}

/** A place in the bytes of a JSON text. Each method reads what it names and moves past it. */
export class JsonCursor {
  private at = 0;

  constructor(
    private readonly bytes: Buffer,
    /** For messages. */
    private readonly file: string,
  ) {}

  /** Visits the elements of an array; `element` must read each. */
  array(element: (index: number) => void): void {
    this.open('array');
    for (let index = 0; !this.closes('array', index === 0); index += 1) element(index);
  }

  /** Visits the members of an object; `member` must read or skip each value. Keys come as written, escapes included. */
  object(member: (key: string) => void): void {
    this.open('object');
    for (let first = true; !this.closes('object', first); first = false) {
      const key = this.key();
      member(key);
    }
  }

  number(): number {
    this.space();
    const start = this.at;
    const { bytes } = this;
    const negative = bytes[start] === MINUS;
    let at = negative ? start + 1 : start;
    const first = at;
    let mantissa = 0;
    let fraction = 0;
    for (let inFraction = false; ; at += 1) {
      const byte = bytes[at];
      if (byte >= ZERO && byte <= NINE) {
        mantissa = mantissa * 10 + (byte - ZERO);
        if (inFraction) fraction += 1;
      } else if (byte === POINT && !inFraction) inFraction = true;
      else break;
    }
    const more = bytes[at] | 0x20;
    if (at > first && at - first <= EXACT_DIGITS && more !== 0x65) {
      this.at = at;
      const value = mantissa / POWERS_OF_TEN[fraction];
      return negative ? -value : value;
    }
    return this.longNumber(start);
  }

  string(): string {
    const parsed: unknown = JSON.parse(this.rawString());
    return String(parsed);
  }

  /** True when the next value is a string. */
  isString(): boolean {
    this.space();
    return this.bytes[this.at] === QUOTE;
  }

  skip(): void {
    this.space();
    const { bytes } = this;
    if (bytes[this.at] === QUOTE) {
      this.rawString();
      return;
    }
    let depth = 0;
    for (; this.at < bytes.length; this.at += 1) {
      const byte = bytes[this.at];
      if (byte === QUOTE) {
        this.rawString();
        this.at -= 1;
      } else if (byte === OPEN.array || byte === OPEN.object) depth += 1;
      else if (byte === CLOSE.array || byte === CLOSE.object) {
        if (depth === 0) return;
        depth -= 1;
        if (depth === 0) {
          this.at += 1;
          return;
        }
      } else if (byte === COMMA && depth === 0) return;
    }
    if (depth > 0) this.fail('its end');
  }

  /** Fails unless nothing but space is left. */
  end(): void {
    this.space();
    if (this.at < this.bytes.length) this.fail('nothing more');
  }

  private key(): string {
    this.space();
    const start = this.at + 1;
    this.rawString();
    const key = this.bytes.toString('latin1', start, this.at - 1);
    this.expect(0x3a, 'a colon');
    return key;
  }

  /** Beyond the digits that arithmetic holds exactly, and with exponents. */
  private longNumber(start: number): number {
    const [text = ''] =
      /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/.exec(this.bytes.toString('latin1', start, start + 64)) ?? [];
    if (text === '') this.fail('a number');
    this.at = start + text.length;
    return Number(text);
  }

  private rawString(): string {
    this.space();
    const start = this.at;
    if (this.bytes[start] !== QUOTE) this.fail('a string');
    for (this.at += 1; this.at < this.bytes.length; this.at += 1) {
      const byte = this.bytes[this.at];
      if (byte === BACKSLASH) this.at += 1;
      else if (byte === QUOTE) {
        this.at += 1;
        return this.bytes.toString('utf8', start, this.at);
      }
    }
    return this.fail('the end of a string');
  }

  private open(kind: keyof typeof OPEN): void {
    this.expect(OPEN[kind], `an ${kind}`);
  }

  private closes(kind: keyof typeof CLOSE, first: boolean): boolean {
    this.space();
    if (this.bytes[this.at] === CLOSE[kind]) {
      this.at += 1;
      return true;
    }
    if (!first) this.expect(COMMA, 'a comma');
    return false;
  }

  private expect(byte: number, name: string): void {
    this.space();
    if (this.bytes[this.at] !== byte) this.fail(name);
    this.at += 1;
  }

  private space(): void {
    while (SPACES.includes(this.bytes[this.at])) this.at += 1;
  }

  private fail(expected: string): never {
    throw new JsonError(`${this.file} is not what it should be: at byte ${this.at}, ${expected} was expected.`);
  }
}
