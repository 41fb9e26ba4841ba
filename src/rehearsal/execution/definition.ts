// A pipeline definition as CreatePipeline takes it, parsed into the graph that an execution runs.
import { DefinitionError, definitionSchema, parsed, RUNNABLE, stepSchema } from './document';
import { ExpressionError, references } from './expression';
import { checkReferences, refuseCycles } from './graph';
import { parseJson, type Value, type ValueObject } from './json';
import { defaultValue, ParameterError } from './parameters';
import type { PipelineDefinition, Step } from './step';

/**
 * Parses a definition and checks all that can be known before it runs.
 * @throws DefinitionError that names the step and what is wrong with it
 */
export function parseDefinition(text: string): PipelineDefinition {
  let json: Value;
  try {
    json = parseJson(text);
  } catch (error) {
    throw new DefinitionError(`Unable to parse pipeline definition: ${(error as Error).message}.`); // SyntaxError
  }
  const document = parsed(definitionSchema, json, 'The pipeline definition');
  const definition = {
    parameters: document.Parameters,
    experiment: document.PipelineExperimentConfig,
    steps: new Map<string, Step>(),
  };
  for (const parameter of definition.parameters) attempt(() => defaultValue(parameter));
  refuseTwins(
    definition.parameters.map((parameter) => parameter.Name),
    'parameters',
  );
  const steps = document.Steps.flatMap((step) => flatten(step));
  refuseTwins(
    steps.map((step) => step.name),
    'steps',
  );
  for (const step of steps) definition.steps.set(step.name, step);
  for (const step of steps) checkReferences(step, definition);
  refuseCycles(definition.steps);
  return definition;
}

/** A step, and those in its branches. */
function flatten(document: ValueObject, branch?: Step['branch']): Step[] {
  const { Type: type, Name: given } = document;
  const place = `Step ${JSON.stringify(given)}`;
  if (typeof type === 'string' && !RUNNABLE.includes(type))
    throw new DefinitionError(
      `${place} is of type ${type}, which a rehearsal cannot run; it runs ${RUNNABLE.join(', ')}.`,
    );
  const step = parsed(stepSchema, document, place);
  const own = step.Type === 'Condition' ? step.Arguments.Conditions : step.Arguments;
  const referred = attempt(() => references(own as Value), place); // parsed from a Value
  const base = {
    name: step.Name,
    displayName: step.DisplayName,
    description: step.Description,
    branch,
    dependencies: new Set([
      ...step.DependsOn,
      ...referred.flatMap((reference) => ('step' in reference ? [reference.step] : [])),
      ...(branch === undefined ? [] : [branch.condition]),
    ]),
  };
  switch (step.Type) {
    case 'Fail':
      return [{ ...base, type: 'Fail', message: step.Arguments.ErrorMessage }];
    case 'Condition': {
      const { Conditions: conditions, IfSteps, ElseSteps } = step.Arguments;
      return [
        { ...base, type: 'Condition', conditions },
        ...IfSteps.flatMap((child) => flatten(child, { condition: step.Name, when: true })),
        ...ElseSteps.flatMap((child) => flatten(child, { condition: step.Name, when: false })),
      ];
    }
    default: {
      const files = step.Type === 'Processing' ? step.PropertyFiles : [];
      const outputs = 'OutputParameters' in step ? step.OutputParameters : [];
      refuseTwins(
        outputs.map((output) => output.OutputName),
        `output parameters of step "${step.Name}"`,
      );
      refuseTwins(
        files.map((file) => file.PropertyFileName),
        `property files of step "${step.Name}"`,
      );
      return [
        {
          ...base,
          type: step.Type,
          arguments: step.Arguments,
          retries: 'RetryPolicies' in step ? step.RetryPolicies : [],
          target: step.Type === 'Lambda' ? step.FunctionArn : step.Type === 'Callback' ? step.SqsQueueUrl : undefined,
          outputs: new Map(outputs.map((output) => [output.OutputName, output.OutputType])),
          cacheFor: 'CacheConfig' in step ? step.CacheConfig : undefined,
          propertyFiles: new Map(
            files.map((file) => [file.PropertyFileName, { output: file.OutputName, path: file.FilePath }]),
          ),
        },
      ];
    }
  }
}

function refuseTwins(names: readonly string[], kind: string): void {
  const twin = names.find((name, index) => names.indexOf(name) < index);
  if (twin !== undefined) throw new DefinitionError(`Two ${kind} have the name "${twin}".`);
}

function attempt<T>(check: () => T, place?: string): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof ExpressionError || error instanceof ParameterError)) throw error;
    throw new DefinitionError(place === undefined ? error.message : `${place}: ${error.message}`);
  }
}
