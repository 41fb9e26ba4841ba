// Functions: made, changed, shown and deleted.
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { unzip, ZipError } from '../../../zip';
import { assumed, documented } from '../behaviour';
import { AwsError } from '../errors';
import { without } from '../without';
import { API, existing, onFunction, type OfFunction } from './lookup';
import { codeOf, functionArn, operation, type LambdaFunction, type LambdaWorld } from './world';

interface Configuration extends OfFunction {
  readonly Role?: string;
  readonly Runtime?: string;
  readonly Handler?: string;
  readonly Description?: string;
  readonly Timeout?: number;
  readonly MemorySize?: number;
  readonly Environment?: LambdaFunction['Environment'];
  readonly LoggingConfig?: LambdaFunction['LoggingConfig'];
}

/** Members that nothing here would heed. */
const UNHEEDED = [
  'VpcConfig',
  'DeadLetterConfig',
  'KMSKeyArn',
  'Layers',
  'FileSystemConfigs',
  'ImageConfig',
  'EphemeralStorage',
  'SnapStart',
  'DurableConfig',
  'CapacityProviderConfig',
];

const createFunction = operation<
  Configuration & {
    Role: string;
    Code: { ZipFile?: Uint8Array };
    Architectures?: readonly string[];
    Tags?: Record<string, string>;
  }
>(
  'CreateFunction',
  {
    claims: [
      documented('A name that is taken: ResourceConflictException.', `${API}, CreateFunction`),
      documented(
        'A function that says nothing has 3 seconds and 128 MB.',
        `${API}, CreateFunction: Timeout, MemorySize`,
      ),
      assumed('The function is active at once; its Node, its processor and its memory are this machine’s.'),
      assumed('Code is a zip in the request; images, layers and networks are refused.'),
    ],
    refuses: [
      ...UNHEEDED,
      'PackageType',
      'Publish',
      'TracingConfig',
      'CodeSigningConfigArn',
      'PublishTo',
      'TenancyConfig',
    ],
    access: onFunction('CreateFunction'),
  },
  async ({ FunctionName, Role, Runtime = '', Handler = '', Code, ...input }, world, caller) => {
    if (world.functions.get(FunctionName)) {
      throw new AwsError('ResourceConflictException', `Function already exist: ${FunctionName}`, 409);
    }
    checkRuntime(Runtime, Handler);
    caller.requires(passing(Role));
    const made: LambdaFunction = {
      FunctionName,
      FunctionArn: functionArn(world, FunctionName),
      Role,
      Runtime,
      Handler,
      Timeout: input.Timeout ?? 3,
      MemorySize: input.MemorySize ?? 128,
      Architectures: input.Architectures ?? ['x86_64'],
      ...configured(input),
      ...(await stored(world, Code.ZipFile)),
      LastModified: new Date().toISOString(),
      tags: input.Tags ?? {},
      permissions: {},
    };
    world.functions.put(FunctionName, made);
    return described(made);
  },
);

const updateFunctionCode = operation<OfFunction & { ZipFile?: Uint8Array }>(
  'UpdateFunctionCode',
  {
    claims: [documented('The next invocation runs the new code.', `${API}, UpdateFunctionCode`)],
    refuses: [
      'S3Bucket',
      'ImageUri',
      'Publish',
      'DryRun',
      'RevisionId',
      'Architectures',
      'SourceKMSKeyArn',
      'PublishTo',
    ],
    access: onFunction('UpdateFunctionCode'),
  },
  async ({ FunctionName, ZipFile }, world) => {
    const before = existing(world, FunctionName);
    const made = { ...before, ...(await stored(world, ZipFile)), LastModified: new Date().toISOString() };
    world.functions.put(made.FunctionName, made);
    return described(made);
  },
);

const updateFunctionConfiguration = operation<Configuration>(
  'UpdateFunctionConfiguration',
  {
    claims: [],
    refuses: [...UNHEEDED, 'TracingConfig', 'RevisionId'],
    access: onFunction('UpdateFunctionConfiguration'),
  },
  ({ FunctionName, ...changes }, world, caller) => {
    const before = existing(world, FunctionName);
    if (changes.Role !== undefined && changes.Role !== before.Role) caller.requires(passing(changes.Role));
    const made = { ...before, ...changes, ...configured(changes), LastModified: new Date().toISOString() };
    checkRuntime(made.Runtime, made.Handler);
    world.functions.put(made.FunctionName, made);
    return described(made);
  },
);

const getFunctionConfiguration = operation<OfFunction>(
  'GetFunctionConfiguration',
  { claims: [], refuses: ['Qualifier'], access: onFunction('GetFunctionConfiguration') },
  ({ FunctionName }, world) => described(existing(world, FunctionName)),
);

const listFunctions = operation<object>(
  'ListFunctions',
  {
    claims: [assumed('All functions come on one page, in no particular order.')],
    refuses: ['MasterRegion', 'FunctionVersion', 'Marker'],
  },
  (_input, { functions }) => ({ Functions: functions.all().map(described) }),
);

const deleteFunction = operation<OfFunction>(
  'DeleteFunction',
  { claims: [], refuses: ['Qualifier'], access: onFunction('DeleteFunction') },
  ({ FunctionName }, world) => {
    const gone = existing(world, FunctionName);
    world.functions.delete(gone.FunctionName);
    const shared = world.functions.all().some(({ CodeSha256 }) => CodeSha256 === gone.CodeSha256);
    if (!shared) rmSync(codeOf(world, gone), { recursive: true, force: true });
    return {};
  },
);

function checkRuntime(runtime: string, handler: string): void {
  if (!runtime.startsWith('nodejs')) {
    throw new AwsError(
      'InvalidParameterValueException',
      `The rehearsal region runs Node functions, and no ${runtime || 'image'}.`,
    );
  }
  if (!/^[\w/-]+\.\w+$/.test(handler)) {
    throw new AwsError('InvalidParameterValueException', `The handler ${handler} is not of the form file.export.`);
  }
}

function configured({
  Description,
  Timeout,
  MemorySize,
  Environment,
  LoggingConfig,
}: Omit<Configuration, 'FunctionName'>) {
  return {
    ...(Description !== undefined && { Description }),
    ...(Timeout !== undefined && { Timeout }),
    ...(MemorySize !== undefined && { MemorySize }),
    ...(Environment !== undefined && { Environment }),
    ...(LoggingConfig !== undefined && { LoggingConfig }),
  };
}

async function stored(world: LambdaWorld, zip: Uint8Array | undefined) {
  if (zip === undefined)
    throw new AwsError('InvalidParameterValueException', 'Please provide a source for function code: ZipFile.');
  const code = { CodeSha256: createHash('sha256').update(zip).digest('base64'), CodeSize: zip.length };
  try {
    await unzip(zip, codeOf(world, code));
  } catch (error) {
    if (error instanceof ZipError)
      throw new AwsError('InvalidParameterValueException', `Could not unzip uploaded file: ${error.message}`);
    throw error;
  }
  return code;
}

function passing(role: string) {
  return { action: 'iam:PassRole', resources: [role], context: { 'iam:PassedToService': 'lambda.amazonaws.com' } };
}

function described(given: LambdaFunction) {
  return {
    ...without(given, 'tags', 'permissions'),
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Version: '$LATEST',
  };
}

export const FUNCTION_OPERATIONS = [
  createFunction,
  updateFunctionCode,
  updateFunctionConfiguration,
  getFunctionConfiguration,
  listFunctions,
  deleteFunction,
];
