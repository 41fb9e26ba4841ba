// The variables that a build finds. Source: CodeBuild User Guide, "Environment variables in build environments".
import { delimiter, dirname } from 'node:path';
import type { Buildspec } from './buildspec';
import { projectArn, type Build, type CodeBuildWorld, type EnvironmentVariable, type Project } from './world';

export interface BuildFolders {
  /** The primary source. */
  readonly source: string;
  /** Secondary sources, by identifier. */
  readonly secondary: Readonly<Record<string, string>>;
  readonly home: string;
}

export interface VariablesOf {
  readonly build: Build;
  readonly project: Project;
  readonly overrides: readonly EnvironmentVariable[];
  readonly buildspec: Buildspec;
  readonly folders: BuildFolders;
  readonly secondaryVersions: Readonly<Record<string, string>>;
}

/** A variable whose value could not be had; the message is CodeBuild's. */
export class VariableError extends Error {
  override readonly name = 'VariableError';
}

/** Of this machine: where its programs are. npm puts its own scripts' programs there as well, which a build has not. */
function searchPath(): string {
  const inherited = (process.env.PATH ?? '').split(delimiter);
  return [dirname(process.execPath), ...inherited.filter((folder) => !folder.includes('node_modules'))].join(delimiter);
}

/**
 * The whole environment of a build; later ones win: buildspec, project, the call that started it, CodeBuild itself.
 * @throws VariableError
 */
export async function buildVariables(
  world: CodeBuildWorld,
  given: VariablesOf,
): Promise<Readonly<Record<string, string>>> {
  const { build, project, overrides, buildspec, folders, secondaryVersions } = given;
  const declared: EnvironmentVariable[] = [
    ...Object.entries(buildspec.variables).map(([name, value]) => ({ name, value })),
    ...Object.entries(buildspec.parameters).map(([name, value]) => ({ name, value, type: 'PARAMETER_STORE' as const })),
    ...(project.environment.environmentVariables ?? []),
    ...overrides,
  ];
  const npm = await world.npm();
  const settings = world.runtime.environment;
  const optional = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value });
  return {
    PATH: searchPath(),
    HOME: folders.home,
    TMPDIR: folders.home,
    LANG: 'C.UTF-8',
    ...npm.variables,
    ...(await valuesOf(world, project, declared)),
    CODEBUILD_BUILD_ARN: build.arn,
    CODEBUILD_BUILD_ID: build.id,
    CODEBUILD_BUILD_IMAGE: project.environment.image,
    CODEBUILD_BUILD_NUMBER: String(build.buildNumber),
    CODEBUILD_BUILD_SUCCEEDING: '1',
    CODEBUILD_INITIATOR: build.initiator,
    CODEBUILD_KMS_KEY_ID: project.encryptionKey ?? `arn:aws:kms:${world.region}:${world.account}:alias/aws/s3`,
    CODEBUILD_PROJECT_ARN: projectArn(world, project.name),
    CODEBUILD_START_TIME: String(Math.round(build.startTime * 1000)),
    CODEBUILD_SRC_DIR: folders.source,
    ...optional('CODEBUILD_LOG_PATH', build.logs.streamName),
    ...optional('CODEBUILD_RESOLVED_SOURCE_VERSION', build.resolvedSourceVersion),
    ...optional('CODEBUILD_SOURCE_VERSION', build.sourceVersion),
    ...optional('CODEBUILD_SOURCE_REPO_URL', project.source.location),
    ...Object.fromEntries(
      Object.entries(folders.secondary).map(([identifier, folder]) => [`CODEBUILD_SRC_DIR_${identifier}`, folder]),
    ),
    ...Object.fromEntries(
      Object.entries(secondaryVersions).map(([identifier, version]) => [
        `CODEBUILD_SOURCE_VERSION_${identifier}`,
        version,
      ]),
    ),
    ...settings,
    ...optional('npm_config_node_options', settings.NODE_OPTIONS),
    ...world.principals.variables(project.serviceRole),
    ...world.gitConfig.build(buildspec.gitCredentialHelper),
    REHEARSAL_HOSTS: npm.hosts.join(','),
  };
}

async function valuesOf(
  world: CodeBuildWorld,
  { serviceRole }: Project,
  declared: readonly EnvironmentVariable[],
): Promise<Record<string, string>> {
  const secret = declared.find(({ type }) => type === 'SECRETS_MANAGER');
  if (secret !== undefined) throw new VariableError(`The rehearsal region has no Secrets Manager: ${secret.name}.`);
  // What is overridden is not asked for.
  const byName = new Map(declared.map((one) => [one.name, one]));
  const parameters = [...byName.values()].filter(({ type }) => type === 'PARAMETER_STORE');
  const values = new Map<string, string>();
  if (parameters.length > 0) {
    const caller = world.apis.as(world.principals.role(serviceRole, 'codebuild'));
    const Names = [...new Set(parameters.map(({ value }) => value))];
    const answer = await caller.call('ssm', 'GetParameters', { Names, WithDecryption: true });
    const found = (answer.Parameters ?? []) as readonly { readonly Name: string; readonly Value: string }[]; // its model says so
    for (const { Name, Value } of found) values.set(Name, Value);
    const missing = Names.filter((name) => !values.has(name));
    if (missing.length > 0) throw new VariableError(`Parameter Store has no parameter ${missing.join(', ')}.`);
  }
  return Object.fromEntries(
    [...byName.values()].map(({ name, value, type }) => [
      name,
      type === 'PARAMETER_STORE' ? (values.get(value) ?? '') : value,
    ]),
  );
}
