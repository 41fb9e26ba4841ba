// SageMaker Runtime over HTTP: hands invocations to the container that serves the endpoint.
import type { IncomingMessage } from 'node:http';
import { assumed, behavioursOf, documented, type Behaviour } from './behaviour';
import { AwsError } from './errors';
import { RUNTIME_MODEL as MODEL, requestProblems } from './model';
import { bindCall } from './rest';
import type { World } from './sagemaker';
import type { Service } from './server';

const API = 'SageMaker Runtime API Reference, InvokeEndpoint';

export const RUNTIME_BEHAVIOURS: readonly Behaviour[] = behavioursOf('sagemaker-runtime:InvokeEndpoint', [
  documented('The container gets POST /invocations with the body, Content-Type, Accept and CustomAttributes.', API),
  documented('A status other than 2xx is a ModelError with the container’s status and words.', API),
  documented('A container has 60 seconds to answer.', API),
  documented('A body of more than 6,291,456 bytes is refused.', 'botocore 1.44.5, BodyBlob'),
  assumed('An endpoint that is not in service: ValidationError, “Endpoint … not found.”'),
  assumed('Target models, variants, containers, sessions and inference components are refused.'),
]);

/** Members of the request that are heeded. */
const TAKES: readonly string[] = ['EndpointName', 'ContentType', 'Accept', 'CustomAttributes', 'Body'];
const CUSTOM_ATTRIBUTES = 'x-amzn-sagemaker-custom-attributes';
/** Source: SageMaker Runtime API Reference, InvokeEndpoint. */
const TIMEOUT_MS = 60_000;
const LARGEST_BODY = 6_291_456;
/** Characters of a container's words in a ModelError (botocore, `Message`). */
const MESSAGE_LENGTH = 2048;

export function runtimeService(world: World): Service {
  return {
    async answer(request, response, caller, onOperation) {
      const call = bindCall(MODEL, request.method ?? '', request.url ?? '', request.headers);
      if (call === undefined) {
        const operations = Object.keys(MODEL.operations).join(', ');
        throw validationError(`The rehearsal region has no such runtime operation; it has ${operations}.`);
      }
      onOperation(`sagemaker-runtime:${call.name}`);
      const body = await readBody(request);
      const input = { ...call.input, Body: body };
      const [problem] = requestProblems(MODEL, call.name, input);
      if (problem !== undefined) throw validationError(problem.message);
      const unheeded = [...Object.keys(input).filter((member) => !TAKES.includes(member)), ...call.unknown];
      if (unheeded.length > 0)
        throw validationError(`The rehearsal region has no ${unheeded.join(', ')} in ${call.name}.`);

      const name = String(call.input.EndpointName);
      const resource = `arn:aws:sagemaker:${world.region}:${world.account}:endpoint/${name.toLowerCase()}`;
      caller.requires({ action: 'sagemaker:InvokeEndpoint', resources: [resource] });
      const { answer, variant } = await invoke(world, name, request, body);
      const bytes = Buffer.from(await answer.arrayBuffer());
      if (!answer.ok) throw modelError(answer.status, bytes.toString('utf8'), variant);
      const attributes = answer.headers.get(CUSTOM_ATTRIBUTES);
      response.writeHead(200, {
        'Content-Type': answer.headers.get('content-type') ?? 'application/octet-stream',
        'x-Amzn-Invoked-Production-Variant': variant,
        ...(attributes !== null && { [CUSTOM_ATTRIBUTES]: attributes }),
      });
      response.end(bytes);
    },
    refuse(request, response, error) {
      request.resume(); // clients send the whole body before they read an answer
      const known =
        error instanceof AwsError
          ? error
          : new AwsError('InternalFailure', error instanceof Error ? error.message : String(error), 500);
      response.writeHead(known.status, { 'Content-Type': 'application/json', 'x-amzn-ErrorType': known.code });
      response.end(JSON.stringify({ Message: known.message, ...known.details }));
    },
  };
}

async function invoke(world: World, name: string, request: IncomingMessage, body: Uint8Array<ArrayBuffer>) {
  const serving = world.serving.get(name);
  const endpoint = world.endpoints.get(name);
  const [summary] = (endpoint?.ProductionVariants ?? []) as readonly { readonly VariantName: string }[]; // as `serve` wrote it
  if (serving === undefined || summary === undefined) {
    throw validationError(`Endpoint ${name} of account ${world.account} not found.`);
  }
  const headers = Object.fromEntries(
    ['content-type', 'accept', CUSTOM_ATTRIBUTES].flatMap((header) => {
      const value = request.headers[header];
      return typeof value === 'string' ? [[header, value]] : [];
    }),
  );
  const variant = summary.VariantName;
  const call = { method: 'POST', headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) };
  const answer = await fetch(`${serving.url}/invocations`, call).catch((error: unknown) => {
    throw modelError(0, error instanceof Error ? error.message : String(error), variant);
  });
  return { answer, variant };
}

async function readBody(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) {
      throw validationError(
        `The body has more than ${LARGEST_BODY} bytes: Member must have length less than or equal to that.`,
      );
    }
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

/** @param status 0 when the container did not answer at all */
function modelError(status: number, words: string, variant: string): AwsError {
  const message =
    status === 0
      ? `Received no response from ${variant}: ${words}`
      : `Received ${status < 500 ? 'client' : 'server'} error (${status}) from ${variant} with message "${words}".`;
  const original = { OriginalStatusCode: status === 0 ? 500 : status, OriginalMessage: words.slice(0, MESSAGE_LENGTH) };
  return new AwsError('ModelError', message.slice(0, MESSAGE_LENGTH), 424, original);
}
