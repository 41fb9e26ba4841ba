// Runs a pipeline's steps as the graph of its definition allows.
import type { PipelineDefinition, Step } from './step';
import { evaluate, ExpressionError, type Scope } from './expression';
import type { ExecutionHost } from './host';
import { parseJson, type Value } from './json';
import type { ParameterValues } from './parameters';
import { lookup } from './path';
import { REASON_LENGTH, runStep } from './step-run';
import { executionVariable, type ExecutionVariables } from './variables';

/** One execution of a pipeline. */
export interface ExecutionRequest {
  readonly definition: PipelineDefinition;
  readonly parameters: ParameterValues;
  readonly variables: ExecutionVariables;
  /** `ParallelismConfiguration.MaxParallelExecutionSteps`. @default no limit */
  readonly maxParallelSteps?: number;
}

export interface ExecutionOutcome {
  readonly status: 'Succeeded' | 'Failed' | 'Stopped';
  /** Names the first step that failed, in the words of the SDK's local executor. */
  readonly failureReason?: string;
}

/** What the steps that have succeeded are referred to by, by step name. */
type Properties = ReadonlyMap<string, Value>;

/**
 * Runs an execution to its end. When a step fails, those under way run to their end and no other starts; when the
 * execution is stopped, those under way are stopped too.
 * @param signal aborted by StopPipelineExecution
 * @returns how it ended: what goes wrong in a step is an outcome, not an exception
 */
export async function execute(
  request: ExecutionRequest,
  host: ExecutionHost,
  signal: AbortSignal,
): Promise<ExecutionOutcome> {
  const { definition, maxParallelSteps = Infinity } = request;
  const properties = new Map<string, Value>();
  const scope = executionScope(request, properties, host);
  const waiting = new Set(definition.steps.values());
  const running = new Map<string, Promise<void>>();
  let failureReason: string | undefined;

  const follow = async (step: Step): Promise<void> => {
    const result = await runStep(step, scope, host, signal);
    running.delete(step.name);
    if (result.status === 'Succeeded') properties.set(step.name, result.properties);
    if (result.status === 'Failed')
      failureReason ??= `Step '${step.name}' failed with message: ${result.reason}`.slice(0, REASON_LENGTH);
  };

  for (;;) {
    for (const step of waiting) {
      if (signal.aborted || failureReason !== undefined || running.size >= maxParallelSteps) break;
      if (!isReady(step, properties)) continue;
      waiting.delete(step);
      running.set(step.name, follow(step));
    }
    if (running.size === 0) break; // whatever still waits stands behind a branch that was not taken
    await Promise.race(running.values());
  }
  if (failureReason !== undefined) return { status: 'Failed', failureReason };
  return { status: signal.aborted ? 'Stopped' : 'Succeeded' };
}

/** Whether all that a step depends on has succeeded, and its branch, if it stands in one, was taken. */
function isReady(step: Step, properties: Properties): boolean {
  if (![...step.dependencies].every((name) => properties.has(name))) return false;
  if (step.branch === undefined) return true;
  const outcome = lookup(properties.get(step.branch.condition) ?? null, ['Outcome']);
  return outcome === (step.branch.when ? 'True' : 'False');
}

function executionScope(request: ExecutionRequest, properties: Properties, host: ExecutionHost): Scope {
  const { definition, parameters, variables } = request;
  const scope: Scope = {
    async resolve(reference) {
      switch (reference.kind) {
        case 'parameter':
          return parameters.get(reference.name);
        case 'execution':
          return executionVariable(reference.name, variables, host.now());
        case 'experiment': {
          const config: Value = definition.experiment;
          const found = config === null ? undefined : lookup(config, [reference.name]);
          return found === undefined ? undefined : evaluate(found, scope);
        }
        case 'property':
          return lookup(properties.get(reference.step) ?? null, reference.path);
      }
    },
    propertyFileUri(name, file) {
      const step = definition.steps.get(name);
      const location = step !== undefined && 'propertyFiles' in step ? step.propertyFiles.get(file) : undefined;
      const outputs = ['ProcessingOutputConfig', 'Outputs'];
      const uri = lookup(properties.get(name) ?? null, [...outputs, location?.output ?? '', 'S3Output', 'S3Uri']);
      if (location === undefined || typeof uri !== 'string')
        throw new ExpressionError(`Step '${name}' does not yet contain processing outputs.`);
      return `${uri.replace(/\/$/, '')}/${location.path}`;
    },
    async readJson(uri) {
      const text = await host.readObject(uri).catch((error: unknown) => {
        throw new ExpressionError(
          `Received an error while reading file ${uri} from S3: ${error instanceof Error ? error.message : String(error)}`,
        );
      });
      try {
        return parseJson(text);
      } catch {
        throw new ExpressionError(`Contents of file ${uri} are not in valid JSON format.`);
      }
    },
  };
  return scope;
}
