// Findings of cdk-nag's AwsSolutions that stand, and why: for whoever reviews the templates' security.

export interface Acknowledgement {
  /** Findings as `RULE[FINDING]`. */
  readonly findings: RegExp;
  readonly reason: string;
}

export const ACKNOWLEDGED: readonly Acknowledgement[] = [
  {
    findings: /^AwsSolutions-S1$/,
    reason:
      'Access to objects is recorded by CloudTrail data events, which an account turns on for all its buckets at once; a log bucket for each project would outlive it and be read by nobody.',
  },
  {
    findings: /^AwsSolutions-S10$/,
    reason:
      'Each bucket policy denies requests without TLS (statement EncryptedInTransit); the rule does not see through Fn::Sub in its resources.',
  },
  {
    findings: /^AwsSolutions-CB4$/,
    reason:
      'What builds leave goes into the artifact bucket, which encrypts it; a build has a key of its own with encryption: project.',
  },
  {
    findings: /^AwsSolutions-IAM5\[Action::kms:(GenerateDataKey|ReEncrypt)\*\]$/,
    reason: "The variants of one operation on the project's own key, as services call them.",
  },
  {
    findings: /^AwsSolutions-IAM5\[Resource::\*\]$/,
    reason:
      'Actions for which IAM knows no resources (lists, ECR tokens, metrics within a namespace, network interfaces of builds in a VPC, templates before there is a stack), or objects that Service Catalog has tagged for provisioning.',
  },
  {
    findings: /^AwsSolutions-IAM5\[Resource::.*(sagemaker-\*|sagemaker-project-\*|\/\*-\*|:key\/\*|project-\*\])/,
    reason:
      "Launch policy and boundary hold for projects that do not exist yet: where a name will bear the project's name and id they have a wildcard, and changes are allowed only on what carries the platform's tag.",
  },
  {
    findings: /^AwsSolutions-IAM5\[Resource::.*\/releases\/\*\/images\/(node|training)\]$/,
    reason:
      'The boundary holds for projects of all releases, and one that named each would outgrow a policy; a project’s own role names the images of its release.',
  },
  {
    findings: /^AwsSolutions-IAM5\[Resource::.*stack\/S[CP]-\*\]$/,
    reason: 'SageMaker and Service Catalog name the stacks of projects so.',
  },
  {
    findings:
      /^AwsSolutions-IAM5\[Resource::.*((project|code-repository|product)\/\*|stack\/drone-mlops-[a-z0-9-]+\/\*)\]$/,
    reason:
      "People in Studio launch projects under names of their choice, from products whose ids Service Catalog gives, and look at the platform's own two stacks; a stack's ARN ends in an id.",
  },
  {
    findings: /^AwsSolutions-IAM5\[Resource::.*(connection|network-interface)\/\*\]$/,
    reason:
      'The person who launches chooses the connection, and it is handed on alone; interfaces are made by CodeBuild, in the subnets of the condition.',
  },
  {
    findings: /^AwsSolutions-IAM5\[Resource::.*:\*:repository\/pytorch-training\]$/,
    reason: "AWS's own containers, whose account differs from region to region.",
  },
  {
    findings: /^AwsSolutions-IAM5\[Resource::.*(log-group:[^\]]*:\*|log-group:\/aws\/sagemaker\/\*)\]$/,
    reason: 'The streams of one log group, or the log groups that SageMaker makes for jobs under fixed names.',
  },
  {
    findings: /^AwsSolutions-IAM5\[Resource::.*(SageMakerProjectId>|s3:::[^\]]*)(\*|\/\*)*[^\]]*\]$/,
    reason:
      "Objects of the project's or the platform's bucket, and the project's own pipelines and packages: SageMaker writes names in ARNs in lower case, so the id tells them.",
  },
  {
    findings: /^AwsSolutions-IAM5\[Resource::.*(processing|training)-job\/pipelines-\*\]$/,
    reason: "Jobs of pipelines are named so; they are started only with the project's tag.",
  },
  {
    findings: /^AwsSolutions-IAM5\[Resource::.*:repository\/drone-team\/\*\]$/,
    reason:
      'Repositories of images that the platform has named itself (imageRepositories): images of them may be pulled, and nothing else.',
  },
  {
    findings: /^AwsSolutions-IAM5\[Resource::.*parameter\/drone-mlops\/.*\/releases\/\*\]$/,
    reason: "The digests of the platform's releases.",
  },
];
