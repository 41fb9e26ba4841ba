// A model-build package without a platform: what the platform's stacks would have made is made here, and a person does what
// the build would do.
import { z } from 'zod';
import { pushData } from './data';
import { seedCommands } from './seed-commands';
import { saying, type Begun, type Stage } from './stage';

/** An id of the form that SageMaker gives projects (`p-` and twelve characters). */
const PROJECT_ID = 'p-rehearsal001';
const BUCKET = `sagemaker-project-${PROJECT_ID}`;
/** Where functions of Lambda steps log; the project's template makes it. */
const FUNCTION_LOGS = `/aws/lambda/sagemaker-${PROJECT_ID}-steps`;

const started = z.looseObject({ executionArn: z.string() });

/** Pushes data and upserts the pipeline, of which the caller then starts an execution. */
export async function beginAlone(stage: Stage): Promise<Begun> {
  const { options, region, changes, phase, tell } = stage;
  region.createBucket(BUCKET);
  await region.createLogGroup(FUNCTION_LOGS);
  const environment = buildEnvironment(stage);
  const seed = seedCommands(options.directory, environment, saying(tell), options.signal);
  const data = await pushData(stage, seed);
  await phase('Bundle the steps and upsert the pipeline', () =>
    seed.run('pipeline', [
      'upsert',
      ...Object.entries(changes).flatMap(([place, value]) => ['--set', `${place}=${value}`]),
    ]),
  );
  return {
    environment,
    data,
    async execution() {
      return started.parse(await seed.json('pipeline', ['start', '--data-version', data.version])).executionArn;
    },
  };
}

/** What CodeBuild sets for a build, with stand-ins for what is AWS's. */
function buildEnvironment({ region, config: { projectName }, images, options: { mlflow } }: Stage): NodeJS.ProcessEnv {
  const role = `arn:aws:iam::${region.account}:role/rehearsal`;
  return {
    ...region.environment,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ARTIFACT_BUCKET: BUCKET,
    SAGEMAKER_PROJECT_NAME: projectName,
    SAGEMAKER_PROJECT_ID: PROJECT_ID,
    SAGEMAKER_PIPELINE_NAME: `${projectName}-${PROJECT_ID}`,
    SAGEMAKER_PIPELINE_ROLE_ARN: role,
    STEP_FUNCTION_ROLE_ARN: role,
    MODEL_PACKAGE_GROUP_NAME: `${projectName}-${PROJECT_ID}`,
    NODE_IMAGE_URI: images.node,
    TRAINING_IMAGE_URI: images.training,
    ...(mlflow !== undefined && { MLFLOW_TRACKING_URI: mlflow }),
  };
}
