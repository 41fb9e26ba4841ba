// Paths into JSON, as properties and `Std:JsonGet` write them: `a.b[0]['k']`.
import { isList, isObject, type Value } from './json';

/** One step of a path: a member's name, or an index into a list. */
export type PathSegment = string | number;
export type Path = readonly PathSegment[];

const SEGMENT = /\.?([^.[\]'"]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/y;

/** @returns undefined when the text is not a path */
export function parsePath(text: string): Path | undefined {
  const path: PathSegment[] = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < text.length) {
    const match = SEGMENT.exec(text);
    if (match === null || (path.length === 0 && text.startsWith('.'))) return undefined;
    const [, name, index, single, double] = match;
    path.push(index === undefined ? (name ?? single ?? double ?? '') : Number(index));
  }
  return path.length > 0 ? path : undefined;
}

/**
 * The member by which an API's list can be indexed as if it were a map.
 * Source: the SDK's local executor (`_convert_list_to_dict`); for metrics, its documentation of step properties.
 */
const LIST_KEYS: Readonly<Record<string, string>> = {
  Outputs: 'OutputName',
  ProcessingInputs: 'InputName',
  FinalMetricDataList: 'MetricName',
};

/** What a path leads to; undefined when it leads nowhere. */
export function lookup(root: Value, path: Path): Value | undefined {
  let value: Value | undefined = root;
  let list = '';
  for (const segment of path) {
    if (isList(value)) {
      value =
        typeof segment === 'number'
          ? value[segment]
          : value.find((item) => isObject(item) && item[LIST_KEYS[list] ?? ''] === segment);
    } else {
      value = isObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
    }
    list = String(segment);
  }
  return value;
}
