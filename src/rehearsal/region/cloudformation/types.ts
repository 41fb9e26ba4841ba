// The resource types that stacks may have: what the project's templates use.
import { SAGEMAKER_RESOURCES } from '../sagemaker/resources';
import type { ResourceType } from './resource';

export const RESOURCE_TYPES: ReadonlyMap<string, ResourceType> = new Map(
  [...SAGEMAKER_RESOURCES].map((type) => [type.type, type]),
);
