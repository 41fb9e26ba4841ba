// S3 over HTTP: the REST-XML protocol, path style.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { behavioursOf, type Behaviour } from '../behaviour';
import { AwsError } from '../errors';
import { S3_MODEL as MODEL, requestProblems, responseProblems } from '../model';
import { answerHeaders, bindCall, type RestCall } from '../rest';
import type { Service } from '../server';
import { behavioursOfApi, type Caller } from '../service';
import { s3Access } from './access';
import { BUCKETS_API } from './configuration';
import { answerDocument, DOCUMENT_HEADERS, documentMembers } from './documents';
import { S3_OPERATIONS, notImplemented, type S3Answer, type S3Operation, type S3Region } from './operations';
import { escapeXml } from '../xml';
import { renderXml } from './xml';

export { s3Access } from './access';
export { BUCKETS_API, createBuckets } from './configuration';
export { Storage, ObjectNotFoundError } from './storage';

export const S3_BEHAVIOURS: readonly Behaviour[] = [
  ...Object.entries(S3_OPERATIONS).flatMap(([name, { claims }]) => behavioursOf(`s3:${name}`, claims)),
  ...behavioursOfApi(BUCKETS_API),
];

/** Operations whose bodies are small documents; they may be called from within the region as well. */
const DOCUMENTS = new Set(BUCKETS_API.operations.map(({ name }) => name));

/** S3 as a service of the region. */
export function s3Service(region: S3Region): Service {
  return {
    async answer(request, response, caller, onOperation) {
      const method = request.method ?? '';
      const target = request.url ?? '';
      const call = bindCall(MODEL, method, target, request.headers);
      const operation = S3_OPERATIONS[call?.name ?? ''];
      if (call !== undefined && DOCUMENTS.has(call.name)) {
        onOperation(`s3:${call.name}`);
        await answerWithDocument(call, request, response, caller);
        return;
      }
      if (call === undefined || operation === undefined) {
        const known = [...Object.keys(S3_OPERATIONS), ...DOCUMENTS].join(', ');
        throw notImplemented(`S3 operation for ${method} ${target}; it has ${known}`);
      }
      onOperation(`s3:${call.name}`);
      admit(operation, call);
      const keyArn = region.storage.encryptionKeys.get(String(call.input.Bucket));
      for (const access of s3Access(call.name, call.input, keyArn)) caller.requires(access);
      const input = call.input as never; // just checked against the model
      // A body that is not read to its end must not take the connection, and the error to be sent on it, with it.
      const body = request.iterator({ destroyOnReturn: false });
      const answer = await operation.run({ input, headers: request.headers, body }, region);
      check(call.name, answer);
      const headers = answerHeaders(MODEL, call.operation, answer.output);
      const status = answer.status ?? call.operation.http.responseCode ?? 200;
      await send(response, status, headers, bodyOf(call.operation.output, answer));
    },
    refuse: sendError,
  };
}

/** Answers an operation whose body is a small document. */
async function answerWithDocument(
  { name, operation, input, unknown }: RestCall,
  request: IncomingMessage,
  response: ServerResponse,
  caller: Caller,
): Promise<void> {
  const unheeded = unknown.filter((header) => !DOCUMENT_HEADERS.includes(header));
  if (unheeded.length > 0) throw notImplemented(`${unheeded.join(', ')} in ${name}`);
  const body = request.iterator({ destroyOnReturn: false });
  const given = { ...input, ...(await documentMembers(operation, request.headers, body)) };
  const output = await caller.call('s3', name, given);
  const document = answerDocument(name, operation, output);
  const headers = answerHeaders(MODEL, operation, output);
  if (document !== undefined) headers['Content-Type'] = document.type;
  response.writeHead(operation.http.responseCode ?? STATUSES[name] ?? 200, headers).end(document?.text);
}

/** Where the service answers otherwise than its model says. */
const STATUSES: Readonly<Record<string, number>> = {
  DeleteBucket: 204,
  DeleteBucketPolicy: 204,
  PutBucketPolicy: 204,
  PutBucketTagging: 204,
};

function admit(operation: S3Operation, { name, input, unknown }: RestCall): void {
  const [problem] = requestProblems(MODEL, name, input);
  if (problem !== undefined) throw new AwsError('InvalidArgument', problem.message);
  const unheeded = [...unknown, ...Object.keys(input).filter((member) => !operation.takes.includes(member))];
  if (unheeded.length > 0) throw notImplemented(`${unheeded.join(', ')} in ${name}`);
}

/** The region never says what the service's own model forbids. */
function check(name: string, { output }: S3Answer): void {
  const [problem] = responseProblems(MODEL, name, output);
  if (problem !== undefined) throw new Error(`The answer to ${name} does not fit its model: ${problem.message}`);
}

function bodyOf(shape: string | undefined, { document, output, body }: S3Answer): S3Answer['body'] | string {
  return document === undefined || shape === undefined ? body : renderXml(MODEL, document, shape, output);
}

async function send(
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: S3Answer['body'] | string,
): Promise<void> {
  if (typeof body === 'string') {
    response.writeHead(status, { ...headers, 'Content-Type': 'application/xml' }).end(body);
  } else if (body === undefined) {
    response.writeHead(status, headers).end();
  } else {
    response.writeHead(status, headers);
    await pipeline(body, response);
  }
}

async function sendError(request: IncomingMessage, response: ServerResponse, error: unknown): Promise<void> {
  if (response.headersSent || response.destroyed) {
    response.destroy(); // the client sees the answer break off, or has gone
    return;
  }
  const known = error instanceof AwsError ? error : new AwsError('InternalError', internalMessage(error), 500);
  const members: Record<string, string | number> = {
    Code: known.code,
    Message: known.message,
    ...known.details,
    Resource: request.url ?? '',
  };
  const xml = Object.entries(members).map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`);
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${xml.join('')}</Error>`;
  request.resume(); // clients send the whole body before they read an answer
  await send(response, known.status, {}, request.method === 'HEAD' ? undefined : body);
}

function internalMessage(error: unknown): string {
  return `We encountered an internal error. Please try again. (${error instanceof Error ? error.message : String(error)})`;
}
