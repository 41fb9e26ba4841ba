// What the account tells this code: read from environment variables, here and nowhere else.
import { z } from 'zod';

const text = z.string().min(1);

/** Environment variables and the names they have from here on. */
const VARIABLES = {
  AWS_REGION: 'region',
  ARTIFACT_BUCKET: 'bucket',
  SAGEMAKER_PROJECT_NAME: 'projectName',
  SAGEMAKER_PROJECT_ID: 'projectId',
  SAGEMAKER_PIPELINE_NAME: 'pipelineName',
  SAGEMAKER_PIPELINE_ROLE_ARN: 'roleArn',
  MODEL_PACKAGE_GROUP_NAME: 'modelPackageGroup',
  NODE_IMAGE_URI: 'nodeImage',
  TRAINING_IMAGE_URI: 'trainingImage',
} as const;

type AccountNames = Readonly<Record<(typeof VARIABLES)[keyof typeof VARIABLES], string>>;

/** The account's part of the pipeline: names, role, images, bucket. */
export interface Environment extends AccountNames {
  /** URL of an MLflow server, or the ARN of SageMaker's; none when nothing is tracked. */
  readonly tracking?: string;
  /** ARN of the role that functions of Lambda steps take; none where a project was launched before there were any. */
  readonly functionRoleArn?: string;
}

/** Variables that may be missing; the first is MLflow's own name for it. */
const OPTIONAL_VARIABLES = { MLFLOW_TRACKING_URI: 'tracking', STEP_FUNCTION_ROLE_ARN: 'functionRoleArn' } as const;

/** An environment variable that the commands need is not set. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/** @throws EnvironmentError that names each variable that is missing */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const missing = Object.keys(VARIABLES).filter((name) => !text.safeParse(variables[name]).success);
  if (missing.length > 0) {
    throw new EnvironmentError(
      `Set ${missing.join(', ')} in the environment: the build of a launched project sets ${missing.length > 1 ? 'them' : 'it'}, and so does a rehearsal.`,
    );
  }
  // Every key of AccountNames is a value of VARIABLES, and each of them has just been seen to be there.
  const named = Object.fromEntries(
    Object.entries(VARIABLES).map(([from, to]) => [to, variables[from]]),
  ) as AccountNames;
  const optional = Object.entries(OPTIONAL_VARIABLES).flatMap(([from, to]) =>
    text.safeParse(variables[from]).success ? [[to, variables[from]]] : [],
  );
  return { ...named, ...(Object.fromEntries(optional) as Pick<Environment, 'tracking' | 'functionRoleArn'>) };
}
