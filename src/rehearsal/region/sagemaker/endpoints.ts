// Models, endpoint configurations and endpoints: what serves a model, and whether it does.
import { runtimeAs } from '../access';
import { ServingError, startServing, type ServingRequest } from '../../jobs';
import { assumed, documented } from '../behaviour';
import { API, GUIDE, invalid, operation, type Members } from './operation';
import { existingPackage, type PackageContainer } from './registry';
import { answer, arn, seconds, type Tag, type World } from './world';

export interface Endpoint extends Members {
  readonly EndpointName: string;
  readonly EndpointArn: string;
  readonly EndpointConfigName: string;
  readonly EndpointStatus: 'Creating' | 'InService' | 'Failed' | 'Deleting';
}

interface Container extends PackageContainer {
  readonly ModelPackageName?: string;
}

interface Variant extends Members {
  readonly VariantName: string;
  readonly ModelName?: string;
  readonly InitialInstanceCount?: number;
  readonly InitialVariantWeight?: number;
}

const createModel = operation<{
  ModelName: string;
  PrimaryContainer?: Container;
  Containers?: readonly Container[];
  Tags?: readonly Tag[];
}>(
  'CreateModel',
  {
    claims: [
      documented('A container is given by its image and model data, or by a model package.', `${API}, CreateModel`),
      documented(
        'A package must be Approved for a model to be made of it.',
        `${API}, CreateModelPackage: ModelApprovalStatus`,
      ),
      assumed('Words: “Cannot create already existing model”, “Could not find model”, “is not approved”.'),
    ],
    refuses: ['InferenceExecutionConfig'],
  },
  ({ Tags = [], ...input }, world) => {
    const ModelArn = arn(world, `model/${input.ModelName}`);
    if (world.models.get(input.ModelName) !== undefined)
      throw invalid(`Cannot create already existing model "${ModelArn}".`);
    containerOf(world, input);
    world.models.put(input.ModelName, { ...input, ModelArn, CreationTime: seconds() });
    world.tags.put(ModelArn, Tags);
    return { ModelArn };
  },
);

const describeModel = operation<{ ModelName: string }>('DescribeModel', { claims: [] }, (input, world) =>
  answer('DescribeModel', existing(world, 'model', input.ModelName)),
);

const deleteModel = operation<{ ModelName: string }>('DeleteModel', { claims: [] }, (input, world) => {
  const { ModelArn } = existing(world, 'model', input.ModelName);
  world.models.delete(input.ModelName);
  world.tags.delete(String(ModelArn));
  return {};
});

const createEndpointConfig = operation<{
  EndpointConfigName: string;
  ProductionVariants: readonly Variant[];
  Tags?: readonly Tag[];
}>(
  'CreateEndpointConfig',
  {
    claims: [
      assumed('The model that it names must be there.'),
      assumed('One production variant on instances; serverless, asynchronous, shadow and captured ones are refused.'),
    ],
    refuses: [
      'DataCaptureConfig',
      'AsyncInferenceConfig',
      'ExplainerConfig',
      'ShadowProductionVariants',
      'MetricsConfig',
    ],
  },
  ({ Tags = [], ...input }, world) => {
    const name = input.EndpointConfigName;
    const EndpointConfigArn = arn(world, `endpoint-config/${name}`);
    if (world.endpointConfigs.get(name) !== undefined) {
      throw invalid(`Cannot create already existing endpoint configuration "${EndpointConfigArn}".`);
    }
    const [variant, ...others] = input.ProductionVariants;
    if (others.length > 0 || variant?.ModelName === undefined || 'ServerlessConfig' in variant) {
      throw invalid('The rehearsal region serves one production variant, of a model on instances.');
    }
    existing(world, 'model', variant.ModelName);
    world.endpointConfigs.put(name, { ...input, EndpointConfigArn, CreationTime: seconds() });
    world.tags.put(EndpointConfigArn, Tags);
    return { EndpointConfigArn };
  },
);

const describeEndpointConfig = operation<{ EndpointConfigName: string }>(
  'DescribeEndpointConfig',
  { claims: [] },
  (input, world) => answer('DescribeEndpointConfig', existing(world, 'endpoint-config', input.EndpointConfigName)),
);

const deleteEndpointConfig = operation<{ EndpointConfigName: string }>(
  'DeleteEndpointConfig',
  { claims: [] },
  (input, world) => {
    const { EndpointConfigArn } = existing(world, 'endpoint-config', input.EndpointConfigName);
    world.endpointConfigs.delete(input.EndpointConfigName);
    world.tags.delete(String(EndpointConfigArn));
    return {};
  },
);

const createEndpoint = operation<{ EndpointName: string; EndpointConfigName: string; Tags?: readonly Tag[] }>(
  'CreateEndpoint',
  {
    claims: [
      documented(
        'The container is started with `serve` and is InService once it answers /ping with 200, within four minutes.',
        `${GUIDE}, "Use Your Own Inference Code with Hosting Services"`,
      ),
      assumed('However many instances a variant asks for, one container serves it.'),
      assumed('A container that ends by itself fails the endpoint; SageMaker would start it again.'),
      assumed('A region that is started again serves no endpoint of before: they are Failed.'),
    ],
    refuses: ['DeploymentConfig'],
  },
  ({ Tags = [], ...input }, world) => {
    const name = input.EndpointName;
    const EndpointArn = arn(world, `endpoint/${name}`);
    if (world.endpoints.get(name) !== undefined) {
      throw invalid(`Cannot create already existing endpoint "${EndpointArn}".`);
    }
    const variant = variantOf(existing(world, 'endpoint-config', input.EndpointConfigName));
    const model = existing(world, 'model', variant.ModelName ?? '');
    const container = containerOf(world, model);
    const runtime = runtimeAs(world.runtime, String(model.ExecutionRoleArn), world);
    const now = seconds();
    world.endpoints.put(name, {
      ...input,
      EndpointName: name,
      EndpointConfigName: input.EndpointConfigName,
      EndpointArn,
      EndpointStatus: 'Creating',
      CreationTime: now,
      LastModifiedTime: now,
    });
    world.tags.put(EndpointArn, Tags);
    world.running.start(EndpointArn, (signal) => serve({ ...world, runtime }, name, variant, container, signal));
    return { EndpointArn };
  },
);

const describeEndpoint = operation<{ EndpointName: string }>(
  'DescribeEndpoint',
  { claims: [assumed('An endpoint that is not there: ValidationException, “Could not find endpoint”.')] },
  (input, world) => answer('DescribeEndpoint', existing(world, 'endpoint', input.EndpointName)),
);

const deleteEndpoint = operation<{ EndpointName: string }>(
  'DeleteEndpoint',
  {
    claims: [
      documented(
        'The container gets SIGTERM, then SIGKILL after 30 seconds.',
        `${GUIDE}, "Use Your Own Inference Code with Hosting Services"`,
      ),
    ],
  },
  (input, world) => {
    const endpoint = existing(world, 'endpoint', input.EndpointName) as Endpoint; // it is in `endpoints`
    if (endpoint.EndpointStatus === 'Failed') remove(world, endpoint);
    else {
      world.endpoints.put(endpoint.EndpointName, {
        ...endpoint,
        EndpointStatus: 'Deleting',
        LastModifiedTime: seconds(),
      });
      world.running.stop(endpoint.EndpointArn);
    }
    return {};
  },
);

export const ENDPOINT_OPERATIONS = [
  createModel,
  describeModel,
  deleteModel,
  createEndpointConfig,
  describeEndpointConfig,
  deleteEndpointConfig,
  createEndpoint,
  describeEndpoint,
  deleteEndpoint,
];

/** Endpoints whose containers went when the region did. */
export function failInterruptedEndpoints(world: World, reason: string): void {
  for (const endpoint of world.endpoints.all()) {
    if (endpoint.EndpointStatus === 'Deleting') remove(world, endpoint);
    else if (endpoint.EndpointStatus !== 'Failed') {
      world.endpoints.put(endpoint.EndpointName, { ...endpoint, EndpointStatus: 'Failed', FailureReason: reason });
    }
  }
}

/** Keeps a container serving until it ends or the endpoint is deleted. */
async function serve(
  world: World,
  name: string,
  variant: Variant,
  container: Omit<ServingRequest, 'name'>,
  signal: AbortSignal,
): Promise<void> {
  const change = (changes: Partial<Endpoint>): void => {
    const endpoint = world.endpoints.get(name);
    if (endpoint !== undefined) world.endpoints.put(name, { ...endpoint, ...changes, LastModifiedTime: seconds() });
  };
  const { endpoints, serving } = world;
  try {
    const instance = await startServing({ name, ...container }, world.runtime, signal);
    serving.set(name, instance);
    const count = variant.InitialInstanceCount ?? 1;
    const summary = { VariantName: variant.VariantName, CurrentInstanceCount: count, DesiredInstanceCount: count };
    change({ EndpointStatus: 'InService', ProductionVariants: [summary] });
    const aborted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
    });
    const reason = await Promise.race([instance.ended, aborted]);
    serving.delete(name);
    await instance.stop();
    if (reason !== undefined) change({ EndpointStatus: 'Failed', FailureReason: reason });
  } catch (error) {
    const reason = error instanceof ServingError ? error.message : `InternalFailure: ${String(error)}`;
    change({ EndpointStatus: 'Failed', FailureReason: reason });
  }
  const endpoint = endpoints.get(name);
  if (endpoint?.EndpointStatus === 'Deleting') remove(world, endpoint); // else the region is closing
}

function remove(world: World, { EndpointName, EndpointArn }: Endpoint): void {
  world.endpoints.delete(EndpointName);
  world.tags.delete(EndpointArn);
}

function variantOf(config: Members): Variant {
  const [variant] = config.ProductionVariants as readonly [Variant]; // CreateEndpointConfig lets in just one
  return variant;
}

/** The one container of a model, with what its model package says. */
function containerOf(
  world: World,
  model: { PrimaryContainer?: Container; Containers?: readonly Container[] },
): Omit<ServingRequest, 'name'> {
  const containers = [
    ...(model.PrimaryContainer === undefined ? [] : [model.PrimaryContainer]),
    ...(model.Containers ?? []),
  ];
  const [container] = containers;
  if (container === undefined || containers.length > 1)
    throw invalid('The rehearsal region serves models of one container.');
  const { ModelPackageName } = container;
  const packaged = ModelPackageName === undefined ? {} : approvedContainer(world, ModelPackageName);
  const { Image, ModelDataUrl } = { ...container, ...packaged };
  if (Image === undefined || ModelDataUrl === undefined) {
    throw invalid(
      'The rehearsal region serves a container that has an Image and a ModelDataUrl, itself or in its model package.',
    );
  }
  return {
    image: Image,
    modelDataUrl: ModelDataUrl,
    environment: { ...packaged.Environment, ...container.Environment },
  };
}

function approvedContainer(world: World, packageArn: string): PackageContainer {
  const { ModelApprovalStatus: status, InferenceSpecification } = existingPackage(world, packageArn);
  if (status !== 'Approved') throw invalid(`ModelPackage ${packageArn} is not approved: it is ${status}.`);
  return InferenceSpecification?.Containers[0] ?? {};
}

function existing(world: World, kind: 'model' | 'endpoint-config' | 'endpoint', name: string): Members {
  const resources = { model: world.models, 'endpoint-config': world.endpointConfigs, endpoint: world.endpoints }[kind];
  const words = { model: 'model', 'endpoint-config': 'endpoint configuration', endpoint: 'endpoint' }[kind];
  const found = resources.get(name);
  if (found === undefined) throw invalid(`Could not find ${words} "${arn(world, `${kind}/${name}`)}".`);
  return found;
}
