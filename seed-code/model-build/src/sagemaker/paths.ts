// Where SageMaker puts things in a container; everything derives from one root.
// Source: SageMaker Developer Guide, "Build your own processing container" and "How Amazon SageMaker provides training information".
import { join } from 'node:path';

/** The root of the container contract: `/opt/ml`, or `DRONE_MLOPS_ROOT` in a rehearsal. */
export function containerRoot(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.DRONE_MLOPS_ROOT ?? '/opt/ml';
}

/** Paths of the container contract below `root`. */
export function containerPaths(root: string) {
  return {
    processingInput: (name: string) => join(root, 'processing', 'input', name),
    processingOutput: (name: string) => join(root, 'processing', 'output', name),
    processingJobConfig: join(root, 'config', 'processingjobconfig.json'),
    processingResources: join(root, 'config', 'resourceconfig.json'),
    channel: (name: string) => join(root, 'input', 'data', name),
    hyperparameters: join(root, 'input', 'config', 'hyperparameters.json'),
    trainingResources: join(root, 'input', 'config', 'resourceconfig.json'),
    model: join(root, 'model'),
    outputData: join(root, 'output', 'data'),
    checkpoints: join(root, 'checkpoints'),
    /** First 1,024 characters become a training job's FailureReason. */
    failure: join(root, 'output', 'failure'),
    /** First KB becomes a processing job's ExitMessage. */
    message: join(root, 'output', 'message'),
  };
}

export type ContainerPaths = ReturnType<typeof containerPaths>;
