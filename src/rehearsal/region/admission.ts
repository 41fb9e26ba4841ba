// Who may talk to the region, and to which service: told from the Authorization header.
import { AwsError } from './errors';
import { ACCESS_KEY } from './isolation';

/** What the Authorization header says. */
export interface Credential {
  readonly accessKey: string;
  readonly region: string;
  readonly service: string;
}

/** Source: IAM User Guide, "Create a signed AWS API request": Credential=KEY/DATE/REGION/SERVICE/aws4_request. */
export function parseCredential(header: string | undefined): Credential | undefined {
  const match = /^AWS4-HMAC-SHA256 .*?Credential=([^/,\s]+)\/\d{8}\/([^/,\s]+)\/([^/,\s]+)\/aws4_request/.exec(
    header ?? '',
  );
  const [, accessKey = '', region = '', service = ''] = match ?? [];
  return match === null ? undefined : { accessKey, region, service };
}

/** @throws AwsError when the request is not for this region, or was meant for a real account */
export function admit(credential: Credential | undefined, region: string, services: readonly string[]): void {
  if (credential === undefined) {
    throw new AwsError('MissingAuthenticationToken', 'The request has no AWS4-HMAC-SHA256 Authorization header.', 403);
  }
  if (credential.accessKey !== ACCESS_KEY) {
    throw new AwsError(
      'InvalidAccessKeyId',
      'The request is signed with credentials that are not the rehearsal’s: they may belong to a real account, and are refused. Unset them.',
      403,
    );
  }
  if (credential.region !== region) {
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
}
