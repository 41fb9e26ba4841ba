// Text that depends on the options: Handlebars files of templates/, where a variable that is missing or misspelt is an error.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { FileBase } from 'projen/lib/file';
import type { Project } from 'projen/lib/project';
import { OPTION_NAMES, type ResolvedOptions } from '../options';
import { PACKAGE_ROOT } from '../package-root';

const engine = Handlebars.create();
engine.registerHelper('code', (value: unknown) => `\`${String(value)}\``);
engine.registerHelper('is', (left: unknown, right: unknown) => left === right);

const HELPERS = new Set(['code', 'each', 'if', 'is', 'unless']);

/** A template names what its variables do not hold. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/**
 * Renders a file of templates/.
 * @param name its path there, without `.hbs`
 * @throws TemplateError as {@link renderText}
 */
export function render(name: string, variables: object): string {
  const file = `templates/${name}.hbs`;
  return renderText(file, readFileSync(join(PACKAGE_ROOT, file), 'utf8'), variables);
}

/**
 * Renders a template.
 * @param file what messages call it
 * @throws TemplateError that names the file and what it misspells, in whichever branch that stands
 */
export function renderText(file: string, text: string, variables: object): string {
  const program = engine.parse(text);
  const unknown = namesIn(program).find((variable) => !(variable in variables) && !HELPERS.has(variable));
  if (unknown !== undefined) {
    const known = Object.keys(variables).join(', ');
    throw new TemplateError(`${file}: there is no variable ${unknown}; there are ${known}.`);
  }
  return engine.compile(program, { strict: true, noEscape: true })(variables);
}

/** Every name in a template. Handlebars' strict mode finds only those in branches that are taken, and none in a condition. */
function namesIn(program: hbs.AST.Program): string[] {
  const names: string[] = [];
  const visitor = new Handlebars.Visitor();
  visitor.PathExpression = ({ data, parts }) => {
    const name: unknown = parts[0];
    if (!data && typeof name === 'string') names.push(name);
  };
  visitor.accept(program);
  return names;
}

/** What a template knows of a project: every option by name, also those left out, so that `{{#if}}` may ask for them. */
export function templateVariables(options: ResolvedOptions): object {
  return Object.fromEntries(OPTION_NAMES.map((name) => [name, options[name]]));
}

/** A managed file whose text is a template. The template says `{{marker}}` where its format has a comment. */
export class TemplateFile extends FileBase {
  constructor(
    project: Project,
    path: string,
    private readonly template: string,
    private readonly variables: object,
  ) {
    super(project, path);
  }

  protected synthesizeContent(): string {
    return render(this.template, { ...this.variables, marker: this.marker });
  }
}
