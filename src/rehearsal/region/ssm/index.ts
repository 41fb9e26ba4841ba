// Parameter Store: what the platform tells its projects, for example the digests of runtime images.
import type { Base } from '../base';
import { assumed, documented } from '../behaviour';
import type { Collection } from '../collection';
import type { Tag } from '../cloudformation/resource';
import { AwsError } from '../errors';
import { SSM_MODEL } from '../model';
import { behavioursOfApi, operationsOf, type ApiDeclaration } from '../service';
import { seconds } from '../time';

interface Parameter {
  readonly Name: string;
  readonly Type: string;
  readonly Value: string;
  readonly Version: number;
  readonly LastModifiedDate: number;
  readonly ARN: string;
  readonly DataType: string;
}

export interface ParameterStore extends Base {
  /** By name. */
  readonly parameters: Collection<Parameter>;
  readonly parameterTags: Collection<readonly Tag[]>;
}

export function createParameterStore(base: Base): ParameterStore {
  return { ...base, parameters: base.collection('ssm/parameters'), parameterTags: base.collection('ssm/tags') };
}

const operation = operationsOf<ParameterStore>();
const API = 'Systems Manager API Reference';

const on = (action: string) => (input: { readonly Name: string }, world: ParameterStore) => [
  { action: `ssm:${action}`, resources: [arnOf(world, input.Name)] },
];

const putParameter = operation<{
  Name: string;
  Value: string;
  Type?: string;
  Overwrite?: boolean;
  Tags?: readonly Tag[];
}>(
  'PutParameter',
  {
    claims: [
      documented('A name that is there without Overwrite: ParameterAlreadyExists.', `${API}, PutParameter: Overwrite`),
      documented('Each put is a version, numbered from 1; the region keeps the latest.', `${API}, PutParameter`),
      assumed('SecureString is refused.'),
    ],
    refuses: ['KeyId', 'AllowedPattern', 'Tier', 'Policies', 'DataType', 'Description'],
    access: on('PutParameter'),
  },
  ({ Name, Value, Type, Overwrite = false, Tags }, world) => {
    const present = world.parameters.get(Name);
    if (present !== undefined && !Overwrite) {
      throw new AwsError(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    }
    const type = Type ?? present?.Type;
    if (type === undefined)
      throw new AwsError('ValidationException', 'A parameter type is required when you create a parameter.');
    if (type === 'SecureString') throw new AwsError('ValidationException', 'The rehearsal region has no SecureString.');
    const Version = (present?.Version ?? 0) + 1;
    const stored = {
      Name,
      Type: type,
      Value,
      Version,
      LastModifiedDate: seconds(),
      ARN: arnOf(world, Name),
      DataType: 'text',
    };
    world.parameters.put(Name, stored);
    if (Tags !== undefined) world.parameterTags.put(Name, Tags);
    return { Version, Tier: 'Standard' };
  },
);

const getParameter = operation<{ Name: string }>(
  'GetParameter',
  {
    claims: [documented('A name that is not there: ParameterNotFound.', `${API}, GetParameter`)],
    access: on('GetParameter'),
  },
  ({ Name }, { parameters }) => {
    const found = parameters.get(Name);
    if (found === undefined) throw new AwsError('ParameterNotFound', `Parameter ${Name} not found.`);
    return { Parameter: found };
  },
);

const getParameters = operation<{ Names: readonly string[] }>(
  'GetParameters',
  {
    claims: [
      documented('Names that are not there come back as InvalidParameters; that is no error.', `${API}, GetParameters`),
    ],
    access: ({ Names }, world) => [{ action: 'ssm:GetParameters', resources: Names.map((name) => arnOf(world, name)) }],
  },
  ({ Names }, { parameters }) => {
    const InvalidParameters = Names.filter((name) => parameters.get(name) === undefined);
    return {
      Parameters: Names.flatMap((name) => parameters.get(name) ?? []),
      ...(InvalidParameters.length > 0 && { InvalidParameters }),
    };
  },
);

const getParametersByPath = operation<{ Path: string; Recursive?: boolean }>(
  'GetParametersByPath',
  {
    claims: [
      documented('Without Recursive, only the names right below the path.', `${API}, GetParametersByPath: Recursive`),
      assumed('All parameters come on one page.'),
    ],
    refuses: ['ParameterFilters'],
    access: ({ Path }, world) => [{ action: 'ssm:GetParametersByPath', resources: [arnOf(world, Path)] }],
  },
  ({ Path, Recursive = false }, { parameters }) => {
    const folder = Path.endsWith('/') ? Path : `${Path}/`;
    const below = parameters.all().filter(({ Name }) => Name.startsWith(folder));
    return { Parameters: below.filter(({ Name }) => Recursive || !Name.slice(folder.length).includes('/')) };
  },
);

const deleteParameter = operation<{ Name: string }>(
  'DeleteParameter',
  {
    claims: [documented('A name that is not there: ParameterNotFound.', `${API}, DeleteParameter`)],
    access: on('DeleteParameter'),
  },
  ({ Name }, { parameters, parameterTags }) => {
    if (parameters.get(Name) === undefined) throw new AwsError('ParameterNotFound', `Parameter ${Name} not found.`);
    parameters.delete(Name);
    parameterTags.delete(Name);
    return {};
  },
);

export const SSM_API: ApiDeclaration<ParameterStore> = {
  name: 'ssm',
  model: SSM_MODEL,
  operations: [putParameter, getParameter, getParameters, getParametersByPath, deleteParameter],
};

export const SSM_BEHAVIOURS = behavioursOfApi(SSM_API);

function arnOf({ region, account }: Base, name: string): string {
  return `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, '')}`;
}
