// Reads the loopback region over its own wire, as any client would.
import type { Region } from './region';

export interface RegionClient {
  /** Calls an operation of SageMaker and returns its answer. */
  call(operation: string, input: Record<string, unknown>): Promise<unknown>;
  /** The bytes of the object at `s3://bucket/key`; undefined when there is none. */
  read(uri: string): Promise<Buffer | undefined>;
  /** Size in bytes of the object; undefined when there is none. */
  size(uri: string): Promise<number | undefined>;
}

/** The region answered with an error. */
export class RegionCallError extends Error {
  override readonly name = 'RegionCallError';
}

/** The region tells services apart by the credential's scope; it does not check signatures. */
export function regionClient({ url, environment }: Pick<Region, 'url' | 'environment'>): RegionClient {
  const authorization = (service: string): string =>
    `AWS4-HMAC-SHA256 Credential=${environment.AWS_ACCESS_KEY_ID}/20000101/${environment.AWS_REGION}/${service}/aws4_request, ` +
    'SignedHeaders=host, Signature=none';
  const object = (uri: string, method: string): Promise<Response> =>
    fetch(`${url}/${uri.slice('s3://'.length).split('/').map(encodeURIComponent).join('/')}`, {
      method,
      headers: { authorization: authorization('s3') },
    });
  return {
    async call(operation, input) {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          authorization: authorization('sagemaker'),
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': `SageMaker.${operation}`,
        },
        body: JSON.stringify(input),
      });
      const text = await answer.text();
      if (!answer.ok) throw new RegionCallError(`${operation}: ${text}`);
      return JSON.parse(text) as unknown;
    },
    async read(uri) {
      const answer = await object(uri, 'GET');
      return answer.ok ? Buffer.from(await answer.arrayBuffer()) : undefined;
    },
    async size(uri) {
      const answer = await object(uri, 'HEAD');
      return answer.ok ? Number(answer.headers.get('content-length')) : undefined;
    },
  };
}
