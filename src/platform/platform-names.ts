// Names of what a platform shares among its projects: they depend on the platform's name, the account and the region alone.
import { createHash } from 'node:crypto';

/** Characters of a platform's name that fit into a bucket's, beside the account and the longest region. */
const SLUG_LENGTH = 16;

/** A platform's name in lower case, cut where it is long, with a hash so that two long ones stay apart. */
function slug(platform: string): string {
  const lower = platform.toLowerCase();
  if (lower.length <= SLUG_LENGTH) return lower;
  const hash = createHash('sha256').update(platform).digest('hex').slice(0, 6);
  return `${lower.slice(0, SLUG_LENGTH - hash.length - 1).replace(/-+$/, '')}-${hash}`;
}

/** Texts for `Fn::Sub`. */
export interface PlatformNames {
  /** Bucket that holds templates and seeds. */
  readonly catalogBucket: string;
  /** Managed policy that bounds every role of a project. */
  readonly boundary: string;
  /** Role that Service Catalog launches projects with. */
  readonly launchRole: string;
  /** Role that SageMaker launches projects from S3 with. */
  readonly templateLaunchRole: string;
  /** Managed policy for the roles of people in Studio who launch projects from S3. */
  readonly studioPolicy: string;
  /** Managed policies of the launch roles. @param index counts from 1 */
  readonly launchPolicy: (index: number) => string;
  /** How the names of existing roles begin that projects may be given. */
  readonly existingRoles: string;
  /** Names of the platform's own stacks. */
  readonly stacks: Readonly<Record<'foundation' | 'catalog', string>>;
  /** CodeBuild project that builds the runtime images. */
  readonly imageProject: string;
  readonly imageRole: string;
  /** ECR repository of the runtime images, which tags tell apart. */
  readonly imageRepository: string;
  /** Path above the SSM parameters of all releases. */
  readonly parameters: string;
  /** SSM parameter that holds an image's URI with its digest. */
  readonly imageParameter: (release: string, image: RuntimeImage) => string;
}

/** The runtime images that a platform builds. */
export const RUNTIME_IMAGES = ['node', 'training'] as const;
export type RuntimeImage = (typeof RUNTIME_IMAGES)[number];

/** @param platform the platform's name (`projectName` of its definition) */
export function platformNames(platform: string): PlatformNames {
  const name = slug(platform);
  return {
    catalogBucket: `drone-mlops-${name}-\${AWS::AccountId}-\${AWS::Region}`,
    boundary: `drone-mlops-${name}-\${AWS::Region}-boundary`,
    launchRole: `drone-mlops-${name}-\${AWS::Region}-launch`,
    templateLaunchRole: `drone-mlops-${name}-\${AWS::Region}-launch-s3`,
    studioPolicy: `drone-mlops-${name}-\${AWS::Region}-studio`,
    launchPolicy: (index) => `drone-mlops-${name}-\${AWS::Region}-launch-${index}`,
    existingRoles: `drone-mlops-${name}-project-`,
    stacks: { foundation: `drone-mlops-${name}-foundation`, catalog: `drone-mlops-${name}-catalog` },
    imageProject: `drone-mlops-${name}-images`,
    imageRole: `drone-mlops-${name}-\${AWS::Region}-images`,
    imageRepository: `drone-mlops-${name}/runtime`,
    parameters: `/drone-mlops/${name}`,
    imageParameter: (release, image) => `/drone-mlops/${name}/releases/${release}/images/${image}`,
  };
}

/** Tag that tells a platform's resources from those of others. */
export const PLATFORM_TAG = 'drone-mlops:platform';
