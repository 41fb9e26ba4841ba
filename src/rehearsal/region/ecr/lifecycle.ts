// Lifecycle policies of repositories.
import { assumed, documented } from '../behaviour';
import { AwsError } from '../errors';
import { API, existing, on, operation, type Named, type Registry } from './world';

const putLifecyclePolicy = operation<Named & { lifecyclePolicyText: string }>(
  'PutLifecyclePolicy',
  {
    claims: [assumed('Kept and shown; no image expires.')],
    refuses: ['registryId'],
    access: on('PutLifecyclePolicy'),
  },
  ({ repositoryName, lifecyclePolicyText }, world) => {
    existing(world, repositoryName);
    world.policies.put(repositoryName, lifecyclePolicyText);
    return { repositoryName, lifecyclePolicyText };
  },
);

const getLifecyclePolicy = operation<Named>(
  'GetLifecyclePolicy',
  {
    claims: [documented('Without one: LifecyclePolicyNotFoundException.', `${API}, GetLifecyclePolicy`)],
    refuses: ['registryId'],
    access: on('GetLifecyclePolicy'),
  },
  ({ repositoryName }, world) => {
    existing(world, repositoryName);
    return { repositoryName, lifecyclePolicyText: policyOf(world, repositoryName) };
  },
);

const deleteLifecyclePolicy = operation<Named>(
  'DeleteLifecyclePolicy',
  {
    claims: [documented('Without one: LifecyclePolicyNotFoundException.', `${API}, DeleteLifecyclePolicy`)],
    refuses: ['registryId'],
    access: on('DeleteLifecyclePolicy'),
  },
  ({ repositoryName }, world) => {
    const lifecyclePolicyText = policyOf(world, repositoryName);
    world.policies.delete(repositoryName);
    return { repositoryName, lifecyclePolicyText };
  },
);

function policyOf({ policies, account }: Registry, name: string): string {
  const found = policies.get(name);
  if (found === undefined) {
    const message = `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${account}'`;
    throw new AwsError('LifecyclePolicyNotFoundException', message);
  }
  return found;
}

export const LIFECYCLE_OPERATIONS = [putLifecyclePolicy, getLifecyclePolicy, deleteLifecyclePolicy];
