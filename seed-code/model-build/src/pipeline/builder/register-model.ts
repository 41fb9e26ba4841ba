// Steps that register a model package: their arguments are the body of CreateModelPackage.
import { reference, type Reference, type Text } from './expression';
import { retryJson, type Retry, type StepFault } from './policy';
import { dependsOnJson, type Step, type StepOptions } from './step';

export interface RegisterModelStepOptions extends StepOptions {
  readonly group: string;
  readonly description: string;
  readonly approval: 'Approved' | 'PendingManualApproval' | 'Rejected';
  /** URI of `model.tar.gz`. */
  readonly modelUri: Text;
  readonly image: Text;
  readonly contentTypes: readonly string[];
  readonly responseTypes: readonly string[];
  readonly realtimeInstances: readonly Text[];
  readonly transformInstances: readonly Text[];
  /** URI of a JSON file with the model's quality. */
  readonly qualityUri: Text;
  readonly metadata: {
    readonly commit: Text;
    readonly repository?: Text;
    readonly generatedBy: Text;
    readonly projectId: Text;
  };
  /** At most 50 entries of at most 256 characters. */
  readonly properties: Readonly<Record<string, Text>>;
  /** JSON text by SageMaker's model card schema. */
  readonly card: Text;
  readonly retry?: readonly Retry<StepFault>[];
}

export interface RegisterModelStep extends Step {
  readonly modelPackageArn: Reference<string>;
}

export function registerModelStep(options: RegisterModelStepOptions): RegisterModelStep {
  const { name, metadata } = options;
  return {
    name,
    modelPackageArn: reference(`Steps.${name}.ModelPackageArn`),
    json: {
      Name: name,
      Type: 'RegisterModel',
      Arguments: {
        ModelPackageGroupName: options.group,
        ModelPackageDescription: options.description,
        ModelMetrics: {
          ModelQuality: { Statistics: { ContentType: 'application/json', S3Uri: options.qualityUri } },
          // Empty, as the Python SDK sends them.
          Bias: {},
          Explainability: {},
        },
        MetadataProperties: {
          CommitId: metadata.commit,
          ...(metadata.repository !== undefined && { Repository: metadata.repository }),
          GeneratedBy: metadata.generatedBy,
          ProjectId: metadata.projectId,
        },
        CustomerMetadataProperties: options.properties,
        ModelCard: { ModelCardStatus: 'Draft', ModelCardContent: options.card },
        InferenceSpecification: {
          Containers: [{ Image: options.image, ModelDataUrl: options.modelUri }],
          SupportedContentTypes: options.contentTypes,
          SupportedResponseMIMETypes: options.responseTypes,
          SupportedRealtimeInferenceInstanceTypes: options.realtimeInstances,
          SupportedTransformInstanceTypes: options.transformInstances,
        },
        ModelApprovalStatus: options.approval,
        SkipModelValidation: 'None',
      },
      ...dependsOnJson(options),
      ...retryJson(options.retry),
    },
  };
}
