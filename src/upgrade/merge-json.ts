// package.json, merged by key: what the team added stays, what ours changed arrives.

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

export interface MergedJson {
  readonly bytes: Buffer;
  /** Keys, with dots between, that both changed: the team's value was kept. */
  readonly contested: readonly string[];
}

/** npm keeps these in the order of their names. */
const SORTED = new Set(['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']);

/**
 * Merges objects of JSON three ways.
 * @param base what the last generation wrote; none when nobody knows
 * @param ours keys that the generator decides alone, with dots between
 * @param winner whose value counts where both changed it
 * @throws SyntaxError when the team's text is no JSON
 */
export function mergeJson(
  { base, team, template }: { readonly base?: Buffer; readonly team: Buffer; readonly template: Buffer },
  ours: ReadonlySet<string>,
  winner: 'team' | 'template',
): MergedJson {
  if (base && (team.equals(base) || template.equals(team))) return { bytes: template, contested: [] };
  const contested: string[] = [];
  const before = base ? parse(base) : {};
  const now = parse(team);
  const merged = mergeObjects(before, now, parse(template), []);
  // Its own spaces and order of keys, where it says what it should.
  const bytes = equal(merged, now) ? team : Buffer.from(`${JSON.stringify(merged, null, 2)}\n`);
  return { bytes, contested };

  function mergeObjects(was: JsonObject, theirs: JsonObject, new_: JsonObject, path: readonly string[]): JsonObject {
    const keys = [...new Set([...Object.keys(new_), ...Object.keys(theirs)])];
    if (SORTED.has(path.at(-1) ?? '')) keys.sort();
    const result: Record<string, Json> = {};
    for (const key of keys) {
      const value = mergeValues(was[key], theirs[key], new_[key], [...path, key]);
      if (value !== undefined) result[key] = value;
    }
    return result;
  }

  function mergeValues(
    was: Json | undefined,
    theirs: Json | undefined,
    new_: Json | undefined,
    path: readonly string[],
  ): Json | undefined {
    if (equal(theirs, new_) || equal(was, theirs) || ours.has(path.join('.'))) return new_;
    if (equal(was, new_)) return theirs;
    if (isObject(theirs) && isObject(new_)) return mergeObjects(isObject(was) ? was : {}, theirs, new_, path);
    contested.push(path.join('.'));
    return winner === 'team' ? theirs : new_;
  }
}

/** @throws SyntaxError as JSON.parse */
function parse(bytes: Buffer): JsonObject {
  const value = JSON.parse(bytes.toString('utf8')) as Json;
  if (!isObject(value)) throw new SyntaxError('it is no object');
  return value;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function equal(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => equal(item as Json, b[i] as Json));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && equal(a[key], b[key]));
}
