// One step of an execution, from its arguments to its end: cache, attempts, and the states that the API shows.
import { cacheKey } from './cache';
import { conditionSchema, holds } from './condition';
import type { CallStep, Step } from './step';
import { evaluate, ExpressionError, textOf, type Scope } from './expression';
import type { ExecutionHost, StepMetadata, StepState } from './host';
import { asValue, plain, type JsonObject, type Value } from './json';
import { Retries } from './retry';

/** How a step ended; `properties` is what later steps refer to. */
export type StepResult =
  | { readonly status: 'Succeeded'; readonly properties: Value; readonly cacheKey?: string }
  | { readonly status: 'Failed'; readonly reason: string }
  | { readonly status: 'Stopped' };

type Update = (change: Partial<StepState>, cacheKey?: string) => void;

/** Characters of a FailureReason (botocore, `FailureReason`). */
export const REASON_LENGTH = 1024;

/** Runs a step to its end. Never rejects: what goes wrong is the step's failure. */
export async function runStep(step: Step, scope: Scope, host: ExecutionHost, signal: AbortSignal): Promise<StepResult> {
  let state: StepState = {
    StepName: step.name,
    ...(step.displayName === undefined ? {} : { StepDisplayName: step.displayName }),
    ...(step.description === undefined ? {} : { StepDescription: step.description }),
    StartTime: host.now(),
    StepStatus: 'Starting',
    AttemptCount: 1,
  };
  const update: Update = (change, key) => {
    state = { ...state, ...change };
    host.onStep(state, key);
  };
  const stopping = (): void => {
    update({ StepStatus: 'Stopping' });
  };
  update({});
  signal.addEventListener('abort', stopping, { once: true });
  const result = await perform(step, scope, host, update, signal).catch(failure);
  signal.removeEventListener('abort', stopping);
  update(
    {
      EndTime: host.now(),
      StepStatus: result.status,
      ...(result.status === 'Failed' ? { FailureReason: result.reason.slice(0, REASON_LENGTH) } : {}),
    },
    result.status === 'Succeeded' ? result.cacheKey : undefined,
  );
  return result;
}

function failure(error: unknown): StepResult {
  const reason = error instanceof ExpressionError ? error.message : `InternalFailure: ${String(error)}`;
  return { status: 'Failed', reason };
}

async function perform(
  step: Step,
  scope: Scope,
  host: ExecutionHost,
  update: Update,
  signal: AbortSignal,
): Promise<StepResult> {
  switch (step.type) {
    case 'Fail': {
      const message = textOf(await evaluate(step.message, scope));
      update({ StepStatus: 'Executing', Metadata: { Fail: { ErrorMessage: message } } });
      return { status: 'Failed', reason: message };
    }
    case 'Condition': {
      update({ StepStatus: 'Executing' });
      const conditions = await Promise.all(
        step.conditions.map(async (condition) => conditionSchema.parse(await evaluate(condition as Value, scope))), // parsed from a Value
      );
      const outcome = conditions.every(holds) ? 'True' : 'False';
      update({ Metadata: { Condition: { Outcome: outcome } } });
      return { status: 'Succeeded', properties: { Outcome: outcome } };
    }
    default:
      return call(step, scope, host, update, signal);
  }
}

async function call(
  step: CallStep,
  scope: Scope,
  host: ExecutionHost,
  update: Update,
  signal: AbortSignal,
): Promise<StepResult> {
  const request = plain(await evaluate(step.arguments, scope)) as JsonObject; // `arguments` is an object and no expression
  const began = host.now().getTime();
  const key = step.cacheFor === undefined ? undefined : cacheKey(step, request);
  if (key !== undefined) {
    const { cacheFor = Infinity } = step;
    const notBefore = cacheFor === Infinity ? undefined : new Date(began - cacheFor);
    const cached = await host.findCached(step, key, notBefore);
    if (cached !== undefined) {
      update({ Metadata: cached.metadata, CacheHitResult: { SourcePipelineExecutionArn: cached.executionArn } });
      return { status: 'Succeeded', properties: asValue(cached.properties) };
    }
  }
  const report = (metadata: StepMetadata): void => {
    update({ Metadata: metadata });
  };
  const retries = new Retries(step.retries);
  for (let attempt = 1; !signal.aborted; attempt++) {
    update({ StepStatus: 'Executing', AttemptCount: attempt });
    const outcome = await host.runStep(step, request, report, signal);
    if (outcome.status === 'Succeeded') {
      report(outcome.metadata);
      return { status: 'Succeeded', properties: asValue(outcome.properties), cacheKey: key };
    }
    if (outcome.status === 'Stopped')
      return signal.aborted
        ? outcome
        : { status: 'Failed', reason: 'The job was stopped by another than the execution.' };
    const wait = retries.next(outcome.exception, host.now().getTime() - began);
    if (wait === undefined) return { status: 'Failed', reason: outcome.reason };
    await host.sleep(wait, signal);
  }
  return { status: 'Stopped' };
}
