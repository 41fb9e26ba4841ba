// Checks of a finished definition: names, references, order.
import type { Definition } from './definition';
import { DefinitionError, type StepJson } from './step';

/** Names of steps and parameters (pipeline definition schema). */
const NAME = /^[A-Za-z0-9\-_]{1,64}$/;

/** Variables of an execution that a definition may refer to. */
const EXECUTION =
  /^Execution\.(StartDateTime|CurrentDateTime|PipelineName|PipelineArn|PipelineExecutionId|PipelineExecutionArn|TrainingJobName|ProcessingJobName)$/;

/** Properties that the service offers of a finished step, by the step's type; Fail offers none. */
const PROPERTIES: Readonly<Record<StepJson['Type'], RegExp>> = {
  Processing:
    /^(ProcessingJob(Name|Arn|Status)|ExitMessage|ProcessingOutputConfig\.Outputs\['([^']+)'\]\.S3Output\.S3Uri)$/,
  Training: /^(TrainingJob(Name|Arn|Status)|ModelArtifacts\.S3ModelArtifacts|OutputDataConfig\.S3OutputPath)$/,
  Lambda: /^OutputParameters\['([^']+)'\]$/,
  Callback: /^OutputParameters\['([^']+)'\]$/,
  Condition: /^Outcome$/,
  RegisterModel: /^(ModelPackage(Name|Arn|GroupName|Version|Status)|ModelApprovalStatus)$/,
  Fail: /^$a/,
};

/** @throws DefinitionError */
export function checkReferences(definition: Definition): void {
  const steps = flatten(definition.Steps);
  const byName = new Map(steps.map((step) => [step.Name, step]));
  const parameters = new Set(definition.Parameters.map(({ Name }) => Name));
  checkNames('step', steps);
  checkNames('parameter', definition.Parameters);

  const edges = new Map<string, readonly string[]>();
  for (const step of steps) {
    const needs: string[] = [];
    for (const name of step.DependsOn ?? []) {
      const other = byName.get(name);
      if (!other) throw new DefinitionError(`Step ${step.Name} depends on ${name}, which is not a step.`);
      if (other.Type === 'Fail') throw new DefinitionError(`Step ${step.Name} depends on ${name}, a fail step.`);
      needs.push(name);
    }
    for (const { path, inJsonGet } of references(ownArguments(step))) {
      const place = `Step ${step.Name} refers to ${path}`;
      const [scope = '', name = '', ...rest] = path.split('.');
      if (scope === 'Parameters') {
        if (!parameters.has(name)) throw new DefinitionError(`${place}, which is not a parameter.`);
      } else if (scope === 'Steps') {
        checkProperty(place, byName.get(name), rest.join('.'), inJsonGet);
        needs.push(name);
      } else if (!EXECUTION.test(path)) throw new DefinitionError(`${place}, which is not known.`);
    }
    edges.set(step.Name, [...needs, ...children(step).map(({ Name }) => Name)]);
  }
  checkOrder(edges);
}

function checkNames(kind: string, items: readonly { readonly Name: string }[]): void {
  const seen = new Set<string>();
  for (const { Name } of items) {
    if (!NAME.test(Name)) {
      throw new DefinitionError(`The ${kind} name ${JSON.stringify(Name)} is not 1 to 64 letters, digits, "-" or "_".`);
    }
    if (seen.has(Name)) throw new DefinitionError(`Two ${kind}s have the name ${Name}.`);
    seen.add(Name);
  }
}

function checkProperty(place: string, step: StepJson | undefined, property: string, inJsonGet: boolean): void {
  if (!step) throw new DefinitionError(`${place}, which is not a step.`);
  const file = /^PropertyFiles\.(.+)$/.exec(property)?.[1];
  if (file !== undefined) {
    if (!inJsonGet) throw new DefinitionError(`${place}: a property file can only be read by JsonGet.`);
    const declared = step.PropertyFiles?.find(({ PropertyFileName }) => PropertyFileName === file);
    if (!declared) throw new DefinitionError(`${place}, which is not a property file of that step.`);
    if (!outputs(step).includes(declared.OutputName)) {
      throw new DefinitionError(
        `Property file ${file} is in ${declared.OutputName}, which is not an output of ${step.Name}.`,
      );
    }
    return;
  }
  const match = PROPERTIES[step.Type].exec(property);
  if (!match) throw new DefinitionError(`${place}, which a ${step.Type} step does not have.`);
  const output = /Output(?:s|Parameters)\['([^']+)'\]/.exec(property)?.[1];
  if (output !== undefined && !outputs(step).includes(output)) {
    throw new DefinitionError(`${place}, which is not an output of that step.`);
  }
}

function checkOrder(edges: ReadonlyMap<string, readonly string[]>): void {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (done.has(name)) return;
    if (path.includes(name)) {
      throw new DefinitionError(`Steps wait for each other: ${[...path.slice(path.indexOf(name)), name].join(' → ')}.`);
    }
    for (const next of edges.get(name) ?? []) visit(next, [...path, name]);
    done.add(name);
  };
  for (const name of edges.keys()) visit(name, []);
}

/** Every step of the tree. */
export function flatten(steps: readonly StepJson[]): readonly StepJson[] {
  return steps.flatMap((step) => [step, ...flatten(children(step))]);
}

function children(step: StepJson): readonly StepJson[] {
  if (!isBranch(step.Arguments)) return [];
  return [...step.Arguments.IfSteps, ...step.Arguments.ElseSteps];
}

interface Branch {
  readonly Conditions: object;
  readonly IfSteps: readonly StepJson[];
  readonly ElseSteps: readonly StepJson[];
}

function isBranch(args: object): args is Branch {
  return 'IfSteps' in args;
}

/** A step's arguments without the steps inside it. */
function ownArguments({ Arguments }: StepJson): unknown {
  return isBranch(Arguments) ? Arguments.Conditions : Arguments;
}

function outputs({ Arguments, OutputParameters }: StepJson): readonly string[] {
  if (OutputParameters) return OutputParameters.map(({ OutputName }) => OutputName);
  if (!('ProcessingOutputConfig' in Arguments)) return [];
  // The type is that of `processingStep`, the only maker of this field.
  const { Outputs } = Arguments.ProcessingOutputConfig as { Outputs: readonly { OutputName: string }[] };
  return Outputs.map(({ OutputName }) => OutputName);
}

function* references(value: unknown, inJsonGet = false): Generator<{ path: string; inJsonGet: boolean }> {
  if (typeof value !== 'object' || value === null) return;
  if ('Get' in value && typeof value.Get === 'string') yield { path: value.Get, inJsonGet };
  else for (const [key, inner] of Object.entries(value)) yield* references(inner, key === 'PropertyFile');
}
