// Invocations: answered, or tried again where nobody waits.
import { assumed, documented } from '../behaviour';
import { AwsError } from '../errors';
import { serviceOf, uuid } from '../setting';
import { runFunction } from './invocation';
import { API, existing, GUIDE, type OfFunction } from './lookup';
import { permits } from './permissions';
import { functionArn, operation, type LambdaFunction, type LambdaWorld } from './world';

/** Source: {@link GUIDE}, "Error handling for asynchronous invocations": two more attempts. */
const ATTEMPTS = 3;

export const invoke = operation<OfFunction & { InvocationType?: string; Payload?: Uint8Array }>(
  'Invoke',
  {
    claims: [
      documented(
        'A service may invoke a function whose policy says so, for the resource that it acts for.',
        `${GUIDE}, "Using resource-based policies"`,
      ),
      documented(
        'An asynchronous invocation that fails is tried twice more.',
        `${GUIDE}, "Error handling for asynchronous invocations"`,
      ),
      assumed('The minutes between these attempts are left out.'),
      documented(
        'A function that throws, ends by itself or takes too long: FunctionError “Unhandled”.',
        `${API}, Invoke`,
      ),
      documented(
        'What a function prints goes to its log group, in the name of its role.',
        `${GUIDE}, "Working with CloudWatch Logs"`,
      ),
      assumed('Every invocation is a cold start: nothing in memory or on disk lasts from one to the next.'),
    ],
    refuses: ['Qualifier', 'ClientContext', 'LogType', 'TenantId', 'DurableExecutionName'],
    access: (input, world) => [
      { action: 'lambda:InvokeFunction', resources: [functionArn(world, input.FunctionName)] },
    ],
  },
  async ({ FunctionName, InvocationType = 'RequestResponse', Payload = Buffer.from('{}') }, world, caller) => {
    const found = existing(world, FunctionName);
    const service = serviceOf(caller.principal);
    if (service !== undefined && !permits(found, service, caller.principal.session)) {
      throw new AwsError(
        'AccessDeniedException',
        `${service} is not authorized to perform lambda:InvokeFunction on ${found.FunctionArn} for ${caller.principal.session}: its policy does not permit it.`,
        403,
      );
    }
    const payload = Buffer.from(Payload).toString('utf8');
    if (InvocationType === 'RequestResponse') {
      const result = await runFunction(world, found, payload, new AbortController().signal);
      return {
        StatusCode: 200,
        ExecutedVersion: '$LATEST',
        Payload: Buffer.from(result.payload),
        ...(result.failed && { FunctionError: 'Unhandled' }),
      };
    }
    if (InvocationType !== 'Event')
      throw new AwsError(
        'InvalidParameterValueException',
        `The rehearsal region does not invoke with ${InvocationType}.`,
      );
    world.running.start(`${found.FunctionArn}:${uuid()}`, (signal) => attempt(world, found, payload, signal));
    return { StatusCode: 202 };
  },
);

async function attempt(world: LambdaWorld, given: LambdaFunction, payload: string, signal: AbortSignal): Promise<void> {
  for (let count = 0; count < ATTEMPTS && !signal.aborted; count++) {
    const result = await runFunction(world, given, payload, signal).catch((error: unknown) => ({
      failed: true,
      payload: error instanceof Error ? error.message : String(error),
    }));
    if (!result.failed) return;
    world.tell({ kind: 'function', name: given.FunctionName, failure: result.payload });
  }
}
