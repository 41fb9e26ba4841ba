import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/project';
import { TemplateError, renderText } from '../../src/project/templates';

const templates = join(PACKAGE_ROOT, 'templates');

describe('templates', () => {
  test.each([
    ['in the text', '{{nme}}'],
    ['in a condition', '{{#if nme}}x{{/if}}'],
    ['in a branch that is not taken', '{{#if no}}{{nme}}{{/if}}'],
    ['as a list', '{{#each nme}}x{{/each}}'],
    ['inside a list', '{{#each names}}{{nme}}{{/each}}'],
    ['as a helper’s argument', '{{#if (is nme 1)}}x{{/if}}'],
    ['as a helper', '{{cde name}}'],
  ])('a misspelt variable %s is an error that names it', (_, text) => {
    const fault = (): string => renderText('a.hbs', text, { name: 'x', no: false, names: ['y'] });
    expect(fault).toThrow(TemplateError);
    expect(fault).toThrow(/a\.hbs: there is no variable (nme|cde)/);
  });

  test('text is taken as it is: Markdown is not HTML', () => {
    expect(renderText('a.hbs', '{{name}} {{code name}}', { name: '<a> & "b"' })).toBe('<a> & "b" `<a> & "b"`');
  });

  test('every template of the project types is used', () => {
    const sources = ['drone-mlops-project.ts', 'model-build-project.ts']
      .map((file) => readFileSync(join(PACKAGE_ROOT, 'src', 'project', file), 'utf8'))
      .join('');
    for (const type of ['platform', 'model-build']) {
      for (const file of readdirSync(join(templates, type), { recursive: true, encoding: 'utf8' })) {
        if (file.endsWith('.hbs')) expect(sources).toContain(`'${type}/${file.replace(/\.hbs$/, '')}'`);
      }
    }
  });
});
