// All that the region declares about itself.
import { assumed, behavioursOf, documented, type Behaviour } from './behaviour';
import { CLOUDFORMATION_BEHAVIOURS } from './cloudformation';
import { ECR_BEHAVIOURS } from './ecr';
import { IAM_BEHAVIOURS } from './iam';
import { INTEGRATION_BEHAVIOURS } from './integration';
import { KMS_BEHAVIOURS } from './kms';
import { S3_BEHAVIOURS } from './s3';
import { SAGEMAKER_BEHAVIOURS } from './sagemaker';
import { RUNTIME_BEHAVIOURS } from './sagemaker-runtime';
import { SERVICE_CATALOG_BEHAVIOURS } from './service-catalog';
import { SERVICE_QUOTAS_API } from './service-quotas';
import { behavioursOfApi } from './service';
import { SSM_BEHAVIOURS } from './ssm';
import { STS_BEHAVIOURS } from './sts';

const EVERYWHERE: readonly Behaviour[] = behavioursOf('region', [
  documented(
    'The service is the one in the credential scope of the Authorization header.',
    'IAM User Guide, "AWS Signature Version 4 for API requests"',
  ),
  documented(
    'Requests are checked against the service’s model: required members, types, lengths, ranges, patterns, enums.',
    'botocore 1.44.5 service models',
  ),
  assumed('A member that the model does not have is refused; AWS’s JSON services pass over it.'),
  assumed(
    'Only the rehearsal’s own access key and those of its roles are taken; signatures are not checked, nor permissions while calls are made.',
  ),
  assumed('What was written can be read at once; nothing is ever throttled or lost.'),
]);

export const REGION_BEHAVIOURS: readonly Behaviour[] = [
  ...EVERYWHERE,
  ...S3_BEHAVIOURS,
  ...SAGEMAKER_BEHAVIOURS,
  ...RUNTIME_BEHAVIOURS,
  ...CLOUDFORMATION_BEHAVIOURS,
  ...IAM_BEHAVIOURS,
  ...STS_BEHAVIOURS,
  ...SSM_BEHAVIOURS,
  ...KMS_BEHAVIOURS,
  ...ECR_BEHAVIOURS,
  ...SERVICE_CATALOG_BEHAVIOURS,
  ...INTEGRATION_BEHAVIOURS,
  ...behavioursOfApi(SERVICE_QUOTAS_API),
];
