// Git repositories that Studio lists.
import { assumed, documented } from '../behaviour';
import type { Members } from '../service';
import { without } from '../without';
import { API, invalid, operation } from './operation';
import { answer, arn, seconds, type Tag, type World } from './world';

const createCodeRepository = operation<{ CodeRepositoryName: string; Tags?: readonly Tag[] }>(
  'CreateCodeRepository',
  {
    claims: [
      documented(
        'Associates a repository that exists elsewhere; nothing is fetched from it.',
        `${API}, CreateCodeRepository`,
      ),
      assumed('A name that is taken: ValidationException.'),
    ],
  },
  (input, world) => {
    const name = input.CodeRepositoryName;
    const CodeRepositoryArn = arn(world, `code-repository/${name}`);
    if (world.codeRepositories.get(name) !== undefined) {
      throw invalid(`Cannot create already existing code repository "${CodeRepositoryArn}".`);
    }
    const now = seconds();
    const state = { CodeRepositoryArn, CreationTime: now, LastModifiedTime: now };
    world.codeRepositories.put(name, { ...without(input, 'Tags'), ...state });
    world.tags.put(CodeRepositoryArn, input.Tags ?? []);
    return { CodeRepositoryArn };
  },
);

const describeCodeRepository = operation<{ CodeRepositoryName: string }>(
  'DescribeCodeRepository',
  {
    claims: [assumed('A repository that is not there: ValidationException.')],
  },
  ({ CodeRepositoryName: name }, world) => answer('DescribeCodeRepository', existing(world, name)),
);

const deleteCodeRepository = operation<{ CodeRepositoryName: string }>(
  'DeleteCodeRepository',
  {
    claims: [documented('Only the association goes, not the repository.', `${API}, DeleteCodeRepository`)],
  },
  ({ CodeRepositoryName: name }, world) => {
    existing(world, name);
    world.codeRepositories.delete(name);
    world.tags.delete(arn(world, `code-repository/${name}`));
    return {};
  },
);

export const CODE_REPOSITORY_OPERATIONS = [createCodeRepository, describeCodeRepository, deleteCodeRepository];

function existing(world: World, name: string): Members {
  const found = world.codeRepositories.get(name);
  if (found === undefined) throw invalid(`Cannot find code repository "${arn(world, `code-repository/${name}`)}".`);
  return found;
}
