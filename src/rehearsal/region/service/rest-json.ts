// Any AWS service of REST with JSON over HTTP: the operation in method and path, members in path, query, headers and body.
import { buffer } from 'node:stream/consumers';
import { AwsError } from '../errors';
import type { OperationModel, ServiceModel } from '../model';
import { answerHeaders, bindCall } from '../rest';
import type { Service } from '../server';
import type { Api } from './api';
import { parse, send, withBytes } from './json';
import type { Members } from './operation';

const TYPE = 'application/json';

export function restJsonService(api: Api): Service {
  const { model, name } = api;
  return {
    async answer(request, response, caller, onOperation) {
      const call = bindCall(model, request.method ?? '', request.url ?? '', request.headers);
      if (call === undefined) {
        const known = api.operations.join(', ');
        throw new AwsError('UnknownOperationException', `The rehearsal region has no such operation; it has ${known}.`);
      }
      onOperation(`${name}:${call.name}`);
      if (call.unknown.length > 0)
        throw new AwsError(
          'ValidationException',
          `The rehearsal region has no ${call.unknown.join(', ')} in ${call.name}.`,
        );
      const input = { ...call.input, ...bodyOf(model, call.operation, await buffer(request)) };
      const output = await api.invoke(call.name, input, caller);
      for (const [header, value] of Object.entries(answerHeaders(model, call.operation, output)))
        response.setHeader(header, value);
      const status = call.operation.http.responseCode ?? 200;
      const payload = payloadOf(model, call.operation.output);
      if (payload === undefined) send(response, status, TYPE, output);
      else response.writeHead(status, { 'Content-Type': TYPE }).end(output[payload]);
    },
    refuse(request, response, error) {
      request.resume(); // clients send the whole body before they read an answer
      const known =
        error instanceof AwsError
          ? error
          : new AwsError('InternalFailure', error instanceof Error ? error.message : String(error), 500);
      response.setHeader('x-amzn-ErrorType', known.code);
      send(response, known.status, TYPE, { Type: known.status < 500 ? 'User' : 'Service', Message: known.message });
    },
  };
}

/** What the body carries: one member as it is, or all that are nowhere else. */
function bodyOf(model: ServiceModel, { input }: OperationModel, body: Buffer): Members {
  const payload = payloadOf(model, input);
  if (payload !== undefined) return body.length > 0 ? { [payload]: body } : {};
  return withBytes(model, input, parse(body)) as Members; // an object in, an object out
}

function payloadOf({ shapes }: ServiceModel, name: string | undefined): string | undefined {
  const shape = shapes[name ?? ''];
  return shape?.type === 'structure' ? shape.payload : undefined;
}
