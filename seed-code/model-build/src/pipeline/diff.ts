// What changed between two definitions, by the names of steps and parameters rather than their places in a list.

export type Json = null | string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** Fields by which the items of a list are told apart, in order of preference. */
const IDENTITIES = ['Name', 'InputName', 'OutputName', 'ChannelName', 'PropertyFileName', 'Key'];

/** One line a change: `path: before → after`, `+ path: after`, `- path: before`. Empty when nothing changed. */
export function changes(before: Json, after: Json): string[] {
  const [old, now] = [leaves(before), leaves(after)];
  const paths = [...new Set([...old.keys(), ...now.keys()])];
  return paths.flatMap((path) => {
    const [from, to] = [old.get(path), now.get(path)];
    if (from === to) return [];
    if (from === undefined) return [`+ ${path}: ${to}`];
    if (to === undefined) return [`- ${path}: ${from}`];
    return [`${path}: ${from} → ${to}`];
  });
}

/** Values at the ends of the tree as JSON, by path. */
function leaves(value: Json, path = ''): Map<string, string> {
  if (isList(value))
    return children(
      value.map((item, index) => [identity(item) ?? `[${index}]`, item]),
      path,
      '[]',
    );
  if (typeof value === 'object' && value !== null) return children(Object.entries(value), path, '{}');
  return new Map([[path, JSON.stringify(value)]]);
}

function children(entries: readonly (readonly [string, Json])[], path: string, empty: string): Map<string, string> {
  if (entries.length === 0) return new Map([[path, empty]]);
  return new Map(
    entries.flatMap(([key, inner]) => [
      ...leaves(inner, path === '' || key.startsWith('[') ? path + key : `${path}.${key}`),
    ]),
  );
}

function identity(item: Json): string | undefined {
  if (typeof item !== 'object' || item === null || isList(item)) return undefined;
  for (const field of IDENTITIES) {
    const name = item[field];
    if (typeof name === 'string') return name;
  }
  return undefined;
}

/** `Array.isArray` does not narrow read-only arrays. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
