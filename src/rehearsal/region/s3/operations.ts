// The S3 operations that the region answers, and what is known of each.
import type { Readable } from 'node:stream';
import { assumed, documented, type Claim } from '../behaviour';
import type { Tag } from '../cloudformation/resource';
import { AwsError } from '../errors';
import type { Attributes, Bucket, Page, StoredObject } from './bucket';
import { decodeChunked } from './chunked';
import type { Storage } from './storage';

export interface S3Call<Input> {
  /** What path, query and headers said, checked against the model. */
  readonly input: Input;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AsyncIterable<Buffer>;
}

export interface S3Answer {
  readonly status?: number;
  readonly output: Readonly<Record<string, unknown>>;
  readonly body?: Readable;
  /** Name of the XML document that carries the members which no header does. */
  readonly document?: string;
}

export interface S3Operation {
  /** Members of the input that it heeds; a request with any other is refused, not half obeyed. */
  readonly takes: readonly string[];
  readonly claims: readonly Claim[];
  run(call: S3Call<never>, region: S3Region): S3Answer | Promise<S3Answer>;
}

export interface S3Region {
  readonly storage: Storage;
  readonly name: string;
}

/** Ties an operation's input to its type; the region has checked it against the model before it runs. */
function operation<Input>(
  takes: readonly (keyof Input & string)[],
  claims: readonly Claim[],
  run: (call: S3Call<Input>, region: S3Region) => S3Answer | Promise<S3Answer>,
): S3Operation {
  return { takes, claims, run };
}

const S3_API = 'Amazon S3 API Reference';

interface InBucket {
  readonly Bucket: string;
}
interface OfObject extends InBucket {
  readonly Key: string;
}

const headBucket = operation<InBucket>(
  ['Bucket'],
  [documented('Answers 200 with the bucket’s region, or 404 without a body.', `${S3_API}, HeadBucket`)],
  ({ input }, region) => {
    existing(region.storage, input.Bucket);
    return { output: { BucketRegion: region.name } };
  },
);

/** Bytes in UTF-8. Source: S3 User Guide, "Naming Amazon S3 objects". */
const LONGEST_KEY = 1024;

const putObject = operation<
  OfObject & {
    ContentType?: string;
    ContentEncoding?: string;
    ContentLength?: number;
    Metadata?: Record<string, string>;
    IfMatch?: string;
    IfNoneMatch?: string;
    ChecksumAlgorithm?: string;
    ChecksumCRC32?: string;
    Tagging?: string;
  }
>(
  [
    'Bucket',
    'Key',
    'ContentType',
    'ContentEncoding',
    'ContentLength',
    'Metadata',
    'IfMatch',
    'IfNoneMatch',
    'ChecksumAlgorithm',
    'ChecksumCRC32',
    'Tagging',
  ],
  [
    documented(
      'An object is there whole or not at all; the last write to a key wins.',
      'S3 User Guide, "Amazon S3 data consistency model"',
    ),
    documented('A key of more than 1,024 bytes: KeyTooLongError.', 'S3 User Guide, "Naming Amazon S3 objects"'),
    documented('If-None-Match: * refuses a key that is there: PreconditionFailed, 412.', `${S3_API}, PutObject`),
    documented('If-Match refuses an object with another ETag: PreconditionFailed, 412.', `${S3_API}, PutObject`),
    documented('If-Match on a key that is not there: NoSuchKey, 404.', `${S3_API}, PutObject: IfMatch`),
    documented(
      'CRC32 in a header or a trailer must fit the bytes: BadDigest. Other algorithms are refused.',
      `${S3_API}, PutObject`,
    ),
    documented(
      'A body may come in the aws-chunked encoding, which is not stored.',
      'S3 User Guide, "Signature Calculations"',
    ),
    documented('The ETag is the MD5 of the bytes.', `${S3_API}, Object: ETag`),
    documented(
      'Tags come as the query of a URL, and go with the object that is written over.',
      `${S3_API}, PutObject: Tagging`,
    ),
    assumed('A full disk is an InternalError, and the key holds what it held before.'),
    assumed('Signatures of requests and of chunks are not verified; access keys and regions are.'),
  ],
  async ({ input, headers, body }, { storage }) => {
    if (Buffer.byteLength(input.Key) > LONGEST_KEY) throw new AwsError('KeyTooLongError', 'Your key is too long');
    if (input.IfNoneMatch !== undefined && input.IfNoneMatch !== '*')
      throw notImplemented('If-None-Match other than *');
    if (input.ChecksumAlgorithm !== undefined && input.ChecksumAlgorithm !== 'CRC32') {
      throw notImplemented(`the checksum algorithm ${input.ChecksumAlgorithm}`);
    }
    let checksum = input.ChecksumCRC32;
    const { bytes, encoding } = decoded(headers, body, (name, value) => {
      if (name !== 'x-amz-checksum-crc32') throw notImplemented(`the trailer ${name}`);
      checksum = value;
    });
    const declared = declaredLength(headers);
    const attributes: Attributes = {
      ...(input.ContentType !== undefined && { contentType: input.ContentType }),
      ...(encoding !== '' && { contentEncoding: encoding }),
      metadata: input.Metadata ?? {},
      ...(input.Tagging !== undefined && { tags: headerTags(input.Tagging) }),
    };
    const object = await existing(storage, input.Bucket).put(input.Key, bytes, attributes, {
      admit: (present) => {
        if (input.IfMatch !== undefined && present === undefined) throw noSuchKey(input.Key);
        const isOther = input.IfMatch !== undefined && present !== undefined && etag(present) !== input.IfMatch;
        const Condition = isOther ? 'If-Match' : 'If-None-Match';
        if (!isOther && (input.IfNoneMatch === undefined || present === undefined)) return;
        const message = 'At least one of the pre-conditions you specified did not hold';
        throw new AwsError('PreconditionFailed', message, 412, { Condition });
      },
      accept: ({ size, crc32 }) => {
        if (declared !== undefined && declared !== size) {
          const message = 'You did not provide the number of bytes specified by the Content-Length HTTP header';
          throw new AwsError('IncompleteBody', message);
        }
        if (checksum !== undefined && checksum !== crc32) {
          throw new AwsError('BadDigest', 'The CRC32 you specified did not match the calculated checksum.');
        }
      },
    });
    return { output: { ETag: etag(object), ...checksums(object) } };
  },
);

const readClaims = [
  documented('A missing key is NoSuchKey, 404.', `${S3_API}, GetObject`),
  documented('One range of bytes: 206 with Content-Range; beyond the end: InvalidRange, 416.', `${S3_API}, GetObject`),
  documented('Checksum mode ENABLED: the whole object’s CRC32 comes with it.', `${S3_API}, GetObject: ChecksumMode`),
  assumed('A Range header that does not parse is passed over, as HTTP says.'),
];
interface Read extends OfObject {
  readonly Range?: string;
  readonly ChecksumMode?: string;
}

const getObject = operation<Read>(['Bucket', 'Key', 'Range', 'ChecksumMode'], readClaims, ({ input }, { storage }) => {
  const { bucket, object, range, ...answer } = read(storage, input);
  return { ...answer, body: bucket.read(object, range) };
});

const headObject = operation<Read>(['Bucket', 'Key', 'Range', 'ChecksumMode'], readClaims, ({ input }, { storage }) => {
  const { status, output } = read(storage, input);
  return { status, output };
});

const deleteObject = operation<OfObject>(
  ['Bucket', 'Key'],
  [documented('Deleting a key that is not there succeeds too (204).', `${S3_API}, DeleteObject`)],
  ({ input }, { storage }) => {
    existing(storage, input.Bucket).delete(input.Key);
    return { output: {} };
  },
);

interface List extends InBucket {
  readonly Prefix?: string;
  readonly Delimiter?: string;
  readonly MaxKeys?: number;
  readonly ContinuationToken?: string;
  readonly StartAfter?: string;
  readonly EncodingType?: string;
}

/** Source: Amazon S3 API Reference, ListObjectsV2: "By default, the action returns up to 1,000 key names." */
const MOST_KEYS = 1000;

const listObjects = operation<List>(
  ['Bucket', 'Prefix', 'Delimiter', 'MaxKeys', 'ContinuationToken', 'StartAfter', 'EncodingType'],
  [
    documented('Keys come in the order of their UTF-8 bytes, at most 1,000 a page.', `${S3_API}, ListObjectsV2`),
    documented('Common prefixes count as one key each.', `${S3_API}, ListObjectsV2`),
    assumed('A continuation token is the last key of its page, in Base64.'),
  ],
  ({ input }, { storage }) => {
    const { Bucket: name, Prefix = '', Delimiter, ContinuationToken, StartAfter, EncodingType } = input;
    const limit = Math.min(input.MaxKeys ?? MOST_KEYS, MOST_KEYS);
    const after = ContinuationToken === undefined ? StartAfter : Buffer.from(ContinuationToken, 'base64url').toString();
    const page: Page = existing(storage, name).list(Prefix, { after, delimiter: Delimiter, limit });
    const shown = (text: string): string => (EncodingType === 'url' ? encodeURIComponent(text) : text);
    return {
      document: 'ListBucketResult',
      output: {
        Name: name,
        Prefix: shown(Prefix),
        ...(Delimiter !== undefined && { Delimiter: shown(Delimiter) }),
        ...(StartAfter !== undefined && { StartAfter: shown(StartAfter) }),
        ...(EncodingType !== undefined && { EncodingType }),
        ...(ContinuationToken !== undefined && { ContinuationToken }),
        MaxKeys: limit,
        KeyCount: page.objects.length + page.commonPrefixes.length,
        IsTruncated: page.last !== undefined,
        ...(page.last !== undefined && { NextContinuationToken: Buffer.from(page.last).toString('base64url') }),
        Contents: page.objects.map((object) => ({
          Key: shown(object.key),
          LastModified: object.modified / 1000,
          ETag: etag(object),
          Size: object.size,
          StorageClass: 'STANDARD',
        })),
        CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: shown(prefix) })),
      },
    };
  },
);

export const S3_OPERATIONS: Readonly<Record<string, S3Operation>> = {
  HeadBucket: headBucket,
  PutObject: putObject,
  GetObject: getObject,
  HeadObject: headObject,
  DeleteObject: deleteObject,
  ListObjectsV2: listObjects,
};

/** Says that a request asks for something that S3 has and the region has not. */
export function notImplemented(what: string): AwsError {
  return new AwsError('NotImplemented', `The rehearsal region has no ${what}.`, 501);
}

function existing(storage: Storage, name: string): Bucket {
  const bucket = storage.bucket(name);
  if (bucket === undefined) {
    throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: name });
  }
  return bucket;
}

function noSuchKey(Key: string): AwsError {
  return new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key });
}

function read(storage: Storage, input: Read) {
  const bucket = existing(storage, input.Bucket);
  const object = bucket.get(input.Key);
  if (object === undefined) throw noSuchKey(input.Key);
  const range = input.Range === undefined ? undefined : parseRange(input.Range, object.size);
  const length = range === undefined ? object.size : range.last - range.first + 1;
  return {
    bucket,
    object,
    range,
    status: range === undefined ? 200 : 206,
    output: {
      AcceptRanges: 'bytes',
      ContentLength: length,
      ...(range !== undefined && { ContentRange: `bytes ${range.first}-${range.last}/${object.size}` }),
      ContentType: object.contentType ?? 'binary/octet-stream',
      ...(object.contentEncoding !== undefined && { ContentEncoding: object.contentEncoding }),
      ETag: etag(object),
      LastModified: Math.floor(object.modified / 1000),
      Metadata: object.metadata,
      ...(object.tags !== undefined && object.tags.length > 0 && { TagCount: object.tags.length }),
      ...(input.ChecksumMode === 'ENABLED' && range === undefined && checksums(object)),
    },
  };
}

function parseRange(header: string, size: number): { first: number; last: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header);
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  const [, from = '', to = ''] = match;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < first) return undefined;
  if (first >= size) throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416);
  return { first, last };
}

function etag({ md5 }: StoredObject): string {
  return `"${md5}"`;
}

function checksums({ crc32 }: StoredObject) {
  return { ChecksumCRC32: crc32, ChecksumType: 'FULL_OBJECT' };
}

function headerTags(header: string): Tag[] {
  return [...new URLSearchParams(header)].map(([Key, Value]) => ({ Key, Value }));
}

/** The body's bytes without the transfer's own encoding. */
function decoded(
  headers: S3Call<unknown>['headers'],
  body: AsyncIterable<Buffer>,
  onTrailer: (name: string, value: string) => void,
) {
  const encodings = String(headers['content-encoding'] ?? '')
    .split(',')
    .map((one) => one.trim());
  const encoding = encodings.filter((one) => one !== 'aws-chunked').join(',');
  const chunked =
    encoding.length < encodings.join(',').length || String(headers['x-amz-content-sha256']).startsWith('STREAMING-');
  return { encoding, bytes: chunked ? decodeChunked(body, onTrailer) : body };
}

function declaredLength(headers: S3Call<unknown>['headers']): number | undefined {
  const length = headers['x-amz-decoded-content-length'] ?? headers['content-length'];
  return length === undefined ? undefined : Number(length);
}
