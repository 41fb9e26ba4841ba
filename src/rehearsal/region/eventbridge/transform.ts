// Input transformers: what a rule hands to its target instead of the event.
// Source: EventBridge User Guide, "Amazon EventBridge input transformation".
import { isList, isRecord, type Json, type JsonRecord } from './json';

export interface InputTransformer {
  /** JSON paths into the event, by variable. */
  readonly InputPathsMap?: Readonly<Record<string, string>>;
  readonly InputTemplate: string;
}

/** A transformer that EventBridge would not take. */
export class TransformError extends Error {
  override readonly name = 'TransformError';
}

/** Variables that need no path. */
export interface RuleVariables {
  readonly 'aws.events.rule-arn': string;
  readonly 'aws.events.rule-name': string;
  /** ISO 8601. */
  readonly 'aws.events.event.ingestion-time': string;
}

const RESERVED = [
  'aws.events.rule-arn',
  'aws.events.rule-name',
  'aws.events.event.ingestion-time',
  'aws.events.event',
  'aws.events.event.json',
];

/** @throws TransformError when a path or the template would not be taken */
export function checkTransformer({ InputPathsMap = {}, InputTemplate }: InputTransformer): void {
  for (const [name, path] of Object.entries(InputPathsMap)) {
    if (/^aws\./i.test(name)) throw new TransformError(`The variable ${name} is reserved.`);
    steps(path);
  }
  for (const [, name = ''] of InputTemplate.matchAll(VARIABLE)) {
    if (!(name in InputPathsMap) && !RESERVED.includes(name)) {
      throw new TransformError(`The template has <${name}>, which InputPathsMap does not define.`);
    }
  }
  const filled = [...pieces(InputTemplate)].map(({ text, isVariable, isQuoted }) =>
    isVariable ? (isQuoted ? '' : '0') : text,
  );
  try {
    JSON.parse(filled.join(''));
  } catch {
    throw new TransformError(`The template is not JSON once its variables are filled in: ${InputTemplate}`);
  }
}

/** The text that the target gets. */
export function transform(transformer: InputTransformer, event: JsonRecord, rule: RuleVariables): string {
  const envelope = Object.fromEntries(Object.entries(event).filter(([name]) => name !== 'detail'));
  const reserved: Readonly<Record<string, Json>> = {
    ...rule,
    'aws.events.event': envelope,
    'aws.events.event.json': event,
  };
  const value = (name: string): Json | undefined => {
    const path = transformer.InputPathsMap?.[name];
    return path === undefined ? reserved[name] : pick(event, steps(path));
  };
  return [...pieces(transformer.InputTemplate)]
    .map(({ text, isVariable, isQuoted }) => (isVariable ? inserted(value(text), isQuoted) : text))
    .join('');
}

const VARIABLE = /<([A-Za-z0-9_.-]+)>/g;

/** In a string its text, elsewhere its JSON; a value that the event lacks is empty text. */
function inserted(value: Json | undefined, isQuoted: boolean): string {
  if (!isQuoted) return JSON.stringify(value ?? '');
  const text = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  return JSON.stringify(text).slice(1, -1);
}

interface Piece {
  /** As it stands in the template; of a variable its name. */
  readonly text: string;
  readonly isVariable: boolean;
  /** Whether it stands inside a JSON string. */
  readonly isQuoted: boolean;
}

function* pieces(template: string): Generator<Piece> {
  let at = 0;
  let isQuoted = false;
  for (const match of template.matchAll(VARIABLE)) {
    const text = template.slice(at, match.index);
    yield { text, isVariable: false, isQuoted };
    isQuoted = (text.replace(/\\./gs, '').split('"').length - 1) % 2 === 0 ? isQuoted : !isQuoted;
    yield { text: match[1] ?? '', isVariable: true, isQuoted };
    at = match.index + match[0].length;
  }
  yield { text: template.slice(at), isVariable: false, isQuoted };
}

/** `$.detail.names[0]`: members and indices on the way; `*` for each of an array. */
export function steps(path: string): readonly string[] {
  if (!/^\$(\.[\w/-]+|\[(\d+|\*)\])*$/.test(path)) {
    throw new TransformError(`${path} is no path of the form $.detail.name or $.detail.list[0].`);
  }
  return [...path.matchAll(/\.([\w/-]+)|\[(\d+|\*)\]/g)].map(([, member, index]) => member ?? index ?? '');
}

export function pick(value: Json, [first, ...others]: readonly string[]): Json | undefined {
  if (first === undefined) return value;
  if (isList(value)) {
    if (first === '*') return value.flatMap((item) => pick(item, others) ?? []);
    const item = value[Number(first)];
    return item === undefined ? undefined : pick(item, others);
  }
  const member = isRecord(value) && Object.hasOwn(value, first) ? value[first] : undefined;
  return member === undefined ? undefined : pick(member, others);
}
