// From the platform's repository to the build of a commit, as the report shows it.
import type { BuildRecord, PlatformRecord } from '../record';
import { duration } from './format';

/** Characters of a commit that tell it from others. */
const COMMIT_LENGTH = 10;

const WAYS: Readonly<Record<string, string>> = {
  'service-catalog': 'the product of Service Catalog',
  s3: 'the template in S3',
};

export function platformView({ release, publication, launch, commit, builds, mails }: PlatformRecord) {
  return {
    release,
    stages: publication.map(({ stage, changes }) => ({
      stage,
      count: changes.length,
      changes: changes.map(({ text }) => text),
    })),
    launch: launch && { ...launch, way: WAYS[launch.via] ?? launch.via, duration: duration(launch.milliseconds) },
    builds: builds.map((build) => buildView(build, commit)),
    notes: [...new Set(builds.flatMap(({ notes }) => notes))],
    mails,
  };
}

function buildView({ commit, status, commands }: BuildRecord, pushed: string | undefined) {
  return {
    commit: commit.slice(0, COMMIT_LENGTH) || '–',
    what: commit === pushed ? 'the commit that was pushed' : 'the seed, or an earlier commit',
    status: status === 'Stopped' ? 'Stopped: a commit came that was built instead' : status,
    tone: status === 'Succeeded' ? 'good' : status === 'Failed' ? 'bad' : 'soft',
    commands: commands.map(({ command, milliseconds }) => ({ command, duration: duration(milliseconds) })),
  };
}
