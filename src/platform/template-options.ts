// What a project template is made from: the definition's options, and the release that it belongs to.

/** Where the project's builds reach the network from. */
export interface Vpc {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

export interface TemplateOptions {
  /** Name of the platform: `projectName` of its definition. */
  readonly platform: string;
  /** Release that the template belongs to. */
  readonly release: string;
  /** Key of the model-build seed in the catalog's bucket. */
  readonly seedKey: string;
  readonly repositoryProvider: 'CodeConnections' | 'CodeCommit';
  /** `create`: a role for each service; `existing`: parameters name roles, where creating roles is forbidden. */
  readonly roles: 'create' | 'existing';
  /** Name of a managed policy that bounds the project's roles. @default the catalog's own */
  readonly permissionsBoundary?: string;
  /** `aws`: keys that AWS holds; `project`: a KMS key for each project. */
  readonly encryption: 'aws' | 'project';
  readonly vpc?: Vpc;
  /** URL of the npm registry that builds install from. @default npm's own */
  readonly npmRegistry?: string;
  /** Server that executions are tracked on: a URL, or the ARN of SageMaker's MLflow. @default none */
  readonly trackingUri?: string;
  /** Repositories of ECR, beside that of the runtime images, whose images steps may run; names, which may end in `*`. */
  readonly imageRepositories?: readonly string[];
  readonly logRetentionDays: number;
  /** Address that notifications go to unless the person who launches names another. */
  readonly alertEmail?: string;
  readonly tags: Readonly<Record<string, string>>;
}
