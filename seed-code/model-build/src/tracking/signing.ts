// Signature Version 4 for SageMaker's tracking servers, as aws/sagemaker-mlflow 0.3.0 signs: the body's hash is a signed header.
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { SageMakerAddress } from './address';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface UnsignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** @returns all headers of the request, the signature among them */
export async function signedHeaders(
  { method, url, headers, body }: UnsignedRequest,
  { region, service, arn, header }: SageMakerAddress,
  credentials: () => Promise<Credentials>,
  signingDate = new Date(),
): Promise<Record<string, string>> {
  const signer = new SignatureV4({ region, service, credentials, sha256: Sha256 });
  const signed = await signer.sign(
    {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: queryOf(url),
      headers: { ...headers, [header]: arn, host: url.host },
      body,
    },
    { signingDate },
  );
  return signed.headers;
}

function queryOf(url: URL): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(url.searchParams.keys())].map((name) => {
      const values = url.searchParams.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}
