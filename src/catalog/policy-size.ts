// Statements as documents of managed policies, in as few as their size permits.
import { sub } from '../platform';
import type { Statement } from './launch-policy';

/** Characters of a managed policy, blanks aside. Source: "IAM and AWS STS quotas", IAM User Guide. */
const POLICY_LIMIT = 6144;
/** What variables may grow to: a partition, a region, an account, and their likes. */
const VARIABLES: Readonly<Record<string, number>> = {
  'AWS::Partition': 'aws-us-gov'.length,
  'AWS::Region': 'ap-southeast-1'.length,
  'AWS::AccountId': 12,
};
/** The document around the statements. */
const FRAME = JSON.stringify({ Version: '2012-10-17', Statement: [] }).length;

/** Characters that a statement has at most once its variables are filled in, with the comma behind it. */
function sizeOf(statement: Statement): number {
  const text = JSON.stringify(statement).replace(/\$\{([^}]+)\}/g, (_, name: string) =>
    'x'.repeat(VARIABLES[name] ?? 0),
  );
  return text.replace(/\s/g, '').length + 1;
}

/** Statements, in their order, in groups that each fit a managed policy. */
export function inPolicies(statements: readonly Statement[]): Statement[][] {
  const policies: Statement[][] = [];
  let size = Infinity;
  for (const statement of statements) {
    const more = sizeOf(statement);
    if (size + more > POLICY_LIMIT) {
      policies.push([]);
      size = FRAME;
    }
    policies.at(-1)?.push(statement);
    size += more;
  }
  return policies;
}

/** Statements as a policy document, their texts for `Fn::Sub` as expressions. */
export function document(statements: readonly Statement[]): object {
  return {
    Version: '2012-10-17',
    // Lists of one are written as texts: `cdk` deploys what is beyond 50 KiB by way of a bucket, which not every account has.
    Statement: statements.map(({ Action, Resource, Condition, ...rest }) => ({
      ...rest,
      Action: single(Action),
      Resource: single(Resource.map(sub)),
      ...(Condition && { Condition: substituted(Condition) }),
    })),
  };
}

function single<T>(list: readonly T[]): T | readonly T[] {
  return list.length === 1 && list[0] !== undefined ? list[0] : list;
}

function substituted(condition: NonNullable<Statement['Condition']>): object {
  return Object.fromEntries(
    Object.entries(condition).map(([operator, keys]) => [
      operator,
      Object.fromEntries(
        Object.entries(keys).map(([key, value]) => [key, typeof value === 'string' ? sub(value) : value.map(sub)]),
      ),
    ]),
  );
}
