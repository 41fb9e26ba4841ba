// Requests and answers of S3 whose body is a small document: an XML one, or a policy's JSON.
import { crc32 } from 'node:zlib';
import { AwsError } from '../errors';
import { S3_MODEL as MODEL, type OperationModel } from '../model';
import type { Members } from '../service';
import { parseXml } from '../xml';
import { renderXml } from './xml';

/** Bytes; S3's own limit for a bucket's configuration is not written anywhere. */
const LONGEST_DOCUMENT = 65_536;
const CHECKSUM_HEADER = 'x-amz-checksum-crc32';

export interface Document {
  readonly type: 'application/xml' | 'application/json';
  readonly text: string;
}

/**
 * The member of a request's input that its body holds.
 * @throws AwsError when the body is none of the kind, or not what its checksum says
 */
export async function documentMembers(
  operation: OperationModel,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: AsyncIterable<Buffer>,
): Promise<Members> {
  const text = await readDocument(body);
  const checksum = headers[CHECKSUM_HEADER];
  if (checksum !== undefined && checksum !== base64Crc32(text)) {
    throw new AwsError('BadDigest', 'The CRC32 you specified did not match the calculated checksum.');
  }
  const shape = MODEL.shapes[operation.input ?? ''];
  const payload = shape?.type === 'structure' ? shape.payload : undefined;
  const reference = shape?.type === 'structure' && payload !== undefined ? shape.members[payload] : undefined;
  if (payload === undefined || reference === undefined || text === '') return {};
  return { [payload]: MODEL.shapes[reference.shape]?.type === 'string' ? text : parseXml(MODEL, reference, text) };
}

/** Headers that {@link documentMembers} heeds beside the model's. */
export const DOCUMENT_HEADERS: readonly string[] = [CHECKSUM_HEADER];

/** Roots of answers that are named otherwise than their payload. */
const ROOTS: Readonly<Record<string, string>> = {
  GetBucketCors: 'CORSConfiguration',
  GetBucketTagging: 'Tagging',
  GetBucketVersioning: 'VersioningConfiguration',
  GetObjectTagging: 'Tagging',
};

/** An answer's body; undefined for one without. */
export function answerDocument(name: string, operation: OperationModel, output: Members): Document | undefined {
  const xml = (text: string): Document => ({ type: 'application/xml', text });
  const shape = MODEL.shapes[operation.output ?? ''];
  if (shape?.type !== 'structure') return undefined;
  // The one answer whose only member is its root.
  if (name === 'GetBucketLocation')
    return xml(renderXml(MODEL, 'LocationConstraint', 'BucketLocationConstraint', output.LocationConstraint));
  const payload = shape.payload === undefined ? undefined : shape.members[shape.payload];
  if (shape.payload !== undefined && payload !== undefined) {
    const value = output[shape.payload];
    if (MODEL.shapes[payload.shape]?.type === 'string') return { type: 'application/json', text: String(value) };
    return xml(renderXml(MODEL, shape.payload, payload.shape, value));
  }
  const root = ROOTS[name];
  return root === undefined ? undefined : xml(renderXml(MODEL, root, operation.output ?? '', output));
}

async function readDocument(body: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of body) {
    text += String(chunk);
    if (text.length > LONGEST_DOCUMENT) throw new AwsError('MalformedXML', 'The XML you provided was not well-formed.');
  }
  return text;
}

function base64Crc32(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return bytes.toString('base64');
}
