// A JSON document whose values are known only when an execution runs, as the one string that some arguments must be.
import { join, type Join, type Primitive, type Reference } from './expression';

export type Document =
  Primitive | Reference<string> | Join | readonly Document[] | { readonly [key: string]: Document };

/**
 * Writes `document` as JSON by a Join. Values filled in at run time stand between quotes as they are, so they must not
 * hold quotes or backslashes: URIs, ARNs and hashes do not.
 */
export function jsonText(document: Document): Join {
  const parts: (string | Reference<string> | Join)[] = [];
  const literal = (text: string) => {
    const last = parts.at(-1);
    if (typeof last === 'string') parts[parts.length - 1] = last + text;
    else parts.push(text);
  };
  const list = <T>(open: string, items: readonly T[], close: string, each: (item: T) => void) => {
    literal(open);
    items.forEach((item, index) => {
      if (index > 0) literal(',');
      each(item);
    });
    literal(close);
  };
  const write = (value: Document): void => {
    if (typeof value !== 'object') literal(JSON.stringify(value));
    else if (isExpression(value)) {
      literal('"');
      parts.push(value);
      literal('"');
    } else if (isList(value)) list('[', value, ']', write);
    else
      list('{', Object.entries(value), '}', ([key, inner]) => {
        literal(`${JSON.stringify(key)}:`);
        write(inner);
      });
  };
  write(document);
  return join('', ...parts);
}

function isExpression(value: object): value is Reference<string> | Join {
  return 'Get' in value || 'Std:Join' in value;
}

/** `Array.isArray` does not narrow read-only arrays. */
function isList(value: object): value is readonly Document[] {
  return Array.isArray(value);
}
