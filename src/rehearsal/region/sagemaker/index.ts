// SageMaker over HTTP: the AWS JSON 1.1 protocol.
import { buffer } from 'node:stream/consumers';
import type { ServerResponse } from 'node:http';
import { behavioursOf, type Behaviour } from '../behaviour';
import { AwsError } from '../errors';
import { responseProblems, SAGEMAKER_MODEL } from '../model';
import type { Service } from '../server';
import { call } from './call';
import { ENDPOINT_OPERATIONS, failInterruptedEndpoints } from './endpoints';
import { EXECUTION_OPERATIONS, failInterruptedExecutions } from './executions';
import { failInterruptedJobs, JOB_OPERATIONS } from './jobs';
import type { Members, Operation } from './operation';
import { PIPELINE_OPERATIONS } from './pipelines';
import { REGISTRY_OPERATIONS } from './registry';
import { TAG_OPERATIONS } from './tags';
import type { World } from './world';

export { createWorld, type World } from './world';

const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  [
    ...PIPELINE_OPERATIONS,
    ...EXECUTION_OPERATIONS,
    ...JOB_OPERATIONS,
    ...REGISTRY_OPERATIONS,
    ...ENDPOINT_OPERATIONS,
    ...TAG_OPERATIONS,
  ].map((operation) => [operation.name, operation]),
);

export const SAGEMAKER_BEHAVIOURS: readonly Behaviour[] = [...OPERATIONS.values()].flatMap(({ name, claims }) =>
  behavioursOf(`sagemaker:${name}`, claims),
);

/** Ends what a process that was killed left under way. */
export function settle(world: World): void {
  const reason = 'InternalServerError: The rehearsal region was stopped before this had ended.';
  failInterruptedJobs(world, reason);
  failInterruptedExecutions(world, reason);
  failInterruptedEndpoints(world, reason);
}

/** SageMaker as a service of the region. */
export function sagemakerService(world: World): Service {
  return {
    async answer(request, response, onOperation) {
      const target = String(request.headers['x-amz-target'] ?? '');
      const operation = OPERATIONS.get(target.replace(/^SageMaker\./, ''));
      if (operation === undefined) throw unknown(target);
      onOperation(`sagemaker:${operation.name}`);
      const input = parse(await buffer(request));
      send(response, 200, checked(operation.name, await call(operation, input, world)));
    },
    refuse(_request, response, error) {
      const known =
        error instanceof AwsError
          ? error
          : new AwsError('InternalFailure', error instanceof Error ? error.message : String(error), 500);
      response.setHeader('x-amzn-ErrorType', known.code);
      send(response, known.status, { __type: known.code, message: known.message, ...known.details });
    },
  };
}

function parse(body: Buffer): Members {
  try {
    const input: unknown = JSON.parse(body.toString('utf8') || '{}');
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Members; // an object
  } catch {
    // falls through to the one answer for what is no JSON object
  }
  throw new AwsError('SerializationException', 'The body of the request is not a JSON object.');
}

/** The region never says what the service's own model forbids. */
function checked(operation: string, output: Members): Members {
  const [problem] = responseProblems(SAGEMAKER_MODEL, operation, output);
  if (problem !== undefined) throw new Error(`The answer to ${operation} does not fit its model: ${problem.message}`);
  return output;
}

function send(response: ServerResponse, status: number, body: Members): void {
  response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}

function unknown(target: string): AwsError {
  return new AwsError(
    'UnknownOperationException',
    `The rehearsal region has no operation ${target}; it has ${[...OPERATIONS.keys()].join(', ')}.`,
  );
}
