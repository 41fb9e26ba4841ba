// Any AWS Query service over HTTP: the request as a form, the answer as XML.
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { AwsError } from '../errors';
import type { Service } from '../server';
import { escapeXml, xmlElement } from '../xml';
import type { Api } from './api';
import { parseForm } from './form';

export function queryService(api: Api): Service {
  const { model, name } = api;
  const namespace = model.metadata.xmlNamespace ?? '';
  return {
    async answer(request, response, caller, onOperation) {
      const form = new URLSearchParams(await text(request));
      const action = form.get('Action') ?? '';
      onOperation(`${name}:${action}`);
      const output = await api.invoke(action, parseForm(model, action, form), caller);
      const { output: shape, resultWrapper } = model.operations[action] ?? {};
      const result =
        shape === undefined || resultWrapper === undefined ? '' : xmlElement(model, resultWrapper, { shape }, output);
      send(
        response,
        200,
        `${action}Response`,
        namespace,
        `${result}<ResponseMetadata>${requestId()}</ResponseMetadata>`,
      );
    },
    refuse(_request, response, error) {
      const known =
        error instanceof AwsError
          ? error
          : new AwsError('InternalFailure', error instanceof Error ? error.message : String(error), 500);
      const fault = known.status >= 500 ? 'Receiver' : 'Sender';
      const body = `<Type>${fault}</Type><Code>${escapeXml(known.code)}</Code><Message>${escapeXml(known.message)}</Message>`;
      send(response, known.status, 'ErrorResponse', namespace, `<Error>${body}</Error>${requestId()}`);
    },
  };
}

function send(response: ServerResponse, status: number, root: string, namespace: string, body: string): void {
  response
    .writeHead(status, { 'Content-Type': 'text/xml' })
    .end(`<${root} xmlns="${escapeXml(namespace)}">${body}</${root}>`);
}

function requestId(): string {
  return `<RequestId>${randomUUID()}</RequestId>`;
}
