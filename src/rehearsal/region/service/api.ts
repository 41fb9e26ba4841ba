// A service's operations behind one call: the request checked, the permission written down, the answer checked.
import type { CallLog, Principal, ResourceTags } from '../access';
import { behavioursOf, type Behaviour } from '../behaviour';
import { AwsError } from '../errors';
import { requestProblems, responseProblems, type ServiceModel } from '../model';
import type { Access, Caller, Members, Operation } from './operation';
import { tagContext } from './tag-context';

/** What a service says of itself. */
export interface ApiDeclaration<World> {
  /** Its prefix in IAM actions, which is its name in {@link Caller.call}; for example `states`. */
  readonly name: string;
  readonly model: ServiceModel;
  readonly operations: readonly Operation<World>[];
  /** Code of the error for a request that does not fit the model. @default ValidationException */
  readonly invalid?: string;
}

export interface Api {
  readonly name: string;
  readonly model: ServiceModel;
  readonly operations: readonly string[];
  /** Every permission that the call needs is given to `log` before it runs. @throws AwsError */
  invoke(operation: string, input: Members, caller: Caller): Promise<Members>;
}

export function behavioursOfApi<World>({ name, operations }: ApiDeclaration<World>): Behaviour[] {
  return operations.flatMap((operation) => behavioursOf(`${name}:${operation.name}`, operation.claims));
}

export function createApi<World>(declaration: ApiDeclaration<World>, world: World): Api {
  const { name, model, operations, invalid = 'ValidationException' } = declaration;
  const byName = new Map(operations.map((operation) => [operation.name, operation]));
  return {
    name,
    model,
    operations: [...byName.keys()],
    async invoke(operationName, input, caller) {
      const operation = byName.get(operationName);
      if (operation === undefined) throw unknownOperation(operationName, [...byName.keys()]);
      admitRequest(model, operation, input, invalid);
      const access = operation.access(input, world) ?? [{ action: `${name}:${operationName}`, resources: ['*'] }];
      for (const each of access) {
        caller.requires({ ...each, context: { ...tagContext(input), ...each.context } });
      }
      const output = await operation.run(input, world, caller);
      caller.did(operationName, access, input, output);
      const [problem] = responseProblems(model, operationName, output);
      if (problem !== undefined)
        throw new Error(`The answer to ${operationName} does not fit its model: ${problem.message}`);
      return output;
    },
  };
}

/**
 * @throws AwsError when the request does not fit the service's model, or asks for what the region has not
 */
export function admitRequest(
  model: ServiceModel,
  operation: Pick<Operation<never>, 'name' | 'refuses'>,
  input: Members,
  invalid = 'ValidationException',
): void {
  const problems = requestProblems(model, operation.name, input);
  const mistyped = problems.find(({ kind }) => kind === 'type');
  if (mistyped !== undefined) throw new AwsError('SerializationException', mistyped.message);
  if (problems.length > 0) {
    const errors = problems.length === 1 ? '1 validation error' : `${problems.length} validation errors`;
    throw new AwsError(invalid, `${errors} detected: ${problems.map(({ message }) => message).join('; ')}`);
  }
  const unheeded = operation.refuses.filter((member) => input[member] !== undefined);
  if (unheeded.length > 0) {
    throw new AwsError(invalid, `The rehearsal region does not take ${unheeded.join(', ')} in ${operation.name}.`);
  }
}

/** All services of a region by name, for calls from one to another. */
export class Apis {
  private readonly apis = new Map<string, Api>();

  constructor(
    private readonly log: CallLog,
    private readonly tags: ResourceTags,
  ) {}

  add(api: Api): Api {
    this.apis.set(api.name, api);
    return api;
  }

  as(principal: Principal): Caller {
    const caller: Caller = {
      principal,
      requires: ({ action, resources, context }: Access) => {
        for (const resource of resources) {
          this.log.write(principal, { action, resource, context: { ...this.tags.context(resource), ...context } });
        }
      },
      did: (...done) => {
        this.tags.note(...done);
      },
      call: async (service, operation, input) => {
        const api = this.apis.get(service);
        if (api === undefined) throw new AwsError('UnknownService', `The rehearsal region has no ${service}.`, 501);
        return api.invoke(operation, input, caller);
      },
    };
    return caller;
  }
}

function unknownOperation(name: string, known: readonly string[]): AwsError {
  return new AwsError(
    'UnknownOperationException',
    `The rehearsal region has no operation ${name}; it has ${known.join(', ')}.`,
  );
}
