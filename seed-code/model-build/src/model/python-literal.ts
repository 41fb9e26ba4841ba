// Python's `repr` of dicts, lists, strings and numbers: the form in which Ultralytics writes `names` and `imgsz` into ONNX files.

export type PythonValue = string | number | boolean | null | PythonValue[] | Map<PythonValue, PythonValue>;

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r' };
const WORDS: Record<string, boolean | null> = { True: true, False: false, None: null };

/** @throws SyntaxError that tells where the text stops being a literal */
export function parsePythonLiteral(text: string): PythonValue {
  let at = 0;

  const fail = (): never => {
    throw new SyntaxError(`not a Python literal at character ${at}: ${text.slice(at, at + 20)}`);
  };
  const skipSpace = (): void => {
    while (/\s/.test(text.charAt(at))) at += 1;
  };
  const take = (token: string): boolean => {
    skipSpace();
    if (!text.startsWith(token, at)) return false;
    at += token.length;
    return true;
  };
  const match = (pattern: RegExp): RegExpExecArray | null => {
    skipSpace();
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const items = <T>(close: string, item: () => T): T[] => {
    const all: T[] = [];
    while (!take(close)) {
      if (all.length > 0 && !take(',')) fail();
      if (all.length > 0 && take(close)) break;
      all.push(item());
    }
    return all;
  };
  const value = (): PythonValue => {
    if (take('{')) {
      return new Map(
        items('}', () => {
          const key = value();
          if (!take(':')) fail();
          return [key, value()] as const;
        }),
      );
    }
    if (take('[')) return items(']', value);
    if (take('(')) return items(')', value);
    const string = match(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/suy);
    if (string) return unescape(string[1] ?? string[2] ?? '');
    const word = match(/True|False|None/y);
    if (word) return WORDS[word[0]] ?? null;
    const number = match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/iy);
    return number ? Number(number[0]) : fail();
  };

  const result = value();
  skipSpace();
  return at === text.length ? result : fail();
}

function unescape(body: string): string {
  return body.replace(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/gisu,
    (_, x?: string, u?: string, long?: string, other?: string) => {
      const code = x ?? u ?? long;
      if (code !== undefined) return String.fromCodePoint(parseInt(code, 16));
      return ESCAPES[other ?? ''] ?? other ?? '';
    },
  );
}
