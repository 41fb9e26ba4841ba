// Small functions of a project: plain Node in templates/functions, inlined into the template so that it needs no assets.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aws_lambda as lambda } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { PACKAGE_ROOT } from '../package-root';
import type { Named } from './names';
import { nameOf } from './substitute';

/** The newest runtime of Lambda's; its AWS SDK is what the functions use. */
const RUNTIME = 'nodejs24.x';
const MEMORY_MB = 256;

export interface InlineFunctionProps {
  readonly name: Named;
  /** File in templates/functions. */
  readonly source: 'hook' | 'notify';
  readonly roleArn: string;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly logGroupName: string;
}

export function inlineFunction(scope: Construct, id: string, props: InlineFunctionProps): lambda.CfnFunction {
  return new lambda.CfnFunction(scope, id, {
    functionName: nameOf(props.name),
    runtime: RUNTIME,
    handler: 'index.handler',
    architectures: ['arm64'],
    memorySize: MEMORY_MB,
    timeout: props.timeoutSeconds,
    role: props.roleArn,
    code: { zipFile: readFileSync(join(PACKAGE_ROOT, 'templates', 'functions', `${props.source}.cjs`), 'utf8') },
    environment: { variables: { ...props.environment } },
    loggingConfig: { logGroup: props.logGroupName },
  });
}
