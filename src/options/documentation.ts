// The options as a page of documentation.
import { optionFlag } from './flags';
import { defaultText } from './interface-source';
import { OPTION_NAMES, type OptionName, type ResolvedOptions, optionOf } from './resolve';

/**
 * Lines of a Markdown table of all options.
 * @param values the values of one project, for a column of their own
 */
export function optionsTable(values?: ResolvedOptions): string[] {
  const columns = ['option', ...(values ? ['here'] : ['flag']), 'type', 'default', 'what it is'];
  return [
    row(columns),
    row(columns.map(() => '---')),
    ...OPTION_NAMES.map((name) => {
      const option = optionOf(name);
      const fallback =
        option.presence === 'default' ? code(defaultText(option)) : defaultText(option).replace(/^- /, '');
      const aws = option.aws ? ` AWS: ${option.aws.limit} ([source](${option.aws.source})).` : '';
      const second = values ? valueText(name, values) : code(optionFlag(name));
      return row([code(name), second, code(option.kind.typescript), fallback, `${option.doc}${aws}`]);
    }),
  ];
}

function valueText(name: OptionName, values: ResolvedOptions): string {
  return values[name] === undefined ? '' : code(JSON.stringify(values[name]));
}

function code(text: string): string {
  return `\`${text}\``;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
