// A temporary real-time endpoint for one model package: to try a registered model before anyone approves it.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
  SageMakerServiceException,
  type ContainerDefinition,
  type ProductionVariantInstanceType,
  type SageMakerClient,
  type Tag,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { z } from 'zod';

/** The endpoint did not come up, or did not answer as a detector does. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
}

export interface EndpointOptions {
  /** Name of the endpoint, of its configuration and of its model. */
  readonly name: string;
  readonly packageArn: string;
  readonly roleArn: string;
  readonly instanceType: string;
  readonly tags: readonly Tag[];
  readonly pollSeconds: number;
}

/** Creates the three resources and waits until the endpoint is in service. @throws EndpointError with SageMaker's reason */
export async function createEndpoint(client: SageMakerClient, options: EndpointOptions): Promise<void> {
  const { name, packageArn, roleArn, instanceType, pollSeconds } = options;
  const Tags = [...options.tags];
  await client.send(
    new CreateModelCommand({
      ModelName: name,
      ExecutionRoleArn: roleArn,
      Containers: [await containerOf(client, packageArn)],
      Tags,
    }),
  );
  await client.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: name,
      ProductionVariants: [
        {
          VariantName: 'AllTraffic',
          ModelName: name,
          // The client lists the types of its day; which there are is for the service to say.
          InstanceType: instanceType as ProductionVariantInstanceType,
          InitialInstanceCount: 1,
        },
      ],
      Tags,
    }),
  );
  await client.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name, Tags }));
  for (;;) {
    const { EndpointStatus, FailureReason } = await client.send(new DescribeEndpointCommand({ EndpointName: name }));
    if (EndpointStatus === 'InService') return;
    if (EndpointStatus !== 'Creating') {
      throw new EndpointError(
        `The endpoint ${name} is ${EndpointStatus ?? 'gone'}: ${FailureReason ?? 'no reason given'}.`,
      );
    }
    await sleep(pollSeconds * 1000);
  }
}

/** A model may be made of a package by its name only once the package is approved; until then, of what the package holds. */
async function containerOf(client: SageMakerClient, packageArn: string): Promise<ContainerDefinition> {
  const { InferenceSpecification } = await client.send(
    new DescribeModelPackageCommand({ ModelPackageName: packageArn }),
  );
  const [container] = InferenceSpecification?.Containers ?? [];
  if (!container) throw new EndpointError(`The model package ${packageArn} names no container that could serve it.`);
  const { Image, ModelDataUrl, Environment } = container;
  return { Image, ModelDataUrl, Environment };
}

/** Deletes the endpoint, its configuration and its model; returns which of them there were. */
export async function deleteEndpoint(client: SageMakerClient, name: string): Promise<string[]> {
  const deletions = {
    endpoint: () => client.send(new DeleteEndpointCommand({ EndpointName: name })),
    'endpoint configuration': () => client.send(new DeleteEndpointConfigCommand({ EndpointConfigName: name })),
    model: () => client.send(new DeleteModelCommand({ ModelName: name })),
  };
  const deleted: string[] = [];
  for (const [what, remove] of Object.entries(deletions)) {
    try {
      await remove();
      deleted.push(what);
    } catch (error) {
      // The service has no error of its own for a name that it does not know.
      if (!(error instanceof SageMakerServiceException && /could not find|does not exist/i.test(error.message)))
        throw error;
    }
  }
  return deleted;
}

/** The newest model package of the group. @throws EndpointError when the group is empty */
export async function latestPackage(client: SageMakerClient, group: string): Promise<string> {
  const { ModelPackageSummaryList = [] } = await client.send(
    new ListModelPackagesCommand({
      ModelPackageGroupName: group,
      SortBy: 'CreationTime',
      SortOrder: 'Descending',
      MaxResults: 1,
    }),
  );
  const arn = ModelPackageSummaryList[0]?.ModelPackageArn;
  if (arn === undefined) throw new EndpointError(`The model package group ${group} is empty: run the pipeline first.`);
  return arn;
}

const answer = z.object({
  detections: z.array(
    z.object({
      /** Left, top, right, bottom, in pixels of the image. */
      box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      class: z.string(),
      score: z.number(),
    }),
  ),
});

export type EndpointDetection = z.infer<typeof answer>['detections'][number];

/** Sends one image. @throws EndpointError when the answer holds no detections */
export async function invokeEndpoint(
  client: SageMakerRuntimeClient,
  name: string,
  image: Uint8Array,
  contentType: string,
): Promise<readonly EndpointDetection[]> {
  const { Body } = await client.send(
    new InvokeEndpointCommand({
      EndpointName: name,
      Body: image,
      ContentType: contentType,
      Accept: 'application/json',
    }),
  );
  const parsed = answer.safeParse(JSON.parse(Body.transformToString()));
  if (!parsed.success) throw new EndpointError(`The endpoint ${name} did not answer with detections.`);
  return parsed.data.detections;
}
