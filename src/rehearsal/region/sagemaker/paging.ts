// Pages of the List operations.
import { assumed } from '../behaviour';
import { invalid } from './operation';

export interface Paging {
  readonly MaxResults?: number;
  readonly NextToken?: string;
  readonly SortOrder?: 'Ascending' | 'Descending';
}

/** Entries on a page when the request does not say. */
const PAGE_LENGTH = 10;

export const PAGING_CLAIM = assumed(
  'Lists come 10 to a page unless MaxResults says otherwise, newest first unless SortOrder does.',
);

/**
 * One page of what is given in ascending order.
 * @returns the page, and the token for the next one if there is one
 */
export function page<T>(
  ascending: readonly T[],
  { MaxResults = PAGE_LENGTH, NextToken, SortOrder = 'Descending' }: Paging,
): { items: readonly T[]; token: { NextToken?: string } } {
  const sorted = SortOrder === 'Ascending' ? ascending : ascending.toReversed();
  const from = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64url').toString());
  if (!Number.isInteger(from)) throw invalid(`Invalid pagination token: ${NextToken ?? ''}`);
  const end = from + MaxResults;
  const token = end < sorted.length ? { NextToken: Buffer.from(String(end)).toString('base64url') } : {};
  return { items: sorted.slice(from, end), token };
}
