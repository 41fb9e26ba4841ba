// From a request to an answer: who asks, which service is meant, and what it says.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { admit, parseCredential } from './admission';
import type { RegionEvent } from './events';
import type { Service } from './server';

/** The region's services. SageMaker and its runtime are signed for alike, and told apart by their protocols. */
export interface Services {
  readonly s3: Service;
  readonly sagemaker: Service;
  readonly runtime: Service;
}

/** Names in credential scopes. */
const SIGNING_NAMES = ['s3', 'sagemaker'];

/** Makes the function that answers every request of the region's server. It never rejects. */
export function respond(services: Services, region: string, tell: (event: RegionEvent) => void) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const began = performance.now();
    const credential = parseCredential(request.headers.authorization);
    const service = serviceOf(services, credential?.service, request);
    let operation = credential?.service ?? 'unsigned';
    try {
      try {
        admit(credential, region, SIGNING_NAMES);
        await service.answer(request, response, (known) => (operation = known));
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
function serviceOf(services: Services, name: string | undefined, { headers }: IncomingMessage): Service {
  if (headers['x-amz-target'] !== undefined) return services.sagemaker;
  return name === 'sagemaker' ? services.runtime : services.s3;
}
