// The first commit of a repository, from a zip in S3: what CloudFormation does with a repository's `Code`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assumed, behavioursOf, documented } from '../behaviour';
import { AwsError } from '../errors';
import { emitChange, inCodeCommit, type GitWorld } from '../git';
import { CODECOMMIT_MODEL } from '../model';
import type { Api } from '../service';
import { arnOf } from '../setting';
import { unzip } from '../../../zip';

export const SEED_BEHAVIOURS = behavioursOf('codecommit:Code', [
  documented(
    'A repository’s Code is read when it is created, and never again.',
    'CloudFormation User Guide, AWS::CodeCommit::Repository Code',
  ),
  assumed('The zip is read and committed in the name of whoever makes the stack.'),
  assumed('The commit is “Initial commit”, of AWS CodeCommit.'),
]);

interface Seed {
  readonly repositoryName: string;
  readonly branchName: string;
  readonly bucket: string;
  readonly key: string;
}

/** Asked for from within the region alone: `call('codecommit-code', 'Commit', seed)`. */
export function seedApi(world: GitWorld): Api {
  return {
    name: 'codecommit-code',
    model: CODECOMMIT_MODEL,
    operations: ['Commit'],
    async invoke(_operation, input, caller) {
      const { repositoryName, branchName, bucket, key } = input as unknown as Seed; // its one caller says so
      caller.requires({ action: 's3:GetObject', resources: [`arn:aws:s3:::${bucket}/${key}`] });
      caller.requires({ action: 'codecommit:CreateCommit', resources: [arnOf(world, 'codecommit', repositoryName)] });
      const folder = mkdtempSync(join(tmpdir(), 'seed-'));
      try {
        const zip = join(folder, 'seed.zip');
        await world.storage.download(`s3://${bucket}/${key}`, zip).catch((error: unknown) => {
          throw new AwsError('InvalidRequest', error instanceof Error ? error.message : String(error));
        });
        const files = join(folder, 'files');
        await unzip(readFileSync(zip), files);
        const after = await world.git.commitFolder(inCodeCommit(repositoryName), branchName, files, 'Initial commit');
        emitChange(world, repositoryName, { name: `refs/heads/${branchName}`, after }, caller.principal);
        return { commitId: after };
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}
