// `add step`: a runner, its logic, its test, and its place in the pipeline.
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { type AddedStep, PIPELINE_STEPS, STEP_KINDS, faultOf } from '../../options';
import { PACKAGE_ROOT, renderText } from '../../project';
import type { Host } from '../host';
import { UsageError } from '../usage';
import type { Change } from './change';
import { addToList } from './definition';
import type { FoundProject } from './project';

export interface StepRequest {
  readonly name: string;
  readonly after?: string;
  readonly kind: string;
  /** File whose exported function `logic` is what the step does. */
  readonly logic?: string;
}

/** What each step of the pipeline leaves for the next, as `src/pipeline/project.ts` of the seed hands it on. */
export const STEP_RESULTS: Readonly<Record<(typeof PIPELINE_STEPS)[number], readonly string[]>> = {
  split: ['split'],
  preprocess: ['train', 'validation'],
  validate: ['validation-report'],
  train: ['model'],
  evaluate: ['evaluation', 'model'],
};

/** @throws UsageError for a name that is in use or not one, a step that does not exist, logic that cannot be called */
export function stepChange(project: FoundProject, request: StepRequest, host: Host): Change {
  const step = checked(project, request);
  const logic = request.logic === undefined ? undefined : readLogic(resolve(host.cwd, request.logic), request.logic);
  const pascal = step.name
    .split('-')
    .map((word) => `${word[0]?.toUpperCase() ?? ''}${word.slice(1)}`)
    .join('');
  const variables = {
    name: step.name,
    after: step.after,
    kind: step.kind,
    pascal,
    camel: `${pascal[0]?.toLowerCase() ?? ''}${pascal.slice(1)}`,
    inputs: inputsOf(project, step.after),
    custom: logic !== undefined,
  };
  const folder = relative(project.root, project.modelBuild);
  const files = new Map<string, string>();
  for (const [path, template] of Object.entries({
    [`src/steps/${step.name}.ts`]: 'runner.ts',
    ...(logic === undefined && { [`src/custom/${step.name}.ts`]: 'logic.ts' }),
    [`test/steps/${step.name}.test.ts`]: 'test.ts',
  })) {
    files.set(join(folder, path), renderTemplate(project, `${TEMPLATES[step.kind]}/${template}`, variables));
  }
  if (logic !== undefined) files.set(join(folder, `src/custom/${step.name}.ts`), logic);
  const item = `{ name: '${step.name}', after: '${step.after}', kind: '${step.kind}' }`;
  const source = readFileSync(project.definition, 'utf8');
  return { definition: addToList(source, '.projenrc.ts', { option: 'steps', item, fallback: [] }), files };
}

function checked({ config }: FoundProject, { name, after, kind }: StepRequest): AddedStep {
  if (after === undefined) {
    const known = [...PIPELINE_STEPS, ...config.steps.map((step) => step.name)];
    throw new UsageError(`--after is missing: name the step that it comes after, one of ${known.join(', ')}.`);
  }
  const known = STEP_KINDS.find((one) => one === kind);
  if (known === undefined) throw new UsageError(`--kind ${kind} is none of ${STEP_KINDS.join(', ')}.`);
  const step: AddedStep = { name, after, kind: known };
  const fault = faultOf('steps', [...config.steps, step]);
  if (fault !== undefined) throw new UsageError(`The step ${name} cannot be added: the list of steps ${fault}.`);
  return step;
}

/** Inputs that a step gets: what the one before it leaves. */
function inputsOf({ config }: FoundProject, after: string): readonly string[] {
  const own = PIPELINE_STEPS.find((step) => step === after);
  if (own !== undefined) return STEP_RESULTS[own];
  return config.steps.some(({ name }) => name === after) ? [after] : [];
}

/** Folders of templates/step: a container's job, or a handler that is called with the places of data. */
const TEMPLATES: Readonly<Record<AddedStep['kind'], string>> = {
  processing: 'processing',
  lambda: 'handler',
  callback: 'handler',
};

/** A team's own template wins over ours. */
function renderTemplate({ root }: FoundProject, name: string, variables: object): string {
  const path = `templates/step/${name}.hbs`;
  const theirs = join(root, path);
  const file = existsSync(theirs) ? theirs : join(PACKAGE_ROOT, path);
  return renderText(path, readFileSync(file, 'utf8'), variables);
}

function readLogic(file: string, given: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`--logic ${given}: there is no such file.`);
  }
  if (!exportsLogic(text)) {
    throw new UsageError(
      `--logic ${given} exports no function called logic: \`export async function logic(…) { … }\`.`,
    );
  }
  return text;
}

function exportsLogic(text: string): boolean {
  const { statements } = ts.createSourceFile('logic.ts', text, ts.ScriptTarget.Latest, true);
  return statements.some((statement) => {
    const exported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (!exported) return false;
    if (ts.isFunctionDeclaration(statement)) return statement.name?.text === 'logic';
    return (
      ts.isVariableStatement(statement) &&
      statement.declarationList.declarations.some(({ name }) => ts.isIdentifier(name) && name.text === 'logic')
    );
  });
}
