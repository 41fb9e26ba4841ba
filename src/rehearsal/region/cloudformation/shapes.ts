// What resource types share: how CloudFormation's properties become a service's members, and what is gone already.
import { AwsError } from '../errors';
import { tagsOf, type Properties, type ResourceContext } from './resource';

/** Members begin with a small letter in the APIs of the Code services; the keys below those named are a user's own. */
export function camel(value: unknown, ...ownKeys: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => camel(item, ...ownKeys));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name.slice(0, 1).toLowerCase() + name.slice(1),
      ownKeys.includes(name) ? textsOf(member) : camel(member, ...ownKeys),
    ]),
  );
}

/** A map of texts; templates may write numbers and booleans in it. */
function textsOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, typeof member === 'string' ? member : JSON.stringify(member)]),
  );
}

/** Tags as a map. */
export function tagMap(properties: Properties, context: ResourceContext): Record<string, string> {
  return Object.fromEntries(tagsOf(properties, context).map(({ Key, Value }) => [Key, Value]));
}

/** Tags of the Code services. */
export function smallTags(properties: Properties, context: ResourceContext) {
  return tagsOf(properties, context).map(({ Key, Value }) => ({ key: Key, value: Value }));
}

/** @throws AwsError when tags change: nothing here would do it */
export function keepsTags(properties: Properties, before: Properties): void {
  if (JSON.stringify(properties.Tags ?? []) === JSON.stringify(before.Tags ?? [])) return;
  throw new AwsError('ValidationError', 'The rehearsal region does not change the tags of this resource.');
}

/** Does without what is not there. @param codes of the errors that say so */
export async function unlessGone(work: Promise<unknown>, ...codes: readonly string[]): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof AwsError) || !codes.includes(error.code)) throw error;
  });
}
