// Any AWS JSON service over HTTP, 1.0 or 1.1: the operation in X-Amz-Target, members as JSON.
import type { ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { AwsError } from '../errors';
import type { ServiceModel } from '../model';
import type { Service } from '../server';
import type { Api } from './api';
import type { Members } from './operation';

export function jsonService(api: Api): Service {
  const type = `application/x-amz-json-${api.model.metadata.jsonVersion ?? '1.1'}`;
  return {
    async answer(request, response, caller, onOperation) {
      const target = String(request.headers['x-amz-target'] ?? '');
      const operation = target.slice(target.lastIndexOf('.') + 1);
      onOperation(`${api.name}:${operation}`);
      const input = withBytes(api.model, api.model.operations[operation]?.input, parse(await buffer(request)));
      const output = await api.invoke(operation, input as Members, caller);
      send(response, 200, type, output);
    },
    refuse(_request, response, error) {
      const known =
        error instanceof AwsError
          ? error
          : new AwsError('InternalFailure', error instanceof Error ? error.message : String(error), 500);
      response.setHeader('x-amzn-ErrorType', known.code);
      send(response, known.status, type, { __type: known.code, message: known.message, ...known.details });
    },
  };
}

/** @throws AwsError for a body that is no JSON object; none at all is an empty one */
export function parse(body: Buffer): Members {
  try {
    const input: unknown = JSON.parse(body.toString('utf8') || '{}');
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Members; // an object
  } catch {
    // falls through to the one answer for what is no JSON object
  }
  throw new AwsError('SerializationException', 'The body of the request is not a JSON object.');
}

/** The value with its blobs, which are Base64 in JSON, as bytes; what does not fit its shape is left for validation to refuse. */
export function withBytes(model: ServiceModel, shapeName: string | undefined, value: unknown): unknown {
  const shape = model.shapes[shapeName ?? ''];
  if (shape?.type === 'blob') return typeof value === 'string' ? Buffer.from(value, 'base64') : value;
  if (typeof value !== 'object' || value === null) return value;
  if (shape?.type === 'list' && Array.isArray(value))
    return value.map((item) => withBytes(model, shape.member.shape, item));
  if (shape?.type !== 'structure' && shape?.type !== 'map') return value;
  const inner = (name: string): string | undefined =>
    shape.type === 'map' ? shape.value.shape : shape.members[name]?.shape;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withBytes(model, inner(name), member)]),
  );
}

export function send(response: ServerResponse, status: number, type: string, body: Members): void {
  const text = JSON.stringify(body, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );
  response.writeHead(status, { 'Content-Type': type }).end(text);
}
