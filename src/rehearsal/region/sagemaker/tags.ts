// Tags of whatever has an ARN.
import { assumed, documented } from '../behaviour';
import { API, invalid, operation } from './operation';
import { page, type Paging } from './paging';
import type { Tag, World } from './world';

const addTags = operation<{ ResourceArn: string; Tags: readonly Tag[] }>(
  'AddTags',
  {
    claims: [documented('A key that is there gets the new value.', `${API}, AddTags`)],
  },
  ({ ResourceArn, Tags }, world) => {
    const merged = new Map([...tagsOf(world, ResourceArn), ...Tags].map((tag) => [tag.Key, tag]));
    world.tags.put(ResourceArn, [...merged.values()]);
    return { Tags: [...merged.values()] };
  },
);

const listTags = operation<Paging & { ResourceArn: string }>(
  'ListTags',
  {
    claims: [assumed('Tags come in the order in which they were added, 50 to a page.')],
  },
  (input, world) => {
    const { items, token } = page(tagsOf(world, input.ResourceArn), {
      MaxResults: 50,
      ...input,
      SortOrder: 'Ascending',
    });
    return { Tags: items, ...token };
  },
);

const deleteTags = operation<{ ResourceArn: string; TagKeys: readonly string[] }>(
  'DeleteTags',
  {
    claims: [assumed('Keys that are not there are no error.')],
  },
  ({ ResourceArn, TagKeys }, world) => {
    const left = tagsOf(world, ResourceArn).filter(({ Key }) => !TagKeys.includes(Key));
    world.tags.put(ResourceArn, left);
    return {};
  },
);

export const TAG_OPERATIONS = [addTags, listTags, deleteTags];

function tagsOf(world: World, resourceArn: string): readonly Tag[] {
  const tags = world.tags.get(resourceArn);
  if (tags === undefined) throw invalid(`Could not find the resource "${resourceArn}".`);
  return tags;
}
