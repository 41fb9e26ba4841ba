// Reads JSON from bytes, value by value, without building what the caller does not want: COCO results of some hundred thousand
// detections cost JSON.parse 200 MB of short-lived objects.

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN = { array: 0x5b, object: 0x7b } as const;
const CLOSE = { array: 0x5d, object: 0x7d } as const;
/** Digits of a mantissa, and powers of ten, that a double holds exactly, so that one division rounds correctly. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);
/** More characters than any number needs. */
const LONGEST_NUMBER = 400;

/** A file is not the JSON that was expected. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}

/** A place in the bytes of a JSON text. Each method reads what it names and moves past it, or throws a JsonError. */
export class JsonCursor {
  private at = 0;
  /** Keys that were met: a file repeats few, so each becomes a string once. */
  private readonly keys: { readonly text: string; readonly bytes: Uint8Array }[] = [];
  /** Index of the key that comes next if this object is like the last. */
  private next = 0;

  constructor(
    private readonly bytes: Buffer,
    /** For messages. */
    private readonly file: string,
  ) {}

  /** Visits the elements of an array; `element` must read or skip each. */
  array(element: (index: number) => void): void {
    this.expect(OPEN.array, 'an array');
    for (let index = 0; !this.closes('array', index === 0); index += 1) element(index);
  }

  /** Visits the members of an object; `member` must read or skip each value. Keys come as written, escapes included. */
  object(member: (key: string) => void): void {
    this.expect(OPEN.object, 'an object');
    for (let first = true; !this.closes('object', first); first = false) {
      const key = this.key();
      this.expect(COLON, 'a colon');
      member(key);
    }
  }

  number(): number {
    const start = this.space();
    const { bytes } = this;
    const first = bytes[start] === MINUS ? start + 1 : start;
    let at = first;
    let mantissa = 0;
    let point = -1;
    for (; ; at += 1) {
      const byte = bytes[at];
      if (byte >= ZERO && byte <= NINE) mantissa = mantissa * 10 + (byte - ZERO);
      else if (byte === POINT && point === -1) point = at;
      else break;
    }
    const digits = at - first - (point === -1 ? 0 : 1);
    const exponent = (bytes[at] | SPACE) === 0x65; // e or E
    if (digits === 0 || digits > EXACT_DIGITS || exponent) return this.anyNumber(start);
    this.at = at;
    const value = point === -1 ? mantissa : mantissa / POWERS_OF_TEN[at - point - 1];
    return first === start ? value : -value;
  }

  string(): string {
    const start = this.space();
    this.skipString();
    return JSON.parse(this.bytes.toString('utf8', start, this.at)) as string; // Its bytes are a string's.
  }

  /** True when the next value is a string. */
  isString(): boolean {
    return this.bytes[this.space()] === QUOTE;
  }

  skip(): void {
    this.space();
    const { bytes } = this;
    let depth = 0;
    do {
      const byte = bytes[this.at];
      if (byte === QUOTE) {
        this.skipString();
        continue;
      }
      if (byte === OPEN.array || byte === OPEN.object) depth += 1;
      else if (byte === CLOSE.array || byte === CLOSE.object) depth -= 1;
      else if (byte === undefined) this.fail('more');
      this.at += 1;
    } while (depth > 0 || !endsValue(bytes[this.at]));
  }

  /** Fails unless nothing but white space is left. */
  end(): void {
    if (this.space() < this.bytes.length) this.fail('nothing more');
  }

  private key(): string {
    const start = this.space() + 1;
    // Objects of one kind have their keys in one order, mostly.
    const known = this.keys.length;
    for (let tried = 0; tried < known; tried += 1) {
      const next = this.next < known ? this.next : 0;
      this.next = next + 1;
      const { text, bytes } = this.keys[next];
      if (this.holds(bytes, start) && this.bytes[start + bytes.length] === QUOTE && this.bytes[start - 1] === QUOTE) {
        this.at = start + bytes.length + 1;
        return text;
      }
    }
    this.skipString();
    const bytes = this.bytes.subarray(start, this.at - 1);
    // As a property's name, so that V8 compares keys by address.
    const [text] = Object.keys({ [bytes.toString()]: null });
    this.keys.push({ text, bytes });
    this.next = 0;
    return text;
  }

  private holds(expected: Uint8Array, start: number): boolean {
    for (let index = 0; index < expected.length; index += 1) {
      if (this.bytes[start + index] !== expected[index]) return false;
    }
    return true;
  }

  /** With an exponent, or more digits than arithmetic on doubles holds exactly. */
  private anyNumber(start: number): number {
    let end = start;
    while (!endsValue(this.bytes[end]) && end - start < LONGEST_NUMBER) end += 1;
    const text = this.bytes.toString('latin1', start, end);
    const value = Number(text);
    if (text === '' || !Number.isFinite(value)) this.fail('a number');
    this.at = end;
    return value;
  }

  private skipString(): void {
    const { bytes } = this;
    if (bytes[this.space()] !== QUOTE) this.fail('a string');
    let at = this.at + 1;
    while (bytes[at] !== QUOTE) {
      if (at >= bytes.length) this.fail('a string that ends');
      at += bytes[at] === BACKSLASH ? 2 : 1;
    }
    this.at = at + 1;
  }

  private closes(kind: keyof typeof CLOSE, first: boolean): boolean {
    if (this.bytes[this.space()] === CLOSE[kind]) {
      this.at += 1;
      return true;
    }
    if (!first) this.expect(COMMA, 'a comma');
    return false;
  }

  private expect(byte: number, name: string): void {
    if (this.bytes[this.space()] !== byte) this.fail(name);
    this.at += 1;
  }

  /** Moves past white space; returns where the next token begins. */
  private space(): number {
    while (this.bytes[this.at] <= SPACE) this.at += 1;
    return this.at;
  }

  private fail(expected: string): never {
    throw new JsonError(`${this.file} is not the JSON that is expected: ${expected} should stand at byte ${this.at}.`);
  }
}

/** After a number or word: white space, a comma, a closing bracket or the end. */
function endsValue(byte: number | undefined): boolean {
  return byte === undefined || byte <= SPACE || byte === COMMA || byte === CLOSE.array || byte === CLOSE.object;
}
