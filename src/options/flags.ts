// Options as flags of a command line.
import { OPTION_NAMES, type OptionName, type ResolvedOptions, optionOf } from './resolve';

/** `tileSize` → `--tile-size`. */
export function optionFlag(name: OptionName): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The flags that give these options, shell-quoted; defaults are left out. */
export function toFlags(options: ResolvedOptions): string[] {
  return OPTION_NAMES.flatMap((name) => {
    const option = optionOf(name);
    const value = options[name];
    if (value === undefined || (option.presence === 'default' && equal(value, option.default))) return [];
    if (value === true) return [optionFlag(name)];
    return [`${optionFlag(name)} ${quote(option.kind.format(value))}`];
  });
}

function equal(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
