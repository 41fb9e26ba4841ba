import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import fs, { createReadStream, readdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { authorization, s3Of, start, temporaryFolder } from './start';

const Bucket = 'drone-data';

async function bucket(stateDir = temporaryFolder()): Promise<{ s3: S3Client; stateDir: string }> {
  const region = await start({ stateDir });
  const s3 = s3Of(region);
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
  return { s3, stateDir };
}

async function put(s3: S3Client, ...keys: string[]): Promise<void> {
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
}

async function text(s3: S3Client, Key: string, Range?: string): Promise<string | undefined> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, Range }));
  return Body?.transformToString();
}

describe('buckets', () => {
  test('a bucket is there once it is created, and not before', async () => {
    const s3 = s3Of(await start());
    await expect(s3.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'NotFound' });
    const create = { Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' as const } };
    await s3.send(new CreateBucketCommand(create));
    expect(await s3.send(new HeadBucketCommand({ Bucket }))).toMatchObject({ BucketRegion: 'eu-west-1' });
    await expect(s3.send(new CreateBucketCommand(create))).rejects.toMatchObject({ name: 'BucketAlreadyOwnedByYou' });
  });

  test('a name that S3 forbids, or another region, is refused', async () => {
    const s3 = s3Of(await start());
    await expect(s3.send(new CreateBucketCommand({ Bucket: 'Drone_Data' }))).rejects.toMatchObject({
      name: 'InvalidBucketName',
    });
    const elsewhere = { Bucket, CreateBucketConfiguration: { LocationConstraint: 'us-west-2' as const } };
    await expect(s3.send(new CreateBucketCommand(elsewhere))).rejects.toMatchObject({
      name: 'IllegalLocationConstraintException',
    });
  });
});

describe('objects', () => {
  test('an object comes back with its bytes, its type, its metadata and the MD5 of its bytes', async () => {
    const { s3 } = await bucket();
    const Body = randomBytes(300_000);
    const { ETag } = await s3.send(
      new PutObjectCommand({ Bucket, Key: 'a/b.jpg', Body, ContentType: 'image/jpeg', Metadata: { flight: 'f1' } }),
    );
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'a/b.jpg' }));
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(Body)).toBe(true);
    expect(got).toMatchObject({ ContentType: 'image/jpeg', Metadata: { flight: 'f1' }, ETag, ContentLength: 300_000 });
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a/b.jpg' }));
    expect(head).toMatchObject({ ContentType: 'image/jpeg', ContentLength: 300_000, ETag });
  });

  test('a streamed body, which comes in chunks with its checksum behind it, is stored as it was', async () => {
    const { s3 } = await bucket();
    const file = join(temporaryFolder(), 'body');
    const bytes = randomBytes(5_000_000);
    writeFileSync(file, bytes);
    await s3.send(new PutObjectCommand({ Bucket, Key: 'stream', Body: createReadStream(file) }));
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'stream' }));
    expect(got.ContentEncoding).toBeUndefined();
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
  });

  test.each([
    'a',
    'a/b',
    'a//b',
    '/a',
    'a/',
    '../../etc/passwd',
    'ü ø 漢 🚁',
    "%2F+&=?#;:@$,'()*!",
    'line\nbreak\ttab',
    'x'.repeat(1024),
  ])('the key %j is kept as it is', async (key) => {
    const { s3 } = await bucket();
    await put(s3, key);
    expect(await text(s3, key)).toBe(key);
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents?.map(({ Key }) => Key)).toEqual([key]);
  });

  test('a key longer than 1,024 bytes is refused', async () => {
    const { s3 } = await bucket();
    await expect(put(s3, 'x'.repeat(1100))).rejects.toMatchObject({ name: 'KeyTooLongError' });
  });

  test('a key that another key is a folder of, is an object of its own', async () => {
    const { s3 } = await bucket();
    await put(s3, 'a/b/c', 'a', 'a/b');
    expect(await Promise.all(['a', 'a/b', 'a/b/c'].map((key) => text(s3, key)))).toEqual(['a', 'a/b', 'a/b/c']);
  });

  test('the last write to a key wins, and its old bytes take no room', async () => {
    const { s3, stateDir } = await bucket();
    for (const Body of ['one', 'two', 'three']) await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body }));
    expect(await text(s3, 'k')).toBe('three');
    expect(readdirSync(join(stateDir, 's3', Bucket, 'bodies'))).toHaveLength(1);
  });

  test('If-None-Match: * writes a key once only', async () => {
    const { s3 } = await bucket();
    const once = (Body: string) => s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body, IfNoneMatch: '*' }));
    const results = await Promise.allSettled(['a', 'b', 'c'].map((body) => once(body)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(once('d')).rejects.toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
  });

  test('If-Match writes over the very object that was read, and over no other', async () => {
    const { s3 } = await bucket();
    const over = (IfMatch: string) => s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'next', IfMatch }));
    await expect(over('"any"')).rejects.toMatchObject({ name: 'NoSuchKey' });
    const { ETag = '' } = await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'first' }));
    const results = await Promise.allSettled([over(ETag), over(ETag)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(over(ETag)).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });

  test('bytes that do not fit their checksum are refused, and the key stays as it was', async () => {
    const { s3 } = await bucket();
    await put(s3, 'k');
    const put2 = s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'other', ChecksumCRC32: 'AAAAAA==' }));
    await expect(put2).rejects.toMatchObject({ name: 'BadDigest' });
    expect(await text(s3, 'k')).toBe('k');
  });

  test('a range of bytes', async () => {
    const { s3 } = await bucket();
    await put(s3, '0123456789');
    expect(await text(s3, '0123456789', 'bytes=2-4')).toBe('234');
    expect(await text(s3, '0123456789', 'bytes=7-')).toBe('789');
    expect(await text(s3, '0123456789', 'bytes=-2')).toBe('89');
    expect(await text(s3, '0123456789', 'bytes=8-99')).toBe('89');
    const part = await s3.send(new GetObjectCommand({ Bucket, Key: '0123456789', Range: 'bytes=2-4' }));
    expect(part).toMatchObject({ ContentRange: 'bytes 2-4/10', ContentLength: 3, $metadata: { httpStatusCode: 206 } });
    await expect(text(s3, '0123456789', 'bytes=10-')).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  test('a key that is not there is NoSuchKey; deleting it is no error', async () => {
    const { s3 } = await bucket();
    await expect(text(s3, 'none')).rejects.toMatchObject({ name: 'NoSuchKey', Key: 'none' });
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'none' }))).rejects.toMatchObject({ name: 'NotFound' });
    await put(s3, 'some');
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'some' }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'some' }));
    await expect(text(s3, 'some')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test('a bucket that is not there is NoSuchBucket', async () => {
    const s3 = s3Of(await start());
    await expect(text(s3, 'k')).rejects.toMatchObject({ name: 'NoSuchBucket' });
    await expect(put(s3, 'k')).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  test('what S3 has and the region has not is refused, not passed over', async () => {
    const { s3 } = await bucket();
    const encrypted = new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', ServerSideEncryption: 'aws:kms' });
    await expect(s3.send(encrypted)).rejects.toMatchObject({
      name: 'NotImplemented',
      message: 'The rehearsal region has no ServerSideEncryption in PutObject.',
    });
    await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'k', VersionId: '1' }))).rejects.toMatchObject({
      name: 'NotImplemented',
    });
  });

  test('a full disk is an InternalError, and the key stays as it was', async () => {
    const { s3, stateDir } = await bucket();
    await put(s3, 'k');
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const disk = jest.spyOn(fs, 'createWriteStream').mockImplementation(
      () =>
        new Writable({
          write: (_chunk, _encoding, done) => {
            done(full);
          },
        }) as unknown as fs.WriteStream, // as much of one as a pipeline needs
    );
    const write = () => s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: Buffer.alloc(1_000_000) }));
    await expect(write()).rejects.toMatchObject({
      name: 'InternalError',
      message: expect.stringContaining('no space left on device') as string,
    });
    disk.mockRestore();
    expect(await text(s3, 'k')).toBe('k');
    // the same while the journal is written: half a line is taken back
    const journal = jest.spyOn(fs, 'writeSync').mockImplementation((fd) => {
      fs.appendFileSync(fd, '{"key":"k","fi');
      throw full;
    });
    await expect(write()).rejects.toMatchObject({ name: 'InternalError' });
    journal.mockRestore();
    await put(s3, 'other');
    const lines = fs
      .readFileSync(join(stateDir, 's3', Bucket, 'journal.jsonl'), 'utf8')
      .trim()
      .split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { key: string }).key)).toEqual(['k', 'other']);
    expect(readdirSync(join(stateDir, 's3', Bucket, 'bodies'))).toHaveLength(2);
  });

  test('a body that breaks off leaves nothing behind', async () => {
    // GIVEN a client that goes away in the middle of its upload
    const stateDir = temporaryFolder();
    const answered = new EventEmitter();
    const region = await start({ stateDir, onEvent: ({ kind }) => answered.emit(kind) });
    const s3 = s3Of(region);
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
    const headers = { authorization: authorization(region, 's3'), 'content-length': 200_000 };
    const upload = request(`${region.url}/${Bucket}/k`, { method: 'PUT', headers }).on('error', () => undefined);
    // WHEN half of it has arrived
    upload.write(Buffer.alloc(100_000), () => upload.destroy());
    await once(answered, 'request');
    // THEN
    await expect(text(s3, 'k')).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(readdirSync(join(stateDir, 's3', Bucket, 'bodies'))).toEqual([]);
  });
});

describe('listings', () => {
  test('keys come in the order of their UTF-8 bytes', async () => {
    const { s3 } = await bucket();
    const keys = ['a', 'B', 'a/b', 'a-b', '\u{1F681}', '\uFF5E', 'é'];
    await put(s3, ...keys);
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(['B', 'a', 'a-b', 'a/b', 'é', '\uFF5E', '\u{1F681}']);
  });

  test('a prefix and a delimiter show one level', async () => {
    const { s3 } = await bucket();
    await put(s3, 'data/1', 'data/a/1', 'data/a/2', 'data/b/1', 'data/z', 'other');
    const list = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'data/', Delimiter: '/' }));
    expect(list.Contents?.map(({ Key }) => Key)).toEqual(['data/1', 'data/z']);
    expect(list.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['data/a/', 'data/b/']);
    expect(list).toMatchObject({ KeyCount: 4, IsTruncated: false });
  });

  test.each([undefined, '/'])('pages cover every key once (delimiter %j)', async (Delimiter) => {
    const { s3 } = await bucket();
    const keys = ['a', 'b/1', 'b/2', 'b/3', 'c', 'd/1', 'e'];
    await put(s3, ...keys);
    const seen: (string | undefined)[] = [];
    for await (const page of paginateListObjectsV2({ client: s3, pageSize: 2 }, { Bucket, Delimiter })) {
      expect(page.KeyCount).toBeLessThanOrEqual(2);
      seen.push(
        ...(page.Contents ?? []).map(({ Key }) => Key),
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
      );
    }
    expect(seen.sort()).toEqual(Delimiter === undefined ? keys : ['a', 'b/', 'c', 'd/', 'e']);
  });

  test('StartAfter passes over what is before it, and itself', async () => {
    const { s3 } = await bucket();
    await put(s3, 'a', 'b', 'c');
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, StartAfter: 'b' }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(['c']);
  });
});

test('a region started again on the same folder has the same objects', async () => {
  const stateDir = temporaryFolder();
  const first = await start({ stateDir });
  const s3 = s3Of(first);
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
  await put(s3, 'kept', 'deleted');
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'deleted' }));
  await first.close();
  // what a killed process leaves: a body that was being written, and half a line of the journal
  writeFileSync(join(stateDir, 's3', Bucket, 'bodies', 'half'), 'half');
  writeFileSync(join(stateDir, 's3', Bucket, 'journal.jsonl'), '{"key":"half","fi', { flag: 'a' });

  const again = s3Of(await start({ stateDir }));
  const { Contents } = await again.send(new ListObjectsV2Command({ Bucket }));
  expect(Contents?.map(({ Key }) => Key)).toEqual(['kept']);
  expect(await text(again, 'kept')).toBe('kept');
  expect(readdirSync(join(stateDir, 's3', Bucket, 'bodies'))).toHaveLength(1);
  await put(again, 'new');
  expect(await text(again, 'new')).toBe('new');
});
