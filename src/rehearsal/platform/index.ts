// A platform, from its repository to the execution that a commit in a launched project started.
import { pushData } from '../data';
import type { Operations } from '../operations';
import type { RehearsedPlatform } from '../options';
import type { RehearsalRecord } from '../record';
import { seedCommands } from '../seed-commands';
import { saying, type Begun, type Mutable, type Stage } from '../stage';
import { BuildFailedError, checkBuild, followBuild, stopBuilds } from './builds';
import { cloneAndPush } from './commit';
import { commandEnvironment, executionsOf, usedData } from './project';
import { publishPlatform } from './publish';
import { launchProject } from './launch';
import { stagePlatform } from './staging';
import { setUpStudio } from './studio';

/**
 * Publishes, launches, clones, pushes a commit and follows its build. What becomes known on the way goes into the record.
 * @throws whatever the commands throw; BuildFailedError
 */
export async function beginOnPlatform(
  stage: Stage,
  { directory, operations }: RehearsedPlatform,
  record: Mutable<RehearsalRecord>,
): Promise<Begun> {
  const { options, phase, tell } = stage;
  const platform = await phase('Freeze a release of what stands there', () =>
    stagePlatform(stage, directory, operations),
  );
  const release = platform.releases.at(-1)?.version ?? '';
  record.platform = { release, publication: [], builds: [], mails: [] };
  const studio = await setUpStudio(stage, platform);
  const publication = await phase('Publish the platform', () => publishPlatform(stage, platform, operations, studio));
  record.platform = { ...record.platform, publication };
  const { project, launch } = await phase('Launch a project', () => launchProject(stage, platform, operations, studio));
  record.platform = { ...record.platform, launch };

  const name = (named: Parameters<Operations['nameInProject']>[0]): string => operations.nameInProject(named, project);
  const environment = await commandEnvironment(stage, name('buildProject'));
  // The bare seed was tested when it was released: what is waited for is the build of the commit.
  await stopBuilds(stage, name('buildPipeline'));
  const seed = seedCommands(options.directory, environment, saying(tell), options.signal);
  const own = options.dataDir !== undefined || Object.keys(stage.changes).length > 0;
  const pushed = own ? await pushData(stage, seed) : undefined;
  const commit = await phase('Clone it and push a commit', () =>
    cloneAndPush(stage, project.cloneUrl, platform.releases.at(-1)?.seed ?? Buffer.of()),
  );
  record.platform = { ...record.platform, commit };
  const before = await executionsOf(stage, name('trainingPipeline'));
  const builds = await phase('Run the build pipeline', () => followBuild(stage, name('buildPipeline'), commit));
  record.platform = { ...record.platform, builds };
  checkBuild(builds, commit);
  const [execution] = await executionsOf(stage, name('trainingPipeline'));
  if (execution === undefined || before.includes(execution)) {
    throw new BuildFailedError(
      `The build of ${commit} started no execution: see \`npm run pipeline -- start\` in buildspec.yml.`,
    );
  }
  return {
    environment,
    data: pushed ?? (await usedData(stage, execution, name('artifactBucket'))),
    execution: () => Promise.resolve(execution),
  };
}
