// Why a build of CodeBuild failed, as precisely as its phases tell, and where its log is.
import { BatchGetBuildsCommand, type Build } from '@aws-sdk/client-codebuild';
import type { Aws } from './aws';

/** For example ` in BUILD: COMMAND_EXECUTION_ERROR: …. Its log: …`; begins with what comes after the build's status. */
export function buildFailure({ phases = [], logs }: Build): string {
  const failed = phases.find(({ phaseStatus }) => phaseStatus !== undefined && phaseStatus !== 'SUCCEEDED');
  const why = (failed?.contexts ?? [])
    .map(({ message }) => message)
    .filter(Boolean)
    .join(' ');
  const where = failed === undefined ? '' : ` in ${failed.phaseType ?? ''}${why && `: ${why.replace(/\.$/, '')}`}`;
  const log =
    logs?.groupName === undefined
      ? ''
      : ` Its log: \`aws logs tail ${logs.groupName} --log-stream-names ${logs.streamName ?? ''}\`.`;
  return `${where}.${log}`;
}

export async function buildsOf({ codebuild }: Pick<Aws, 'codebuild'>, ids: readonly string[]): Promise<Build[]> {
  return (await codebuild.send(new BatchGetBuildsCommand({ ids: [...ids] }))).builds ?? [];
}
