// Lambda: Node functions, each invocation a process on this machine.
import { rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { assumed, documented } from '../behaviour';
import { AwsError } from '../errors';
import { LAMBDA_MODEL } from '../model';
import type { ApiDeclaration } from '../service';
import { serviceOf, uuid } from '../setting';
import { without } from '../without';
import { unzip, ZipError } from '../../../zip';
import { runFunction } from './invocation';
import { codeOf, functionArn, operation, type LambdaFunction, type LambdaWorld, type Permission } from './world';

export { createLambdaWorld, type LambdaWorld } from './world';

const API = 'Lambda API Reference';
const GUIDE = 'Lambda Developer Guide';
/** Source: {@link GUIDE}, "Error handling for asynchronous invocations": two more attempts. */
const ATTEMPTS = 3;

interface OfFunction {
  readonly FunctionName: string;
}
const onFunction = (action: string) => (input: OfFunction, world: LambdaWorld) => [
  { action: `lambda:${action}`, resources: [functionArn(world, input.FunctionName)] },
];

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

const addPermission = operation<OfFunction & Permission & { StatementId: string }>(
  'AddPermission',
  {
    claims: [documented('A statement id that is taken: ResourceConflictException.', `${API}, AddPermission`)],
    refuses: [
      'SourceAccount',
      'EventSourceToken',
      'Qualifier',
      'RevisionId',
      'PrincipalOrgID',
      'FunctionUrlAuthType',
      'InvokedViaFunctionUrl',
    ],
    access: onFunction('AddPermission'),
  },
  ({ FunctionName, StatementId, Action, Principal, SourceArn }, world) => {
    const before = existing(world, FunctionName);
    if (before.permissions[StatementId]) {
      throw new AwsError(
        'ResourceConflictException',
        `The statement id (${StatementId}) provided already exists.`,
        409,
      );
    }
    const permission = { Action, Principal, ...(SourceArn !== undefined && { SourceArn }) };
    world.functions.put(before.FunctionName, {
      ...before,
      permissions: { ...before.permissions, [StatementId]: permission },
    });
    return { Statement: JSON.stringify(statement(before, StatementId, permission)) };
  },
);

const removePermission = operation<OfFunction & { StatementId: string }>(
  'RemovePermission',
  { claims: [], refuses: ['Qualifier', 'RevisionId'], access: onFunction('RemovePermission') },
  ({ FunctionName, StatementId }, world) => {
    const before = existing(world, FunctionName);
    if (!before.permissions[StatementId]) throw notFound(`Statement ${StatementId} is not found in resource policy.`);
    const permissions = without(before.permissions, StatementId);
    world.functions.put(before.FunctionName, { ...before, permissions });
    return {};
  },
);

const getPolicy = operation<OfFunction>(
  'GetPolicy',
  { claims: [], refuses: ['Qualifier'], access: onFunction('GetPolicy') },
  ({ FunctionName }, world) => {
    const found = existing(world, FunctionName);
    const statements = Object.entries(found.permissions).map(([id, one]) => statement(found, id, one));
    if (statements.length === 0) throw notFound('The resource you requested does not exist.');
    return { Policy: JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements }) };
  },
);

const invoke = operation<OfFunction & { InvocationType?: string; Payload?: Uint8Array }>(
  'Invoke',
  {
    claims: [
      documented(
        'A service may invoke a function whose policy says so, for the resource that it acts for.',
        `${GUIDE}, "Using resource-based policies"`,
      ),
      documented(
        'An asynchronous invocation that fails is tried twice more.',
        `${GUIDE}, "Error handling for asynchronous invocations"`,
      ),
      assumed('The minutes between these attempts are left out.'),
      documented(
        'A function that throws, ends by itself or takes too long: FunctionError “Unhandled”.',
        `${API}, Invoke`,
      ),
      documented(
        'What a function prints goes to its log group, in the name of its role.',
        `${GUIDE}, "Working with CloudWatch Logs"`,
      ),
      assumed('Every invocation is a cold start: nothing in memory or on disk lasts from one to the next.'),
    ],
    refuses: ['Qualifier', 'ClientContext', 'LogType', 'TenantId', 'DurableExecutionName'],
    access: (input, world) => [
      { action: 'lambda:InvokeFunction', resources: [functionArn(world, input.FunctionName)] },
    ],
  },
  async ({ FunctionName, InvocationType = 'RequestResponse', Payload = Buffer.from('{}') }, world, caller) => {
    const found = existing(world, FunctionName);
    const service = serviceOf(caller.principal);
    if (service !== undefined && !permits(found, service, caller.principal.session)) {
      throw new AwsError(
        'AccessDeniedException',
        `${service} is not authorized to perform lambda:InvokeFunction on ${found.FunctionArn} for ${caller.principal.session}: its policy does not permit it.`,
        403,
      );
    }
    const payload = Buffer.from(Payload).toString('utf8');
    if (InvocationType === 'RequestResponse') {
      const result = await runFunction(world, found, payload, new AbortController().signal);
      return {
        StatusCode: 200,
        ExecutedVersion: '$LATEST',
        Payload: Buffer.from(result.payload),
        ...(result.failed && { FunctionError: 'Unhandled' }),
      };
    }
    if (InvocationType !== 'Event')
      throw new AwsError(
        'InvalidParameterValueException',
        `The rehearsal region does not invoke with ${InvocationType}.`,
      );
    world.running.start(`${found.FunctionArn}:${uuid()}`, (signal) => attempt(world, found, payload, signal));
    return { StatusCode: 202 };
  },
);

export const LAMBDA_API: ApiDeclaration<LambdaWorld> = {
  name: 'lambda',
  model: LAMBDA_MODEL,
  invalid: 'InvalidParameterValueException',
  operations: [
    createFunction,
    updateFunctionCode,
    updateFunctionConfiguration,
    getFunctionConfiguration,
    listFunctions,
    deleteFunction,
    addPermission,
    removePermission,
    getPolicy,
    invoke,
  ],
};

async function attempt(world: LambdaWorld, given: LambdaFunction, payload: string, signal: AbortSignal): Promise<void> {
  for (let count = 0; count < ATTEMPTS && !signal.aborted; count++) {
    const result = await runFunction(world, given, payload, signal).catch((error: unknown) => ({
      failed: true,
      payload: error instanceof Error ? error.message : String(error),
    }));
    if (!result.failed) return;
    world.tell({ kind: 'function', name: given.FunctionName, failure: result.payload });
  }
}

function existing({ functions, ...world }: LambdaWorld, nameOrArn: string): LambdaFunction {
  const found = functions.get(nameOrArn.slice(nameOrArn.lastIndexOf(':') + 1));
  if (found === undefined) throw notFound(`Function not found: ${functionArn(world, nameOrArn)}`);
  return found;
}

function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message, 404);
}

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

function statement({ FunctionArn }: LambdaFunction, Sid: string, { Action, Principal, SourceArn }: Permission) {
  const who = { Service: Principal };
  const condition = SourceArn === undefined ? {} : { Condition: { ArnLike: { 'AWS:SourceArn': SourceArn } } };
  return { Sid, Effect: 'Allow', Principal: who, Action, Resource: FunctionArn, ...condition };
}

function permits({ permissions }: LambdaFunction, service: string, source: string): boolean {
  return Object.values(permissions).some(
    ({ Action, Principal, SourceArn }) =>
      ['lambda:InvokeFunction', 'lambda:*'].includes(Action) &&
      Principal === service &&
      (SourceArn === undefined || SourceArn === source),
  );
}
