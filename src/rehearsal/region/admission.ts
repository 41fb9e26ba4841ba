// Who may talk to the region, and to which service: told from the Authorization header, or from a presigned URL.
import type { IncomingMessage } from 'node:http';
import type { Principal, Principals } from './access';
import { AwsError } from './errors';

/** What a request says of who signed it. */
export interface Credential {
  readonly accessKey: string;
  readonly region: string;
  readonly service: string;
}

/** Source: IAM User Guide, "Create a signed AWS API request": Credential=KEY/DATE/REGION/SERVICE/aws4_request. */
export function parseCredential({
  headers,
  url = '',
}: Pick<IncomingMessage, 'headers' | 'url'>): Credential | undefined {
  const signed = /^AWS4-HMAC-SHA256 .*?Credential=(.*)$/.exec(headers.authorization ?? '')?.[1];
  const presigned = new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('X-Amz-Credential');
  const match = /^([^/,\s]+)\/\d{8}\/([^/,\s]+)\/([^/,\s]+)\/aws4_request/.exec(signed ?? presigned ?? '');
  const [, accessKey = '', region = '', service = ''] = match ?? [];
  return match === null ? undefined : { accessKey, region, service };
}

/** Services of the partition as a whole, whose clients may sign for us-east-1. */
const GLOBAL = ['iam', 'sts'];

/**
 * Who makes the request.
 * @throws AwsError when the request is not for this region, or was meant for a real account
 */
export function admit(
  credential: Credential | undefined,
  region: string,
  services: readonly string[],
  principals: Principals,
): Principal {
  if (credential === undefined) {
    throw new AwsError('MissingAuthenticationToken', 'The request has no AWS4-HMAC-SHA256 Authorization header.', 403);
  }
  const principal = principals.find(credential.accessKey);
  if (principal === undefined) {
    throw new AwsError(
      'InvalidAccessKeyId',
      'The request is signed with credentials that are not the rehearsal’s: they may belong to a real account, and are refused. Unset them.',
      403,
    );
  }
  if (credential.region !== region && !GLOBAL.includes(credential.service)) {
    throw new AwsError(
      'SignatureDoesNotMatch',
      `Credential should be scoped to a valid region: the request is for ${credential.region}, and this is ${region}.`,
      403,
    );
  }
  if (!services.includes(credential.service)) {
    const all = services.join(', ');
    throw new AwsError('UnknownService', `The rehearsal region has no ${credential.service}; it has ${all}.`, 501);
  }
  return principal;
}
