// ECR: repositories, and the images that somebody has pushed.
import { ECR_MODEL } from '../model';
import { behavioursOfApi, type ApiDeclaration } from '../service';
import { describeImages } from './images';
import { LIFECYCLE_OPERATIONS } from './lifecycle';
import { REPOSITORY_OPERATIONS } from './repositories';
import type { Registry } from './world';

export { pushImage } from './images';
export { createRegistry, type Registry } from './world';

export const ECR_API: ApiDeclaration<Registry> = {
  name: 'ecr',
  model: ECR_MODEL,
  operations: [...REPOSITORY_OPERATIONS, ...LIFECYCLE_OPERATIONS, describeImages],
  invalid: 'InvalidParameterException',
};

export const ECR_BEHAVIOURS = behavioursOfApi(ECR_API);
