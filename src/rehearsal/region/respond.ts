// From a request to an answer: who asks, which service is meant, and what it says.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principals } from './access';
import { admit, parseCredential } from './admission';
import type { RegionEvent } from './events';
import type { Service } from './server';
import type { Apis } from './service';

export interface Services {
  /** By the name in credential scopes, for example `sns`. */
  readonly signed: ReadonlyMap<string, Service>;
  /** What is told by its path, and asks for credentials in a way of its own; for example git. */
  readonly paths: readonly { readonly prefix: string; readonly service: Service }[];
  /** Answers whoever names no service, in the form that most clients understand. */
  readonly fallback: Service;
}

export interface Admission {
  readonly region: string;
  readonly principals: Principals;
  readonly apis: Apis;
}

/** Makes the function that answers every request of the region's server. It never rejects. */
export function respond(services: Services, admission: Admission, tell: (event: RegionEvent) => void) {
  const { region, principals, apis } = admission;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const began = performance.now();
    const byPath = services.paths.find(({ prefix }) => request.url?.startsWith(prefix));
    const credential = parseCredential(request);
    const service = byPath?.service ?? serviceOf(services, credential?.service, request);
    let operation = credential?.service ?? 'unsigned';
    try {
      try {
        const principal =
          byPath === undefined ? admit(credential, region, [...services.signed.keys()], principals) : principals.person;
        await service.answer(request, response, apis.as(principal), (known) => (operation = known));
      } catch (error) {
        await service.refuse(request, response, error);
      }
    } catch {
      response.destroy(); // the client has gone, or its answer broke off
    }
    tell({ kind: 'request', operation, status: response.statusCode, milliseconds: performance.now() - began });
  };
}

/** The service that is meant, or the one whose protocol the sender of a stray request understands. */
function serviceOf({ signed, fallback }: Services, name: string | undefined, { headers }: IncomingMessage): Service {
  const stray = headers['x-amz-target'] === undefined ? fallback : (signed.get('sagemaker') ?? fallback);
  return signed.get(name ?? '') ?? stray;
}
