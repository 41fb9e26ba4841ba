// Roles that services take: they have to be there, and to trust the service.
import type { Apis } from '../service';

/** Whether a role is there, and trusts the service. @param service for example `cloudformation.amazonaws.com` */
export async function mayAssume(apis: Apis, service: string, roleArn: string): Promise<boolean> {
  const RoleName = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  const caller = apis.as({ arn: service, session: service });
  const found = await caller.call('iam', 'GetRole', { RoleName }).catch(() => undefined);
  // GetRole's answer was checked against its model; the trust policy comes URL-encoded.
  const role = found?.Role as { readonly Arn: string; readonly AssumeRolePolicyDocument: string } | undefined;
  return role?.Arn === roleArn && decodeURIComponent(role.AssumeRolePolicyDocument).includes(`"${service}"`);
}
