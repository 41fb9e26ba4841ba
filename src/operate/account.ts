// The account that a platform lives in: who asks, and the names that are in it.
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { type Aws, AwsAccessError } from './aws';

export interface Account {
  readonly id: string;
  readonly region: string;
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  /** ARN of whoever asks. */
  readonly caller: string;
}

/**
 * Asks AWS who we are.
 * @param region that of the platform's definition
 * @param env variables that may name another region, by which somebody may have meant another account
 * @throws AwsAccessError without credentials, or when the environment and the definition name two regions
 */
export async function identify({ sts }: Pick<Aws, 'sts'>, region: string, env: NodeJS.ProcessEnv): Promise<Account> {
  const [name, other] = Object.entries({ AWS_REGION: env.AWS_REGION, AWS_DEFAULT_REGION: env.AWS_DEFAULT_REGION }).find(
    ([, value]) => value !== undefined && value !== '' && value !== region,
  ) ?? [undefined, undefined];
  if (name !== undefined) {
    throw new AwsAccessError(
      `${name} is ${String(other)}, and the definition says ${region}: unset the one, or change \`region\` in .projenrc.ts.`,
    );
  }
  const { Account: id = '', Arn: caller = '' } = await sts.send(new GetCallerIdentityCommand({}));
  return { id, region, partition: caller.split(':')[1] ?? 'aws', caller };
}

/** A text for `Fn::Sub` with the account's own variables filled in. */
export function filled(text: string, { id, region, partition }: Omit<Account, 'caller'>): string {
  const values: Readonly<Record<string, string>> = {
    'AWS::AccountId': id,
    'AWS::Region': region,
    'AWS::Partition': partition,
    'AWS::URLSuffix': partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
  };
  return text.replace(/\$\{([^}]+)\}/g, (all, name: string) => values[name] ?? all);
}
