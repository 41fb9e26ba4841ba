// Launching in the rehearsal: `drone-mlops launch`, in the role that a person has in Studio.
import type { Platform, StandingProject } from '../../operate';
import type { PlatformRecord } from '../record';
import type { Stage } from '../stage';
import type { Operations } from '../operations';
import { accessTo } from './publish';
import { workOf } from './staging';
import { makeRole, type Studio } from './studio';

/** Owner of the repository on the host that a connection leads to. */
const OWNER = 'rehearsal';
/** Hears of failures where nobody else is named; no mail leaves this machine. */
const ADDRESS = 'team@example.com';
/** What takes the roles that a project is given where it may make none. */
const ROLE_SERVICES = ['codebuild', 'codepipeline', 'events', 'lambda', 'sagemaker'];

export async function launchProject(
  stage: Stage,
  platform: Platform,
  operations: Operations,
  { roleArn, mayUseCatalog }: Studio,
): Promise<{ readonly project: StandingProject; readonly launch: PlatformRecord['launch'] }> {
  const { region } = stage;
  const began = performance.now();
  const { projectName: name } = platform.options;
  const environment = { ...region.environment, ...region.credentialsOf(roleArn) };
  const parameters = await parametersOf(stage, platform);
  const via = mayUseCatalog ? 'service-catalog' : 's3';
  const aws = operations.openAws(accessTo(region, environment));
  try {
    await deleteFailed(stage, name);
    const request = { name, via, parameters } as const;
    const how = { request, plan: false, follow: false, resume: true };
    const { project } = await operations.launch(platform, aws, workOf(stage, environment), how);
    if (project === undefined) throw new Error(`${name} was not launched.`);
    const milliseconds = performance.now() - began;
    return { project, launch: { name, id: project.id, via, milliseconds, repository: project.cloneUrl } };
  } finally {
    operations.closeAws(aws);
  }
}

/** What the template asks of whoever launches: a connection to a repository, and roles where it makes none. */
async function parametersOf(
  { region }: Stage,
  { options: { projectName, repositoryProvider, alertEmail }, releases }: Platform,
): Promise<Readonly<Record<string, string>>> {
  const parameters: Record<string, string> = { AlertEmail: alertEmail ?? ADDRESS };
  if (repositoryProvider === 'CodeConnections') {
    const fullName = `${OWNER}/${projectName}`;
    await region.hosts.createHostedRepository(fullName);
    parameters.ConnectionArn = region.hosts.connect(OWNER, 'AVAILABLE');
    parameters.RepositoryFullName = fullName;
  }
  const asked = releases.at(-1)?.template.Parameters ?? {};
  for (const [parameter, { AllowedPattern = '' }] of Object.entries(asked) as [string, { AllowedPattern?: string }][]) {
    const [, prefix] = /:role\/([\w-]+)/.exec(AllowedPattern) ?? [];
    if (prefix !== undefined) parameters[parameter] = await makeRole(region, `${prefix}${parameter}`, ROLE_SERVICES);
  }
  return parameters;
}

/** A rehearsal that was killed while it launched leaves a project that failed; it goes, as `launch` would say. */
async function deleteFailed({ region }: Stage, ProjectName: string): Promise<void> {
  const status = async (): Promise<string> =>
    region.call('sagemaker', 'DescribeProject', { ProjectName }).then(
      ({ ProjectStatus }) => String(ProjectStatus),
      () => 'none',
    );
  if (!/Failed$/.test(await status())) return;
  await region.call('sagemaker', 'DeleteProject', { ProjectName });
  while (/InProgress$/.test(await status())) await new Promise((resolve) => setTimeout(resolve, 100));
}
