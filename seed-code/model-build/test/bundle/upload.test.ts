import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { uploadBundles, type Bundle } from '../../src/bundle';
import { s3Store } from '../../src/dataset';
import { clientOptions, startAwsStub, type AwsStub } from '../aws-stub';

let directory: string;
let stub: AwsStub;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'upload-'));
  writeFileSync(join(directory, 'split.js'), 'code');
  writeFileSync(join(directory, 'bundle.json'), '{}');
  stub = await startAwsStub({});
});
afterEach(async () => {
  rmSync(directory, { recursive: true, force: true });
  await stub.close();
});

test('a bundle is uploaded once; one that broke off is uploaded again, since bundle.json comes last', async () => {
  const bundle: Bundle = { step: 'split', hash: 'abc', directory, files: ['bundle.json', 'split.js'] };
  const store = s3Store(new S3Client(clientOptions(stub)), 'bucket');

  expect(await uploadBundles(store, [bundle])).toEqual([bundle]);
  expect(stub.calls.map(({ operation, input }) => `${operation} ${String(input)}`)).toEqual([
    'HEAD object bucket/code/split/abc/bundle.json',
    'PUT object bucket/code/split/abc/split.js',
    'PUT object bucket/code/split/abc/bundle.json',
  ]);

  expect(await uploadBundles(store, [bundle])).toEqual([]);
  stub.objects.delete('bucket/code/split/abc/bundle.json');
  expect(await uploadBundles(store, [bundle])).toEqual([bundle]);
});
