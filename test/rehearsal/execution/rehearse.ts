// A pipeline and a region for the executor's tests: steps succeed at once unless a test says otherwise.
import {
  bindParameters,
  execute,
  parseDefinition,
  type CallStep,
  type ExecutionHost,
  type ExecutionOutcome,
  type ExecutionRequest,
  type JsonObject,
  type StepMetadata,
  type StepOutcome,
  type StepState,
} from '../../../src/rehearsal/execution';

export const VARIABLES = {
  PipelineName: 'drones',
  PipelineArn: 'arn:aws:sagemaker:eu-west-1:123456789012:pipeline/drones',
  PipelineExecutionId: 'abc123',
  PipelineExecutionArn: 'arn:aws:sagemaker:eu-west-1:123456789012:pipeline/drones/execution/abc123',
  StartDateTime: new Date('2026-01-02T03:04:05Z'),
};

type Document = Record<string, unknown>;

/** The text of a definition. */
export function definition(steps: readonly Document[], more: Document = {}): string {
  return JSON.stringify({ Version: '2020-12-01', Steps: steps, ...more });
}

/** A processing step with an output `out`, which holds the property file `Report`. */
export function processing(name: string, more: Document = {}, args: Document = {}): Document {
  return {
    Name: name,
    Type: 'Processing',
    Arguments: {
      ProcessingOutputConfig: { Outputs: [{ OutputName: 'out', S3Output: { S3Uri: `s3://bucket/${name}` } }] },
      ...args,
    },
    PropertyFiles: [{ PropertyFileName: 'Report', OutputName: 'out', FilePath: 'report.json' }],
    ...more,
  };
}

export function condition(name: string, conditions: unknown[], ifSteps: Document[], elseSteps: Document[]): Document {
  return {
    Name: name,
    Type: 'Condition',
    Arguments: { Conditions: conditions, IfSteps: ifSteps, ElseSteps: elseSteps },
  };
}

export const jsonGet = (step: string, path: string): Document => ({
  'Std:JsonGet': { PropertyFile: { Get: `Steps.${step}.PropertyFiles.Report` }, Path: path },
});

/** How a step's job behaves in a test. */
export type Job = (
  request: JsonObject,
  context: { attempt: number; report: (metadata: StepMetadata) => void; signal: AbortSignal },
) => Promise<StepOutcome> | StepOutcome;

export interface Rehearsed {
  readonly outcome: ExecutionOutcome;
  /** Requests in the order in which they were made. */
  readonly calls: readonly { readonly name: string; readonly request: JsonObject }[];
  /** Every state that was told, in order. */
  readonly states: readonly StepState[];
  /** The last state of each step that was started. */
  readonly last: Readonly<Record<string, StepState>>;
  readonly slept: readonly number[];
}

export interface Scenario extends Partial<Pick<ExecutionHost, 'findCached'>> {
  readonly parameters?: Record<string, string>;
  readonly jobs?: Readonly<Record<string, Job>>;
  /** Objects by URI. */
  readonly objects?: Readonly<Record<string, string>>;
  readonly maxParallelSteps?: number;
  readonly signal?: AbortSignal;
  readonly onStep?: (state: StepState, cacheKey?: string) => void;
}

/** Success with what a Describe operation says: the request itself. */
export const succeed: Job = (request) => ({ status: 'Succeeded', properties: request, metadata: {} });

/** Runs a definition; time passes only while the execution sleeps. */
export async function rehearse(text: string, scenario: Scenario = {}): Promise<Rehearsed> {
  const parsed = parseDefinition(text);
  const calls: { name: string; request: JsonObject }[] = [];
  const states: StepState[] = [];
  const slept: number[] = [];
  const attempts = new Map<string, number>();
  let now = VARIABLES.StartDateTime.getTime();
  const host: ExecutionHost = {
    async runStep(step: CallStep, request, report, signal) {
      calls.push({ name: step.name, request });
      const attempt = (attempts.get(step.name) ?? 0) + 1;
      attempts.set(step.name, attempt);
      await Promise.resolve();
      return (scenario.jobs?.[step.name] ?? succeed)(request, { attempt, report, signal });
    },
    readObject(uri) {
      const text = scenario.objects?.[uri];
      return text === undefined ? Promise.reject(new Error('NoSuchKey: not found')) : Promise.resolve(text);
    },
    findCached: scenario.findCached ?? (() => Promise.resolve(undefined)),
    onStep(state, cacheKey) {
      states.push(state);
      scenario.onStep?.(state, cacheKey);
    },
    sleep(milliseconds) {
      slept.push(milliseconds);
      now += milliseconds;
      return Promise.resolve();
    },
    now: () => new Date(now),
  };
  const request: ExecutionRequest = {
    definition: parsed,
    parameters: bindParameters(parsed, scenario.parameters ?? {}),
    variables: VARIABLES,
    maxParallelSteps: scenario.maxParallelSteps,
  };
  const outcome = await execute(request, host, scenario.signal ?? new AbortController().signal);
  const last = Object.fromEntries(states.map((state) => [state.StepName, state]));
  return { outcome, calls, states, last, slept };
}
