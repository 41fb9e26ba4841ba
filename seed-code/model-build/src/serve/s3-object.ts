// Fetches the object of S3 that a request names, with the endpoint's role.
import { Readable } from 'node:stream';
import { GetObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { RequestError } from './request-error';
import type { FetchObject } from './model-invocations';

/** @returns a function that throws RequestError 400 when the object is missing or not permitted, 413 when it is too large */
export function objectFetcher(client = new S3Client({})): FetchObject {
  return async (bucket, key, maxBytes) => {
    try {
      const { Body, ContentLength = 0 } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      if (ContentLength > maxBytes) {
        // Unread, it would hold its connection.
        if (Body instanceof Readable) Body.destroy();
        throw new RequestError(413, `s3://${bucket}/${key} is larger than ${maxBytes} bytes.`);
      }
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    } catch (error) {
      if (!(error instanceof S3ServiceException)) throw error;
      throw new RequestError(400, `s3://${bucket}/${key} cannot be read: ${error.name}.`);
    }
  };
}
