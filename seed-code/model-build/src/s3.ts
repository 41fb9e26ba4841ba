// A question to S3 that several folders ask.
import { HeadObjectCommand, NotFound, type S3Client } from '@aws-sdk/client-s3';

/** Whether the bucket holds an object of just this key. */
export async function objectExists(s3: S3Client, bucket: string, key: string): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}
