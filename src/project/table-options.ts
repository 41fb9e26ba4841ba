// The options of the table, out of all that a project type was constructed with.

/** What a project type takes beside the table's options. */
const OTHERS = new Set(['outdir', 'generator', 'nested', 'policies']);

/** Drops our other options, and those that `projen new` hides among them (`__new__`). */
export function tableOptions(options: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !OTHERS.has(name) && !name.startsWith('__')));
}
