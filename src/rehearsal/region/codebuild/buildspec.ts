// Build specifications, version 0.2. Source: CodeBuild User Guide, "Build specification reference for CodeBuild".
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';

/** A buildspec that a build cannot follow; the message names the place. */
export class BuildspecError extends Error {
  override readonly name = 'BuildspecError';
}

export const PHASES = ['install', 'pre_build', 'build', 'post_build'] as const;
export type PhaseName = (typeof PHASES)[number];

const variable = z.string().regex(/^[A-Za-z_]\w*$/, 'a shell has no variable of this name');
const texts = z.record(variable, z.coerce.string());
const yesOrNo = z.union([z.literal('yes'), z.literal('no'), z.boolean()]);

const phase = z.strictObject({
  // What a build has installed here is this machine's own; the versions are read as a wish.
  'runtime-versions': z.record(z.string(), z.coerce.string()).optional(),
  'on-failure': z.enum(['ABORT', 'CONTINUE']).optional(),
  commands: z.array(z.string()).default([]),
  finally: z.array(z.string()).default([]),
});

const artifactMembers = {
  files: z.array(z.string()).min(1),
  name: z.string().optional(),
  'discard-paths': yesOrNo.default('no'),
  'base-directory': z.string().optional(),
  'exclude-paths': z.array(z.string()).default([]),
};
const artifact = z.strictObject(artifactMembers);

const buildspec = z.strictObject({
  version: z.literal([0.2, '0.2']),
  env: z
    .strictObject({
      shell: z.enum(['sh', 'bash']).default('sh'),
      variables: texts.default({}),
      'parameter-store': texts.default({}),
      'exported-variables': z.array(variable).default([]),
      'git-credential-helper': yesOrNo.default('no'),
    })
    .prefault({}),
  phases: z.strictObject({
    install: phase.optional(),
    pre_build: phase.optional(),
    build: phase.optional(),
    post_build: phase.optional(),
  }),
  artifacts: z
    .strictObject({ ...artifactMembers, 'secondary-artifacts': z.record(z.string(), artifact).default({}) })
    .optional(),
  // Builds find no cache of an earlier one: CodeBuild promises none either.
  cache: z.strictObject({ paths: z.array(z.string()) }).optional(),
});

export interface Phase {
  readonly name: PhaseName;
  readonly commands: readonly string[];
  /** Run in any case, after the commands. */
  readonly finally: readonly string[];
  readonly onFailure?: 'ABORT' | 'CONTINUE';
}

/** What a build leaves. */
export interface ArtifactFiles {
  /** Globs below `baseDirectory`. */
  readonly files: readonly string[];
  readonly exclude: readonly string[];
  readonly baseDirectory: string;
  readonly discardPaths: boolean;
  readonly name?: string;
}

export interface Buildspec {
  readonly shell: 'sh' | 'bash';
  readonly variables: Readonly<Record<string, string>>;
  /** Names of parameters in Parameter Store, by variable. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly exportedVariables: readonly string[];
  readonly gitCredentialHelper: boolean;
  /** In the order in which they run; all four are there. */
  readonly phases: readonly Phase[];
  readonly artifacts?: ArtifactFiles;
  readonly secondaryArtifacts: Readonly<Record<string, ArtifactFiles>>;
}

/** @throws BuildspecError */
export function parseBuildspec(text: string): Buildspec {
  const parsed = buildspec.safeParse(read(text));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'buildspec'}: ${message}`);
    throw new BuildspecError(`${problems.join('; ')}.`);
  }
  const { env, phases, artifacts } = parsed.data;
  const twice = Object.keys(env.variables).filter((name) => name in env['parameter-store']);
  if (twice.length > 0) throw new BuildspecError(`env: ${twice.join(', ')} is a variable and a parameter.`);
  return {
    shell: env.shell,
    variables: env.variables,
    parameters: env['parameter-store'],
    exportedVariables: env['exported-variables'],
    gitCredentialHelper: isYes(env['git-credential-helper']),
    phases: PHASES.map((name) => {
      const { commands = [], finally: always = [], 'on-failure': onFailure } = phases[name] ?? {};
      return { name, commands, finally: always, ...(onFailure && { onFailure }) };
    }),
    ...(artifacts && { artifacts: artifactFiles(artifacts) }),
    secondaryArtifacts: Object.fromEntries(
      Object.entries(artifacts?.['secondary-artifacts'] ?? {}).map(([name, one]) => [name, artifactFiles(one)]),
    ),
  };
}

function read(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof YAMLParseError) throw new BuildspecError(`It is not YAML: ${error.message}`);
    throw error;
  }
}

function artifactFiles(given: z.infer<typeof artifact>): ArtifactFiles {
  return {
    files: given.files,
    exclude: given['exclude-paths'],
    baseDirectory: given['base-directory'] ?? '.',
    discardPaths: isYes(given['discard-paths']),
    ...(given.name !== undefined && { name: given.name }),
  };
}

function isYes(value: z.infer<typeof yesOrNo>): boolean {
  return value === 'yes' || value === true;
}
