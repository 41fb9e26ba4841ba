// The REST protocols' bindings: which operation a request is for, what its path, query and headers say, and an answer's headers.
import type { IncomingHttpHeaders } from 'node:http';
import type { OperationModel, Reference, ServiceModel, StructureShape } from './model';

export interface RestCall {
  readonly name: string;
  readonly operation: OperationModel;
  /** Members that the path, the query and the headers carry. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Query parameters and `x-amz-…` headers that the operation does not have. */
  readonly unknown: readonly string[];
}

/** Parts of the protocol that are no operation's. */
const PROTOCOL_NAMES = new Set([
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-Security-Token',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
  'X-Amz-Content-Sha256',
  'x-amz-security-token',
  'x-id',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-decoded-content-length',
  'x-amz-trailer',
  'x-amz-user-agent',
]);

/**
 * Tells which operation a request is for, and binds what is outside its body.
 * @param target the request's path and query as they came: a normalised path would change keys such as `a/../b`
 * @returns undefined when the model has no such operation
 */
export function bindCall(
  model: ServiceModel,
  method: string,
  target: string,
  headers: IncomingHttpHeaders,
): RestCall | undefined {
  const [path = '', search = ''] = splitOnce(target, '?');
  const query = new URLSearchParams(search);
  const candidates = Object.entries(model.operations).flatMap(([name, operation]) => {
    const labels = operation.http.method === method ? matchUri(operation.http.requestUri, path, query) : undefined;
    const fixed = new URLSearchParams(splitOnce(operation.http.requestUri, '?')[1]);
    return labels === undefined ? [] : [{ name, operation, labels, fixed }];
  });
  // `PUT /bucket?tagging` is also a `PUT /bucket`: what asks for more is meant.
  const [meant] = candidates.sort((a, b) => b.fixed.size - a.fixed.size);
  if (meant === undefined) return undefined;
  const { name, operation, labels, fixed } = meant;
  return { name, operation, ...bindMembers(model, operation, { labels, query, headers }, fixed) };
}

/** The headers that carry an answer's members. */
export function answerHeaders(model: ServiceModel, operation: OperationModel, output: unknown): Record<string, string> {
  const shape = model.shapes[operation.output ?? ''];
  if (shape?.type !== 'structure') return {};
  const headers: Record<string, string> = {};
  for (const [member, value] of Object.entries(output as Readonly<Record<string, unknown>>)) {
    const reference = shape.members[member];
    if (reference === undefined || value === undefined) continue;
    const name = reference.locationName ?? member;
    if (reference.location === 'header') headers[name] = headerText(model, reference, value);
    if (reference.location === 'headers') {
      for (const [key, text] of Object.entries(value as Readonly<Record<string, string>>)) headers[name + key] = text;
    }
  }
  return headers;
}

interface Given {
  readonly labels: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

function bindMembers(model: ServiceModel, operation: OperationModel, given: Given, fixed: URLSearchParams) {
  const shape = model.shapes[operation.input ?? ''];
  const members = Object.entries((shape as StructureShape | undefined)?.members ?? {}); // inputs are structures
  const input: Record<string, unknown> = {};
  const unknown = new Set([
    ...[...given.query.keys()].filter((name) => !fixed.has(name)),
    ...Object.keys(given.headers).filter((name) => name.startsWith('x-amz-')),
  ]);
  for (const name of PROTOCOL_NAMES) unknown.delete(name);
  for (const [member, reference] of members) {
    const name = reference.locationName ?? member;
    if (reference.location === 'headers') {
      const entries = Object.entries(given.headers).filter(([header]) => header.startsWith(name));
      for (const [header] of entries) unknown.delete(header);
      if (entries.length > 0)
        input[member] = Object.fromEntries(entries.map(([key, text]) => [key.slice(name.length), text]));
      continue;
    }
    const text = givenText(reference, name, given);
    if (text === undefined) continue;
    unknown.delete(reference.location === 'header' ? name.toLowerCase() : name);
    input[member] = parseText(model, reference, text);
  }
  return { input, unknown: [...unknown] };
}

function givenText({ location }: Reference, name: string, { labels, query, headers }: Given): string | undefined {
  if (location === 'uri') return labels[name];
  if (location === 'querystring') return query.get(name) ?? undefined;
  if (location === 'header') return headers[name.toLowerCase()]?.toString();
  return undefined;
}

/** A value as its shape has it; text that is no such value stays text, for validation to refuse. */
function parseText(model: ServiceModel, { shape: name }: Reference, text: string): unknown {
  const type = model.shapes[name]?.type;
  if (type === 'integer' || type === 'float')
    return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (type === 'timestamp') return Number.isNaN(Date.parse(text)) ? text : Date.parse(text) / 1000;
  if (type === 'list') return text.split(',').map((item) => item.trim());
  return text;
}

function headerText(model: ServiceModel, { shape: name }: Reference, value: unknown): string {
  return model.shapes[name]?.type === 'timestamp' ? new Date(Number(value) * 1000).toUTCString() : String(value); // headers carry scalars
}

/** The labels of a path that fits the operation's URI, decoded. */
function matchUri(uri: string, path: string, query: URLSearchParams): Record<string, string> | undefined {
  const [pattern = '', required = ''] = splitOnce(uri, '?');
  for (const [name, value] of new URLSearchParams(required)) if (query.get(name) !== value) return undefined;
  const source = pattern.replace(/\{(\w+)(\+?)\}/g, (_, name: string, greedy: string) =>
    greedy === '' ? `(?<${name}>[^/]+)` : `(?<${name}>.+)`,
  );
  const match = new RegExp(`^${source}/?$`, 's').exec(path);
  if (match === null) return undefined;
  return Object.fromEntries(Object.entries(match.groups ?? {}).map(([name, text]) => [name, decodeURIComponent(text)]));
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
