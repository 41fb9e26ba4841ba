// What must hold between the steps of a pipeline: everything that a step refers to exists, and nothing waits for itself.
import { DefinitionError } from './document';
import { references, type Reference } from './expression';
import type { Value } from './json';
import { lookup } from './path';
import type { CallStep, PipelineDefinition, Step } from './step';
import { EXECUTION_VARIABLES } from './variables';

/** @throws DefinitionError that names the step and what it refers to in vain */
export function checkReferences(step: Step, definition: PipelineDefinition): void {
  const refuse = (what: string): never => {
    throw new DefinitionError(`Step "${step.name}" ${what}.`);
  };
  for (const dependency of step.dependencies) {
    const target = definition.steps.get(dependency);
    if (target === undefined) refuse(`depends on step "${dependency}", which the pipeline does not have`);
    if (target?.type === 'Fail') refuse(`depends on "${dependency}", and nothing can depend on a Fail step`);
  }
  if (step.type === 'Processing') {
    for (const [file, { output }] of step.propertyFiles) {
      if (!hasOutput(step, output))
        refuse(`has the property file "${file}" in the output "${output}", which it does not have`);
    }
  }
  for (const reference of references(ownValues(step))) {
    const problem = missing(reference, definition);
    if (problem !== undefined) refuse(`refers to ${problem}`);
  }
}

/** Everything of a step that may hold an expression. */
function ownValues(step: Step): Value {
  switch (step.type) {
    case 'Condition':
      return step.conditions; // parsed from a Value
    case 'Fail':
      return step.message;
    default:
      return step.arguments;
  }
}

/** What is wrong with a reference; undefined when it leads somewhere. */
function missing(reference: Reference, { parameters, experiment, steps }: PipelineDefinition): string | undefined {
  switch (reference.kind) {
    case 'parameter':
      return parameters.some((parameter) => parameter.Name === reference.name)
        ? undefined
        : `the parameter "${reference.name}", which the pipeline does not declare`;
    case 'execution':
      return EXECUTION_VARIABLES.includes(reference.name)
        ? undefined
        : `Execution.${reference.name}; an execution has ${EXECUTION_VARIABLES.join(', ')}`;
    case 'experiment':
      return experiment !== null && Object.hasOwn(experiment, reference.name)
        ? undefined
        : `PipelineExperimentConfig.${reference.name}, which the definition does not set`;
    case 'property-file': {
      const step = steps.get(reference.step);
      return step?.type === 'Processing' && step.propertyFiles.has(reference.name)
        ? undefined
        : `the property file "${reference.name}", which step "${reference.step}" does not have`;
    }
    case 'property': {
      const step = steps.get(reference.step);
      const [config, outputs, output] = reference.path;
      if (step?.type === 'Condition' && reference.path.join('.') !== 'Outcome')
        return `a property of "${step.name}", and a Condition step has none but Outcome`;
      if (step?.type === 'Lambda' || step?.type === 'Callback') {
        return config === 'OutputParameters' && step.outputs.has(String(outputs)) && reference.path.length === 2
          ? undefined
          : `${reference.path.join('.')} of step "${step.name}", which has no such output parameter`;
      }
      if (step?.type !== 'Processing' || config !== 'ProcessingOutputConfig' || outputs !== 'Outputs') return undefined;
      return typeof output !== 'string' || hasOutput(step, output)
        ? undefined
        : `the output "${output}", which step "${step.name}" does not have`;
    }
  }
}

function hasOutput(step: CallStep, output: string): boolean {
  return lookup(step.arguments, ['ProcessingOutputConfig', 'Outputs', output]) !== undefined;
}

/** @throws DefinitionError that names the steps of a cycle */
export function refuseCycles(steps: ReadonlyMap<string, Step>): void {
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): void => {
    if (done.has(name)) return;
    const start = trail.indexOf(name);
    if (start >= 0)
      throw new DefinitionError(`Cycle detected in pipeline step graph: ${[...trail.slice(start), name].join(' → ')}.`);
    for (const dependency of steps.get(name)?.dependencies ?? []) visit(dependency, [...trail, name]);
    done.add(name);
  };
  for (const name of steps.keys()) visit(name, []);
}
