// CodeBuild: projects, and builds that run on this machine.
import { assumed, behavioursOf, documented } from '../behaviour';
import { AwsError } from '../errors';
import { CODEBUILD_MODEL } from '../model';
import { behavioursOfApi, type ApiDeclaration } from '../service';
import { now } from '../setting';
import { without } from '../without';
import { startBuild } from './start';
import { buildArn, operation, projectArn, type CodeBuildWorld, type EnvironmentVariable, type Project } from './world';

export { failInterruptedBuilds, startBuild } from './start';
export { readNpmSettings } from './npm';
export { createCodeBuildWorld, projectArn, type Build, type CodeBuildWorld } from './world';

const API = 'CodeBuild API Reference';
const GUIDE = 'CodeBuild User Guide';
const SPEC = `${GUIDE}, "Build specification reference for CodeBuild"`;

const onProject =
  (action: string) => (input: { readonly name?: string; readonly projectName?: string }, world: CodeBuildWorld) => [
    { action: `codebuild:${action}`, resources: [projectArn(world, input.name ?? input.projectName ?? '')] },
  ];
/** The project of a build's id; the permissions of builds are on projects. */
const onBuilds =
  (action: string) => (input: { readonly id?: string; readonly ids?: readonly string[] }, world: CodeBuildWorld) => [
    {
      action: `codebuild:${action}`,
      resources: [
        ...new Set(
          [...(input.ids ?? []), ...(input.id === undefined ? [] : [input.id])].map((id) =>
            projectArn(world, projectOf(id)),
          ),
        ),
      ],
    },
  ];

type Declared = Omit<
  Project,
  'arn' | 'created' | 'lastModified' | 'builds' | 'tags' | 'timeoutInMinutes' | 'queuedTimeoutInMinutes'
> & {
  readonly timeoutInMinutes?: number;
  readonly queuedTimeoutInMinutes?: number;
  readonly tags?: Project['tags'];
};

const UNHEEDED = [
  'sourceVersion',
  'secondarySourceVersions',
  'secondaryArtifacts',
  'fileSystemLocations',
  'buildBatchConfig',
  'concurrentBuildLimit',
  'autoRetryLimit',
];
/** Sources, and artifacts, that the project's templates use. */
const SOURCES = ['CODEPIPELINE', 'S3', 'NO_SOURCE'];
const ARTIFACTS = ['CODEPIPELINE', 'NO_ARTIFACTS'];

/** What a call that starts a build may name. */
const HEEDED_AT_START = new Set([
  'projectName',
  'environmentVariablesOverride',
  'buildspecOverride',
  'sourceTypeOverride',
  'sourceLocationOverride',
  'idempotencyToken',
]);

const createProject = operation<Declared>(
  'CreateProject',
  {
    claims: [
      documented('A name that is taken: ResourceAlreadyExistsException.', `${API}, CreateProject`),
      assumed(`Sources are of ${SOURCES.join(', ')}, artifacts of ${ARTIFACTS.join(', ')}; others are refused.`),
      assumed(
        'Image, compute type, network and encryption are taken and not heeded: a build is a process of this machine.',
      ),
    ],
    refuses: [...UNHEEDED, 'badgeEnabled'],
    access: onProject('CreateProject'),
  },
  (input, world, caller) => {
    if (world.projects.get(input.name)) {
      throw new AwsError('ResourceAlreadyExistsException', `Project already exists: ${projectArn(world, input.name)}`);
    }
    caller.requires(passing(input.serviceRole));
    return { project: put(world, input, { created: now(), builds: 0, tags: [] }) };
  },
);

const updateProject = operation<Partial<Declared> & { name: string }>(
  'UpdateProject',
  {
    claims: [documented('What is not named stays as it is.', `${API}, UpdateProject`)],
    refuses: [...UNHEEDED, 'badgeEnabled'],
    access: onProject('UpdateProject'),
  },
  (input, world, caller) => {
    const before = existing(world, input.name);
    if (input.serviceRole !== undefined) caller.requires(passing(input.serviceRole));
    return { project: put(world, { ...before, ...input }, before) };
  },
);

const deleteProject = operation<{ name: string }>(
  'DeleteProject',
  {
    claims: [documented('Its builds go with it; one that is not there is no error.', `${API}, DeleteProject`)],
    access: onProject('DeleteProject'),
  },
  ({ name }, world) => {
    world.projects.delete(name);
    for (const { id, projectName } of world.builds.all()) if (projectName === name) world.builds.delete(id);
    return {};
  },
);

const batchGetProjects = operation<{ names: readonly string[] }>(
  'BatchGetProjects',
  {
    claims: [],
    access: ({ names }, world) => [
      { action: 'codebuild:BatchGetProjects', resources: names.map((name) => projectArn(world, name)) },
    ],
  },
  ({ names }, world) =>
    found('projects', names, (name) => {
      const project = world.projects.get(name);
      return project && described(project);
    }),
);

const startBuildOperation = operation<{
  projectName: string;
  environmentVariablesOverride?: readonly EnvironmentVariable[];
  buildspecOverride?: string;
  sourceTypeOverride?: string;
  sourceLocationOverride?: string;
}>(
  'StartBuild',
  {
    claims: [
      documented('A project of CODEPIPELINE is started by pipelines alone.', `${API}, StartBuild`),
      documented(
        'Variables of the call win over the project’s, and those over the buildspec’s.',
        `${SPEC}, env/variables`,
      ),
      documented('A source of the call is built in the place of the project’s.', `${API}, StartBuild`),
      assumed('Overrides other than of variables, the buildspec and the source are refused.'),
    ],
    refuses: Object.keys(
      (CODEBUILD_MODEL.shapes.StartBuildInput as { members: object }).members, // it is a structure
    ).filter((name) => !HEEDED_AT_START.has(name)),
    access: onProject('StartBuild'),
  },
  (input, world, caller) => {
    const { projectName, environmentVariablesOverride: overrides = [], buildspecOverride: buildspec } = input;
    const project = existing(world, projectName);
    const { sourceTypeOverride: type = project.source.type, sourceLocationOverride: location } = input;
    if (type === 'CODEPIPELINE') {
      throw invalid(`Project ${projectName} is configured to be used with CodePipeline only: start its pipeline.`);
    }
    if (!SOURCES.includes(type)) throw invalid(`The rehearsal region builds no sources of ${type}.`);
    const source = { ...project.source, type, ...(location !== undefined && { location }) };
    const initiator = caller.principal.session.split('/').slice(1).join('/');
    const build = { source, overrides, ...(buildspec !== undefined && { buildspec }) };
    return { build: startBuild(world, project, build, { initiator }) };
  },
);

const batchGetBuilds = operation<{ ids: readonly string[] }>(
  'BatchGetBuilds',
  { claims: [], access: onBuilds('BatchGetBuilds') },
  ({ ids }, world) => found('builds', ids, (id) => world.builds.get(id)),
);

const listBuildsForProject = operation<{ projectName: string; sortOrder?: string }>(
  'ListBuildsForProject',
  {
    claims: [assumed('All come on one page, newest first.')],
    refuses: ['nextToken'],
    access: onProject('ListBuildsForProject'),
  },
  ({ projectName, sortOrder = 'DESCENDING' }, world) => {
    existing(world, projectName);
    const builds = world.builds.all().filter((build) => build.projectName === projectName);
    const ascending = builds.sort((a, b) => a.buildNumber - b.buildNumber).map(({ id }) => id);
    if (ascending.length === 0) return {}; // the model permits no empty list
    return { ids: sortOrder === 'ASCENDING' ? ascending : ascending.reverse() };
  },
);

const stopBuild = operation<{ id: string }>(
  'StopBuild',
  { claims: [documented('The build ends as STOPPED.', `${API}, StopBuild`)], access: onBuilds('StopBuild') },
  ({ id }, world) => {
    const build = world.builds.get(id);
    if (build === undefined) throw new AwsError('ResourceNotFoundException', `Build ${id} does not exist`);
    if (!build.buildComplete) {
      world.stopped.add(id);
      world.running.stop(buildArn(world, id));
    }
    return { build };
  },
);

export const CODEBUILD_API: ApiDeclaration<CodeBuildWorld> = {
  name: 'codebuild',
  model: CODEBUILD_MODEL,
  invalid: 'InvalidInputException',
  operations: [
    createProject,
    updateProject,
    deleteProject,
    batchGetProjects,
    startBuildOperation,
    batchGetBuilds,
    listBuildsForProject,
    stopBuild,
  ],
};

export const CODEBUILD_BEHAVIOURS = [
  ...behavioursOfApi(CODEBUILD_API),
  ...behavioursOf('codebuild:builds', [
    documented('All commands of a build run in one shell, so that what they set lasts.', `${SPEC}, version 0.2`),
    documented('finally commands run in any case; post_build runs after a failed build.', SPEC),
    documented(
      'CODEBUILD_BUILD_SUCCEEDING is 0 once a command has failed.',
      `${GUIDE}, "Environment variables in build environments"`,
    ),
    documented(
      'Artifacts are uploaded even if the build phase failed, and have to be there.',
      `${GUIDE}, "Build phase transitions"`,
    ),
    documented('The buildspec of a source is buildspec.yml at its root, unless the project says otherwise.', SPEC),
    documented('Exported variables are those of the end of the build.', `${SPEC}, env/exported-variables`),
    documented('A build takes no longer than its project allows.', `${API}, CreateProject: timeoutInMinutes`),
    documented('What a build says goes to its log group, in the name of its role.', `${API}, LogsConfig`),
    assumed(
      'The shell sh is bash in POSIX mode; a command that fails or exits takes what it had set along, read-only variables excepted.',
    ),
    assumed(
      'Runtime versions are read as a wish: a build has this machine’s Node, npm and git, and of its variables PATH alone.',
    ),
    assumed('npm has this machine’s registry, proxy and cache, prefers what is in the cache, and asks for no audit.'),
    assumed('Nothing is cached from one build to the next but by npm.'),
    assumed('Builds never wait in a queue.'),
    assumed('An interrupted build is a FAULT, with the reason in its phase.'),
  ]),
];

function put(world: CodeBuildWorld, input: Declared, kept: Pick<Project, 'created' | 'builds' | 'tags'>): object {
  for (const { type } of [input.source, ...(input.secondarySources ?? [])]) {
    if (!SOURCES.includes(type))
      throw invalid(`The rehearsal region builds no source of ${type}: ${SOURCES.join(', ')}.`);
  }
  if (!ARTIFACTS.includes(input.artifacts.type)) {
    throw invalid(`The rehearsal region keeps no artifacts of ${input.artifacts.type}: ${ARTIFACTS.join(', ')}.`);
  }
  if ((input.source.type === 'CODEPIPELINE') !== (input.artifacts.type === 'CODEPIPELINE')) {
    throw invalid('Source and artifacts are both of CODEPIPELINE, or neither is.');
  }
  const project: Project = {
    ...input,
    arn: projectArn(world, input.name),
    timeoutInMinutes: input.timeoutInMinutes ?? 60,
    queuedTimeoutInMinutes: input.queuedTimeoutInMinutes ?? 480,
    tags: input.tags ?? kept.tags,
    created: kept.created,
    builds: kept.builds,
    lastModified: now(),
  };
  world.projects.put(project.name, project);
  return described(project);
}

/** What is there under its name, and what is not under `…NotFound`; a list that would be empty is left out. */
function found(name: string, wanted: readonly string[], get: (one: string) => object | undefined) {
  const present = wanted.flatMap((one) => get(one) ?? []);
  const missing = wanted.filter((one) => get(one) === undefined);
  return {
    ...(present.length > 0 && { [name]: present }),
    ...(missing.length > 0 && { [`${name}NotFound`]: missing }),
  };
}

function described(project: Project) {
  return without(project, 'builds');
}

function existing({ projects }: CodeBuildWorld, name: string): Project {
  const project = projects.get(name);
  if (project === undefined) throw new AwsError('ResourceNotFoundException', `Project cannot be found: ${name}`);
  return project;
}

function projectOf(id: string): string {
  return id.slice(0, id.indexOf(':'));
}

function passing(role: string) {
  return { action: 'iam:PassRole', resources: [role], context: { 'iam:PassedToService': 'codebuild.amazonaws.com' } };
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidInputException', message);
}
