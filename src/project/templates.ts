// Text that depends on the options: Handlebars files of templates/, where a variable that is missing or misspelt is an error.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { FileBase } from 'projen/lib/file';
import type { Project } from 'projen/lib/project';
import { OPTION_NAMES, type ResolvedOptions } from '../options';
import { PACKAGE_ROOT } from '../package-root';

const engine = Handlebars.create();
engine.registerHelper('code', (value: unknown) => new Handlebars.SafeString(`\`${String(value)}\``));
engine.registerHelper('json', (value: unknown) => new Handlebars.SafeString(JSON.stringify(value)));
engine.registerHelper('is', (left: unknown, right: unknown) => left === right);

/** A template names what its variables do not hold. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/**
 * Renders a template.
 * @param name path below templates/, without `.hbs`
 * @throws TemplateError that names the template and the variable
 */
export function render(name: string, variables: object): string {
  const file = join(PACKAGE_ROOT, 'templates', `${name}.hbs`);
  try {
    const template = engine.compile(readFileSync(file, 'utf8'), {
      strict: true,
      noEscape: true,
      knownHelpers: { code: true, json: true, is: true },
      knownHelpersOnly: true,
    });
    return template(variables);
  } catch (error) {
    throw new TemplateError(`templates/${name}.hbs: ${error instanceof Error ? error.message : String(error)}`);
  }
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
