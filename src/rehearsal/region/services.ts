// The services of the region: each on its world, behind its protocol, under the name in credential scopes.
import type { IncomingHttpHeaders } from 'node:http';
import type { Base } from './base';
import type { Services } from './respond';
import { s3Service } from './s3';
import { createWorld, SAGEMAKER_API, settle } from './sagemaker';
import { runtimeService } from './sagemaker-runtime';
import type { Service } from './server';
import { createApi, jsonService } from './service';

/** Starts every service on what it kept. */
export function startServices(base: Base): Services {
  const { apis, storage } = base;
  const world = createWorld(base);
  settle(world);
  const s3 = s3Service({ storage, name: base.region });
  const sagemaker = byProtocol(jsonService(apis.add(createApi(SAGEMAKER_API, world))), runtimeService(world));
  const signed: Readonly<Record<string, Service>> = { s3, sagemaker };
  return { signed: new Map(Object.entries(signed)), paths: [], fallback: s3 };
}

/** SageMaker and its runtime are signed for alike, and told apart by their protocols. */
function byProtocol(json: Service, rest: Service): Service {
  const of = (headers: IncomingHttpHeaders): Service => (headers['x-amz-target'] === undefined ? rest : json);
  return {
    answer: (request, ...more) => of(request.headers).answer(request, ...more),
    refuse: (request, ...more) => of(request.headers).refuse(request, ...more),
  };
}
