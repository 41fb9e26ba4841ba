// The AWS clients that operating a platform takes, and what a refusal or an address that is not there means to a person.
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { CodeStarConnectionsClient } from '@aws-sdk/client-codestar-connections';
import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { ServiceCatalogClient } from '@aws-sdk/client-service-catalog';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';

/** One client a service, all in one region. */
export interface Aws {
  readonly catalog: ServiceCatalogClient;
  readonly cloudformation: CloudFormationClient;
  readonly codebuild: CodeBuildClient;
  readonly codepipeline: CodePipelineClient;
  readonly connections: CodeStarConnectionsClient;
  readonly iam: IAMClient;
  readonly quotas: ServiceQuotasClient;
  readonly s3: S3Client;
  readonly sagemaker: SageMakerClient;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
}

/** Where and as whom; what is left out comes from the environment, as for every AWS tool. */
export interface AwsSettings {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** AWS did not answer, or not to us; the message says what to do. */
export class AwsAccessError extends Error {
  override readonly name = 'AwsAccessError';
}

export function openAws(settings: AwsSettings): Aws {
  // Which versions of Node this package runs on, it says itself.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  return {
    catalog: explained(new ServiceCatalogClient(settings), settings.region),
    cloudformation: explained(new CloudFormationClient(settings), settings.region),
    codebuild: explained(new CodeBuildClient(settings), settings.region),
    codepipeline: explained(new CodePipelineClient(settings), settings.region),
    connections: explained(new CodeStarConnectionsClient(settings), settings.region),
    iam: explained(new IAMClient(settings), settings.region),
    quotas: explained(new ServiceQuotasClient(settings), settings.region),
    s3: explained(new S3Client(settings), settings.region),
    sagemaker: explained(new SageMakerClient(settings), settings.region),
    ssm: explained(new SSMClient(settings), settings.region),
    sts: explained(new STSClient(settings), settings.region),
  };
}

/** Lets go of the connections that the clients hold. */
export function closeAws(aws: Aws): void {
  for (const client of Object.values(aws) as readonly { destroy(): void }[]) client.destroy();
}

/** The part of every client that its middleware needs. */
interface Explainable {
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: never) => Promise<unknown>,
        context: { readonly clientName?: string; readonly commandName?: string },
      ) => (args: never) => Promise<unknown>,
      options: { readonly step: 'initialize'; readonly name: string },
    ): void;
  };
}

function explained<T extends object>(client: T, region: string): T {
  // The stacks of all clients take this middleware: it reads neither inputs nor outputs, which their types differ in.
  (client as Explainable).middlewareStack.add(
    (next, { clientName = '', commandName = '' }) =>
      async (args) => {
        try {
          return await next(args);
        } catch (error) {
          throw explanation(
            error,
            `${clientName.replace(/Client$/, '')} ${commandName.replace(/Command$/, '')}`,
            region,
          );
        }
      },
    { step: 'initialize', name: 'drone-mlops-explain' },
  );
  return client;
}

/**
 * What an error of the SDK's means, where that has nothing to do with the call's own subject; else the error as it is.
 * @param call service and operation, such as `CodeBuild StartBuild`
 */
export function explanation(error: unknown, call: string, region: string): unknown {
  if (!(error instanceof Error)) return error;
  const { code, hostname } = error as NodeJS.ErrnoException & { hostname?: string };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new AwsAccessError(
      `${call}: there is no ${hostname ?? 'such address'}. Either this machine is offline, or ${region} does not have the service: see https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html, and choose another \`region\` in .projenrc.ts.`,
    );
  }
  if (error.name === 'CredentialsProviderError') {
    return new AwsAccessError(
      'There are no AWS credentials: sign in with `aws sso login`, or name a profile in AWS_PROFILE.',
    );
  }
  if (/^(ExpiredToken|ExpiredTokenException|InvalidClientTokenId|UnrecognizedClientException)$/.test(error.name)) {
    return new AwsAccessError(`${call}: AWS does not accept these credentials (${error.name}): sign in again.`);
  }
  if (/^(AccessDenied|AccessDeniedException|UnauthorizedOperation)$/.test(error.name)) {
    return new AwsAccessError(
      `${call}: ${error.message.replace(/\.?$/, '.')} Ask whoever administers the account for this permission.`,
    );
  }
  return error;
}
