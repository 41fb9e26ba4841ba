// The `aws-chunked` content encoding, in which SDKs send bodies whose checksum follows them in a trailer.
// Source: Amazon S3 User Guide, "Signature Calculations for … Chunked Uploads".
import { AwsError } from '../errors';

const LINE_END = Buffer.from('\r\n');
/** A chunk's header (its size, and maybe its signature) or a trailer's line is never longer. */
const LONGEST_LINE = 4096;

/**
 * The bytes that were encoded; holds no more than one chunk of the input at a time.
 * @param onTrailer called for each trailing header, its name in small letters
 * @throws AwsError IncompleteBody when the encoding breaks off
 */
export async function* decodeChunked(
  input: AsyncIterable<Buffer>,
  onTrailer: (name: string, value: string) => void,
): AsyncGenerator<Buffer> {
  const source = new Source(input);
  for (;;) {
    const header = await source.line();
    const size = /^[0-9a-fA-F]+(?=;|$)/.exec(header)?.[0];
    if (size === undefined) throw incomplete();
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    yield* source.bytes(length);
    if ((await source.line()) !== '') throw incomplete();
  }
  for (let line = await source.line(); line !== ''; line = await source.line()) {
    const colon = line.indexOf(':');
    onTrailer(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}

/** Reads lines and counted bytes from a sequence of buffers. */
class Source {
  private readonly iterator: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(input: AsyncIterable<Buffer>) {
    this.iterator = input[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    for (;;) {
      const end = this.rest.indexOf(LINE_END);
      if (end !== -1) return this.take(end + LINE_END.length).toString('latin1', 0, end);
      if (this.rest.length > LONGEST_LINE) throw incomplete();
      const more = await this.next();
      this.rest = Buffer.concat([this.rest, more]);
    }
  }

  async *bytes(count: number): AsyncGenerator<Buffer> {
    for (let left = count; left > 0;) {
      if (this.rest.length === 0) this.rest = await this.next();
      const part = this.take(Math.min(left, this.rest.length));
      left -= part.length;
      yield part;
    }
  }

  private take(count: number): Buffer {
    const part = this.rest.subarray(0, count);
    this.rest = this.rest.subarray(count);
    return part;
  }

  private async next(): Promise<Buffer> {
    const next = await this.iterator.next();
    if (next.done === true) throw incomplete();
    return next.value;
  }
}

function incomplete(): AwsError {
  return new AwsError(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
  );
}
