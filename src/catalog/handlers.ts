// What CloudFormation does with the launch role, by resource type: the permissions of its resource handlers, as their published
// schemas list them, without those for properties that no template of ours sets. Source: the `handlers` of each type's schema,
// https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html; a test holds this file to them.
// CodeBuild's project has no handlers there; its actions are those of "Actions, resources, and condition keys for AWS CodeBuild".

export interface HandlerActions {
  /** Looking. Handlers look before they create and after they delete, when nothing carries a tag: allowed by name. */
  readonly read: readonly string[];
  /** Creating, with tags in the request. */
  readonly create: readonly string[];
  /** Changing and deleting what carries the tags. */
  readonly change: readonly string[];
  /** Tagging, then untagging. The first comes with the creation as well. */
  readonly tag: readonly string[];
  /** Actions whose service knows no resources for them. */
  readonly anywhere?: readonly string[];
  /** Further changes, where a property is set. */
  readonly when?: Readonly<Record<string, readonly string[]>>;
}

export const HANDLERS: Readonly<Record<string, HandlerActions>> = {
  // Tags of buckets count for nothing unless a bucket is told so (PutBucketAbac): names have to do.
  'AWS::S3::Bucket': {
    read: [
      's3:GetAccelerateConfiguration',
      's3:GetAnalyticsConfiguration',
      's3:GetBucketAbac',
      's3:GetBucketAcl',
      's3:GetBucketCORS',
      's3:GetBucketLogging',
      's3:GetBucketMetadataTableConfiguration',
      's3:GetBucketNotification',
      's3:GetBucketObjectLockConfiguration',
      's3:GetBucketOwnershipControls',
      's3:GetBucketPublicAccessBlock',
      's3:GetBucketTagging',
      's3:GetBucketVersioning',
      's3:GetBucketWebsite',
      's3:GetEncryptionConfiguration',
      's3:GetIntelligentTieringConfiguration',
      's3:GetInventoryConfiguration',
      's3:GetLifecycleConfiguration',
      's3:GetMetricsConfiguration',
      's3:GetReplicationConfiguration',
      's3:ListBucket',
      's3:ListTagsForResource',
    ],
    create: [],
    change: ['s3:CreateBucket', 's3:DeleteBucket'],
    tag: ['s3:TagResource', 's3:UntagResource', 's3:PutBucketTagging'],
    when: {
      BucketEncryption: ['s3:PutEncryptionConfiguration'],
      CorsConfiguration: ['s3:PutBucketCORS'],
      LifecycleConfiguration: ['s3:PutLifecycleConfiguration'],
      OwnershipControls: ['s3:PutBucketOwnershipControls'],
      PublicAccessBlockConfiguration: ['s3:PutBucketPublicAccessBlock'],
      VersioningConfiguration: ['s3:PutBucketVersioning'],
    },
  },
  'AWS::S3::BucketPolicy': {
    read: ['s3:GetBucketPolicy'],
    create: [],
    change: ['s3:DeleteBucketPolicy', 's3:PutBucketPolicy'],
    tag: [],
  },
  'AWS::IAM::Role': {
    read: ['iam:GetRole', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies'],
    create: ['iam:CreateRole'],
    change: ['iam:DeleteRole', 'iam:UpdateAssumeRolePolicy', 'iam:UpdateRole', 'iam:UpdateRoleDescription'],
    tag: ['iam:TagRole', 'iam:UntagRole'],
    when: { Policies: ['iam:DeleteRolePolicy', 'iam:PutRolePolicy'] },
  },
  'AWS::Lambda::Function': {
    read: [
      'lambda:GetFunction',
      'lambda:GetFunctionCodeSigningConfig',
      'lambda:GetFunctionRecursionConfig',
      'lambda:GetFunctionScalingConfig',
      'lambda:GetRuntimeManagementConfig',
    ],
    create: ['lambda:CreateFunction'],
    change: ['lambda:DeleteFunction', 'lambda:UpdateFunctionCode', 'lambda:UpdateFunctionConfiguration'],
    tag: ['lambda:TagResource', 'lambda:UntagResource'],
  },
  'AWS::Lambda::Permission': {
    read: ['lambda:GetPolicy'],
    create: [],
    change: ['lambda:AddPermission', 'lambda:RemovePermission'],
    tag: [],
  },
  // CloudFormation asks the function itself.
  'Custom::ProjectHook': { read: [], create: [], change: ['lambda:InvokeFunction'], tag: [] },
  'AWS::Logs::LogGroup': {
    read: ['logs:GetDataProtectionPolicy', 'logs:ListTagsForResource'],
    create: ['logs:CreateLogGroup'],
    change: ['logs:DeleteDataProtectionPolicy', 'logs:DeleteLogGroup'],
    tag: ['logs:TagResource', 'logs:UntagResource'],
    anywhere: ['logs:DescribeIndexPolicies', 'logs:DescribeLogGroups', 'logs:DescribeResourcePolicies'],
    when: {
      KmsKeyId: ['logs:AssociateKmsKey', 'logs:DisassociateKmsKey'],
      RetentionInDays: ['logs:DeleteRetentionPolicy', 'logs:PutRetentionPolicy'],
    },
  },
  'AWS::Events::Rule': {
    read: ['events:DescribeRule', 'events:ListTagsForResource', 'events:ListTargetsByRule'],
    create: ['events:PutRule'],
    change: ['events:DeleteRule', 'events:PutRule'],
    tag: ['events:TagResource', 'events:UntagResource'],
    when: { Targets: ['events:PutTargets', 'events:RemoveTargets'] },
  },
  'AWS::SNS::Topic': {
    read: [
      'sns:GetDataProtectionPolicy',
      'sns:GetTopicAttributes',
      'sns:ListSubscriptionsByTopic',
      'sns:ListTagsForResource',
    ],
    create: ['sns:CreateTopic'],
    change: ['sns:DeleteTopic', 'sns:SetTopicAttributes'],
    tag: ['sns:TagResource', 'sns:UntagResource'],
  },
  'AWS::SNS::TopicPolicy': { read: [], create: [], change: ['sns:SetTopicAttributes'], tag: [] },
  'AWS::SNS::Subscription': {
    read: ['sns:GetSubscriptionAttributes'],
    create: [],
    change: ['sns:SetSubscriptionAttributes', 'sns:Subscribe', 'sns:Unsubscribe'],
    tag: [],
  },
  'AWS::KMS::Key': {
    read: ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus', 'kms:ListResourceTags'],
    create: ['kms:CreateKey'],
    change: [
      'kms:DisableKey',
      'kms:EnableKey',
      'kms:PutKeyPolicy',
      'kms:ScheduleKeyDeletion',
      'kms:UpdateKeyDescription',
    ],
    tag: ['kms:TagResource', 'kms:UntagResource'],
    when: { EnableKeyRotation: ['kms:DisableKeyRotation', 'kms:EnableKeyRotation'] },
  },
  'AWS::KMS::Alias': {
    read: [],
    create: [],
    change: ['kms:CreateAlias', 'kms:DeleteAlias', 'kms:UpdateAlias'],
    tag: [],
    anywhere: ['kms:ListAliases'],
  },
  'AWS::CodePipeline::Pipeline': {
    read: ['codepipeline:GetPipeline', 'codepipeline:GetPipelineState', 'codepipeline:ListTagsForResource'],
    create: ['codepipeline:CreatePipeline'],
    change: ['codepipeline:DeletePipeline', 'codepipeline:UpdatePipeline'],
    tag: ['codepipeline:TagResource', 'codepipeline:UntagResource'],
  },
  'AWS::CodeBuild::Project': {
    read: ['codebuild:BatchGetProjects'],
    create: ['codebuild:CreateProject'],
    change: ['codebuild:DeleteProject', 'codebuild:UpdateProject'],
    tag: [],
  },
  'AWS::CodeCommit::Repository': {
    read: ['codecommit:GetRepository', 'codecommit:GetRepositoryTriggers', 'codecommit:ListTagsForResource'],
    create: ['codecommit:CreateRepository'],
    change: ['codecommit:DeleteRepository', 'codecommit:UpdateRepositoryName'],
    tag: ['codecommit:TagResource', 'codecommit:UntagResource'],
    anywhere: ['codecommit:ListRepositories'],
    when: { Code: ['codecommit:CreateCommit'], KmsKeyId: ['codecommit:UpdateRepositoryEncryptionKey'] },
  },
  'AWS::SageMaker::ModelPackageGroup': {
    read: ['sagemaker:DescribeModelPackageGroup', 'sagemaker:GetModelPackageGroupPolicy', 'sagemaker:ListTags'],
    create: ['sagemaker:CreateModelPackageGroup'],
    change: ['sagemaker:DeleteModelPackageGroup', 'sagemaker:DeleteModelPackageGroupPolicy'],
    tag: ['sagemaker:AddTags', 'sagemaker:DeleteTags'],
  },
  'AWS::SageMaker::CodeRepository': {
    read: ['sagemaker:DescribeCodeRepository', 'sagemaker:ListTags'],
    create: ['sagemaker:CreateCodeRepository'],
    change: ['sagemaker:DeleteCodeRepository', 'sagemaker:UpdateCodeRepository'],
    tag: ['sagemaker:AddTags', 'sagemaker:DeleteTags'],
  },
};
