// The condition keys that a request's tags are to IAM.
import type { Members } from './operation';

/** `aws:RequestTag/…` and `aws:TagKeys`, from a request's tags in any of the forms that services write them. */
export function tagContext(input: Members): Record<string, string | readonly string[]> {
  const tags = requestTags(input);
  if (tags.length === 0) return {};
  return {
    ...Object.fromEntries(tags.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    'aws:TagKeys': tags.map(([key]) => key),
  };
}

/** Keys and values of a request's tags. */
export function requestTags(input: Members): [string, string][] {
  const tags = input.Tags ?? input.tags;
  if (Array.isArray(tags)) {
    return (tags as readonly Readonly<Record<string, string>>[]).map((tag) => [
      tag.Key ?? tag.key ?? tag.TagKey ?? '',
      tag.Value ?? tag.value ?? tag.TagValue ?? '',
    ]); // the request was checked against its model
  }
  return typeof tags === 'object' && tags !== null ? Object.entries(tags as Readonly<Record<string, string>>) : [];
}
