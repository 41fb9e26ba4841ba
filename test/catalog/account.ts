// A made-up account: texts of `Fn::Sub` filled in, and IAM's verdicts by an independent simulator.
import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Statement } from '../../src/catalog';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';

/** What a launch fills in. SageMaker's ids are in lower case, names are not. */
const VALUES: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  'AWS::URLSuffix': 'amazonaws.com',
  SageMakerProjectName: 'Survey-North',
  SageMakerProjectId: 'p-abcdefghij12',
};

/** A template, statements or text with every variable filled in that the account and a launch know. */
export function filled<T>(value: T, values = VALUES): T {
  const text = JSON.stringify(value).replace(/\$\{([^}]+)\}/g, (all, name: string) => values[name] ?? all);
  return JSON.parse(text) as T;
}

export interface Request {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

/** `Allowed`, `ImplicitlyDenied` or `ExplicitlyDenied`. @throws for a request that IAM does not know */
export async function verdict(statements: readonly Statement[], { action, resource, context = {} }: Request) {
  const result = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${ACCOUNT}:role/launch`,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: { ...context },
      },
      identityPolicies: [{ name: 'launch', policy: { Version: '2012-10-17', Statement: filled(statements) } }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  return result.overallResult;
}
