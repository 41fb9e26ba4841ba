// The services of the region: each on its world, behind its protocol, under the name in credential scopes.
import type { IncomingHttpHeaders } from 'node:http';
import type { Base } from './base';
import { startIntegration, type Hosts } from './integration';
import type { Services } from './respond';
import { BUCKETS_API, createBuckets, s3Service } from './s3';
import { CLOUDFORMATION_API, createCloudFormation, settleStacks } from './cloudformation';
import { createRegistry, ECR_API, pushImage } from './ecr';
import { createIam, IAM_API } from './iam';
import { createKeyStore, KMS_API } from './kms';
import { createWorld, SAGEMAKER_API, settle, setUpDomain } from './sagemaker';
import { sagemakerEvents } from './sagemaker-events';
import { runtimeService } from './sagemaker-runtime';
import type { Service } from './server';
import { createCatalog, SERVICE_CATALOG_API } from './service-catalog';
import { createQuotas, SERVICE_QUOTAS_API, setQuota } from './service-quotas';
import { createApi, jsonService, queryService } from './service';
import { createParameterStore, SSM_API } from './ssm';
import { STS_API } from './sts';

/** Starts every service on what it kept. */
export function startServices(given: Base): Services & { readonly hosts: Hosts } {
  const integration = startIntegration(given);
  // The bus hears what SageMaker does, and everybody else after it.
  const base: Base = {
    ...given,
    tell(event) {
      given.tell(event);
      const said = inItsWords(event);
      if (said !== undefined) integration.emit(said);
    },
  };
  const { apis, storage } = base;
  const world = createWorld(base);
  const inItsWords = sagemakerEvents(world);
  settle(world);
  const s3 = s3Service({ storage, name: base.region });
  const sagemaker = byProtocol(jsonService(apis.add(createApi(SAGEMAKER_API, world))), runtimeService(world));
  apis.add(createApi(BUCKETS_API, createBuckets(base)));
  const roles = createIam(base);
  const iam = queryService(apis.add(createApi(IAM_API, roles)));
  const sts = queryService(apis.add(createApi(STS_API, roles)));
  const ssm = jsonService(apis.add(createApi(SSM_API, createParameterStore(base))));
  const stacks = createCloudFormation(base);
  const cloudformation = queryService(apis.add(createApi(CLOUDFORMATION_API, stacks)));
  const kms = jsonService(apis.add(createApi(KMS_API, createKeyStore(base))));
  const registry = createRegistry(base);
  const ecr = jsonService(apis.add(createApi(ECR_API, registry)));
  const servicecatalog = jsonService(apis.add(createApi(SERVICE_CATALOG_API, createCatalog(base))));
  const quotas = createQuotas(base);
  const servicequotas = jsonService(apis.add(createApi(SERVICE_QUOTAS_API, quotas)));
  const signed: Readonly<Record<string, Service>> = {
    s3,
    sagemaker,
    iam,
    sts,
    ssm,
    cloudformation,
    kms,
    ecr,
    servicecatalog,
    servicequotas,
    ...integration.signed,
  };
  settleStacks(stacks); // once every service is there to be called
  const { paths, hosts } = integration;
  const people: Hosts = {
    ...hosts,
    setUpDomain: (name, executionRole) => setUpDomain(world, name, executionRole),
    pushImage(repository, tag, digest) {
      pushImage(registry, repository, tag, digest);
    },
    setQuota(name, value) {
      setQuota(quotas, name, value);
    },
  };
  return { signed: new Map(Object.entries(signed)), paths, fallback: s3, hosts: people };
}

/** SageMaker and its runtime are signed for alike, and told apart by their protocols. */
function byProtocol(json: Service, rest: Service): Service {
  const of = (headers: IncomingHttpHeaders): Service => (headers['x-amz-target'] === undefined ? rest : json);
  return {
    answer: (request, ...more) => of(request.headers).answer(request, ...more),
    refuse: (request, ...more) => of(request.headers).refuse(request, ...more),
  };
}
