// Functions of Lambda steps: made from a step's bundle where they are not there yet, brought to this project's settings where they are.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  ResourceNotFoundException,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActive,
  waitUntilFunctionUpdated,
  type FunctionConfiguration,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { z } from 'zod';
import type { Bundle } from '../bundle';
import { DefinitionError } from './builder';
import { EnvironmentError, type Environment } from './environment';
import { functionLogGroup, functionName } from './step-resources';

/** The Node that bundles are compiled for is older; Lambda has this one for longest. */
const RUNTIME = 'nodejs22.x';
/** The most that a Lambda step waits for its function. Source: SageMaker Developer Guide, "Lambda step". */
const TIMEOUT_SECONDS = 600;
const MEMORY_MB = 1024;
/** Seconds until a function that was made or changed can be invoked; it takes two or three. */
const READY_SECONDS = 120;

const bundleFile = z.object({ natives: z.record(z.string(), z.string()) });

export interface StepFunctions {
  readonly lambda: LambdaClient;
  readonly environment: Environment;
  readonly tags: Readonly<Record<string, string>>;
  /** Those of Lambda steps. */
  readonly bundles: readonly Bundle[];
}

/**
 * @returns names of the functions that were created
 * @throws DefinitionError for code that no function can run, EnvironmentError when there is no role for it
 */
export async function ensureFunctions(options: StepFunctions): Promise<string[]> {
  const created: string[] = [];
  for (const bundle of options.bundles) {
    const name = functionName(options.environment, bundle.step, bundle.hash);
    const settings = settingsOf(name, bundle, options.environment);
    const present = await configurationOf(options.lambda, name);
    if (present === undefined) {
      await create(bundle, settings, options);
      created.push(name);
    } else if (!matches(present, settings)) {
      await options.lambda.send(new UpdateFunctionConfigurationCommand(settings));
      await waitUntilFunctionUpdated({ client: options.lambda, maxWaitTime: READY_SECONDS }, { FunctionName: name });
    }
  }
  return created;
}

type Settings = ReturnType<typeof settingsOf>;

function settingsOf(FunctionName: string, { step }: Bundle, environment: Environment) {
  const { functionRoleArn: Role } = environment;
  if (Role === undefined) {
    throw new EnvironmentError(
      `Set STEP_FUNCTION_ROLE_ARN in the environment: the step ${step} is a function, and takes that role. Builds of projects that were launched before there were Lambda steps lack it: bring the project to a newer release in Studio.`,
    );
  }
  return {
    FunctionName,
    Role,
    Runtime: RUNTIME,
    Handler: `${step}.handler`,
    Timeout: TIMEOUT_SECONDS,
    MemorySize: MEMORY_MB,
    LoggingConfig: { LogGroup: functionLogGroup(environment) },
  } as const;
}

async function create({ step, directory }: Bundle, settings: Settings, { lambda, tags }: StepFunctions): Promise<void> {
  const { natives } = bundleFile.parse(JSON.parse(await readFile(join(directory, 'bundle.json'), 'utf8')));
  const [native] = Object.keys(natives);
  if (native !== undefined) {
    throw new DefinitionError(
      `The step ${step} imports ${native}, which only the runtime images have: make it a processing step, or leave that out.`,
    );
  }
  const code = await readFile(join(directory, `${step}.js`));
  const ZipFile = zipSync({ [`${step}.js`]: code });
  await lambda.send(
    new CreateFunctionCommand({ ...settings, Code: { ZipFile }, Architectures: ['arm64'], Tags: { ...tags } }),
  );
  await waitUntilFunctionActive(
    { client: lambda, maxWaitTime: READY_SECONDS },
    { FunctionName: settings.FunctionName },
  );
}

async function configurationOf(lambda: LambdaClient, FunctionName: string): Promise<FunctionConfiguration | undefined> {
  try {
    return await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

function matches(present: FunctionConfiguration, { LoggingConfig, ...settings }: Settings): boolean {
  const same = Object.entries(settings).every(([key, value]) => present[key as keyof typeof settings] === value);
  return same && present.LoggingConfig?.LogGroup === LoggingConfig.LogGroup;
}
