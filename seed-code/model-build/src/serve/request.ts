// The images of a request body, by its content type.
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { RequestError } from './request-error';

/** An image as it came: bytes at hand, an object to fetch, or a line that holds neither. */
export type ImageSource =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

const IMAGE_TYPES = new Set(['image/jpeg', 'image/png', 'image/tiff', 'image/webp', 'application/x-image']);
const JSON_LINES = new Set(['application/jsonlines', 'application/x-jsonlines', 'application/jsonl']);

/** A pattern over the whole of a large image would take the main thread's time; decoding skips what is not base64, and so is shorter. */
const isBase64 = (text: string): boolean => text.length % 4 === 0 && !/[^A-Za-z0-9+/=]/.test(text);

const jsonImage = z.union([
  z.strictObject({ image: z.string().min(1).refine(isBase64) }),
  z.strictObject({ s3Uri: z.string().regex(/^s3:\/\/[^/]+\/.+$/) }),
]);

/**
 * Reads a request's body into memory of its own, which can be handed to another thread.
 * @throws RequestError 413 when it is larger than `maxBytes`, whether or not its length was declared
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const declared = Number(request.headers['content-length'] ?? 0);
  const tooLarge = new RequestError(
    413,
    `The body is larger than ${maxBytes} bytes. Send a smaller image, or its s3Uri.`,
  );
  if (declared > maxBytes) throw tooLarge;
  // Copied as it comes: joining 25 MB at once would hold the thread.
  let body = new Uint8Array(declared);
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (length + chunk.length > maxBytes) throw tooLarge;
    if (length + chunk.length > body.length) body = grown(body, length + chunk.length);
    body.set(chunk, length);
    length += chunk.length;
  }
  return length === body.length ? body : body.slice(0, length);
}

/** A body whose length was not declared doubles as it comes. */
function grown(body: Uint8Array, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(needed, 2 * body.length));
  larger.set(body);
  return larger;
}

/** A body's media type, without parameters. */
export function mediaType(header: string | undefined): string {
  return (header ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

export function isJsonLines(type: string): boolean {
  return JSON_LINES.has(type);
}

/**
 * The images that a body holds.
 * @throws RequestError 415 for a content type that is not spoken here, 400 for JSON that holds no image
 */
export function parseImages(body: Buffer, type: string): ImageSource[] {
  if (IMAGE_TYPES.has(type)) return [{ kind: 'bytes', bytes: body }];
  if (isJsonLines(type)) {
    const lines = body.toString('utf8').split(/\r?\n/);
    return lines.filter((line) => line.trim() !== '').map(parseJsonImage);
  }
  if (type === 'application/json') {
    const image = parseJsonImage(body.toString('utf8'));
    if (image.kind === 'unreadable') throw new RequestError(400, image.reason);
    return [image];
  }
  const known = [...IMAGE_TYPES, 'application/json', 'application/jsonlines'].join(', ');
  throw new RequestError(415, `The content type ${JSON.stringify(type)} is not one of ${known}.`);
}

function parseJsonImage(text: string): ImageSource {
  const reason = 'An image in JSON is {"image":"<base64>"} or {"s3Uri":"s3://bucket/key"}.';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'unreadable', reason };
  }
  const parsed = jsonImage.safeParse(value);
  if (!parsed.success) return { kind: 'unreadable', reason };
  if ('image' in parsed.data) return { kind: 'bytes', bytes: Buffer.from(parsed.data.image, 'base64') };
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(parsed.data.s3Uri) ?? [];
  return { kind: 's3', bucket, key };
}
