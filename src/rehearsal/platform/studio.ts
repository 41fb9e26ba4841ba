// What an account has before there is a platform in it: Studio, and the role of people there; and what a host of code has.
import type { Platform } from '../../operate';
import { AwsError } from '../region';
import type { Stage } from '../stage';

/** The role of people in Studio. */
export interface Studio {
  readonly roleName: string;
  readonly roleArn: string;
  /** Whether the platform's portfolio is open to it. */
  readonly mayUseCatalog: boolean;
}

const DOMAIN = 'rehearsal';

export async function setUpStudio({ region }: Stage, { options }: Platform): Promise<Studio> {
  const [pattern] = options.studioRoles;
  const whole = (pattern ?? 'service-role/AmazonSageMaker-ExecutionRole-*').replaceAll('*', 'rehearsal');
  const roleName = whole.slice(whole.lastIndexOf('/') + 1);
  const path = `/${whole.slice(0, -roleName.length)}`;
  const roleArn = `arn:aws:iam::${region.account}:role${path}${roleName}`;
  await makeRole(region, roleName, ['sagemaker'], path);
  region.hosts.setUpDomain(DOMAIN, roleArn);
  return { roleName, roleArn, mayUseCatalog: pattern !== undefined };
}

/** Makes a role that services may take, unless it is there. */
export async function makeRole(
  region: Stage['region'],
  RoleName: string,
  services: readonly string[],
  Path = '/',
): Promise<string> {
  const Service = services.map((service) => `${service}.amazonaws.com`);
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }],
  });
  await region.call('iam', 'CreateRole', { RoleName, Path, AssumeRolePolicyDocument }).catch((error: unknown) => {
    if (!(error instanceof AwsError) || error.code !== 'EntityAlreadyExists') throw error;
  });
  return `arn:aws:iam::${region.account}:role${Path}${RoleName}`;
}
