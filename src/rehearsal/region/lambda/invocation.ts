// One run of a function: a process with the role's credentials, which may last as long as the function's timeout.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '../../../process';
import { logWriter } from '../cloudwatch-logs';
import { uuid } from '../setting';
import { codeOf, type LambdaFunction, type LambdaWorld } from './world';

/** What the function answered, or how it failed; either is JSON text. */
export interface InvocationResult {
  readonly payload: string;
  readonly failed: boolean;
}

type Answer = { readonly value: unknown } | { readonly error: Readonly<Record<string, unknown>> };

/** @throws AwsError when the role may not write the function's log */
export async function runFunction(
  world: LambdaWorld,
  given: LambdaFunction,
  payload: string,
  signal: AbortSignal,
): Promise<InvocationResult> {
  const requestId = uuid();
  const group = given.LoggingConfig?.LogGroup ?? `/aws/lambda/${given.FunctionName}`;
  const date = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  const stream = `${date}/[$LATEST]${requestId.replaceAll('-', '')}`;
  const log = await logWriter(world.apis.as(world.principals.role(given.Role, given.FunctionName)), group, stream);
  const folder = mkdtempSync(join(tmpdir(), 'function-'));
  const result = join(folder, 'result.json');
  const limit = AbortSignal.any([signal, AbortSignal.timeout(given.Timeout * 1000)]);
  log.write(`START RequestId: ${requestId} Version: $LATEST\n`);
  const began = performance.now();
  try {
    const { exited } = start(process.execPath, [world.bootstrap, codeOf(world, given), given.Handler, result], {
      cwd: codeOf(world, given),
      env: environment(world, given, { group, stream, requestId }),
      input: payload,
      signal: limit,
      onStdout: log.write,
      onStderr: log.write,
    });
    const { code } = await exited;
    const outcome = limit.aborted
      ? failure('Sandbox.Timedout', `RequestId: ${requestId} Error: Task timed out after ${given.Timeout}.00 seconds`)
      : read(result, code, requestId);
    if (limit.aborted) log.write(`${requestId} Task timed out after ${given.Timeout}.00 seconds\n`);
    return outcome;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    const duration = (performance.now() - began).toFixed(2);
    log.write(`END RequestId: ${requestId}\nREPORT RequestId: ${requestId}\tDuration: ${duration} ms\n`);
    await log.end();
  }
}

function environment(
  world: LambdaWorld,
  { FunctionName, Role, Handler, MemorySize, Environment }: LambdaFunction,
  { group, stream, requestId }: { readonly group: string; readonly stream: string; readonly requestId: string },
): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    NODE_PATH: world.nodePath,
    _HANDLER: Handler,
    AWS_LAMBDA_FUNCTION_NAME: FunctionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
    AWS_LAMBDA_LOG_GROUP_NAME: group,
    AWS_LAMBDA_LOG_STREAM_NAME: stream,
    REHEARSAL_REQUEST_ID: requestId,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...Environment?.Variables,
    ...world.runtime.environment,
    ...world.principals.variables(Role),
  };
}

function read(file: string, code: number | null, requestId: string): InvocationResult {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    const how = code === null ? 'a signal' : `exit status ${code}`;
    return failure('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited with error: ${how}`);
  }
  const answer = JSON.parse(text) as Answer; // written by the bootstrap
  return 'error' in answer
    ? { payload: JSON.stringify(answer.error), failed: true }
    : { payload: JSON.stringify(answer.value), failed: false };
}

function failure(errorType: string, errorMessage: string): InvocationResult {
  return { payload: JSON.stringify({ errorType, errorMessage }), failed: true };
}
