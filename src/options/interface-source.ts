// The TypeScript interface of the options, written from the table; `npx projen` puts it into project-options.ts.
import type { Option } from './option';
import { OPTION_NAMES, optionOf } from './resolve';

/** Lines of `project-options.ts`. */
export function interfaceSource(): string[] {
  return [
    '/** What a project is made of. */',
    'export interface ProjectOptions {',
    ...OPTION_NAMES.flatMap((name) => {
      const option = optionOf(name);
      return [
        '  /**',
        `   * ${option.doc}`,
        ...(option.presence === 'required' ? [] : [`   * @default ${defaultText(option)}`]),
        '   */',
        `  readonly ${name}${option.presence === 'required' ? '' : '?'}: ${option.kind.typescript};`,
      ];
    }),
    '}',
  ];
}

/** An option's default as TypeScript writes it, or what leaving the option out means. */
export function defaultText(option: Option<unknown>): string {
  if (option.presence === 'required') return 'none: it has to be given';
  return option.presence === 'default' ? JSON.stringify(option.default) : `- ${option.without}`;
}
