import type { Outside } from './outside.ts';
import { pathKeys } from './paths.ts';
import type { RestSource } from './rest-schema.ts';

export type Paging = RestSource['paging'];

/** What one page said. */
export type PageSaid = {
  /** Number of its records. */
  readonly records: number;
  /** Hash of its records; it does not depend on their order. */
  readonly hash: string;
  readonly outside: Outside;
  /** The header `Link`. */
  readonly link?: string | undefined;
};

/** The next request, or the end, or why the pull cannot continue. */
export type PageStep =
  | { readonly kind: 'page'; readonly url: string }
  | { readonly kind: 'end' }
  | { readonly kind: 'broken'; readonly reason: string };

/** Where a pull is: `offset` counts as the source's paging does. */
export type Place = {
  readonly url: string;
  readonly number: number;
  readonly offset: number;
  /** Records of all pages. */
  readonly received: number;
};

export const end: PageStep = { kind: 'end' };
export const broken = (reason: string): PageStep => ({ kind: 'broken', reason });

/** Whether a page follows; a text says why that cannot be said. */
export const hasMore = (
  paging: Paging & { kind: 'page' | 'offset' },
  { records, outside }: PageSaid,
  { number, offset, received }: Place,
): boolean | string => {
  if (paging.more !== undefined) return truthAt(outside, paging.more);
  if (paging.total !== undefined) {
    const total = countAt(outside, paging.total);
    if (typeof total === 'string') return total;
    if (offset < total) return true;
    // Pages may be shorter than they were asked for, then some are left.
    return paging.kind === 'page' && received < total && records > 0;
  }
  if (paging.kind === 'page' && paging.pages !== undefined) {
    const pages = countAt(outside, paging.pages);
    return typeof pages === 'string' ? pages : number < pages + paging.first;
  }
  return records > 0;
};

const truthAt = (outside: Outside, path: string): boolean | string => {
  const value = outside(pathKeys(path));
  return value.kind === 'truth' ? value.text === 'true' : `the body has neither true nor false at ${path}`;
};

const countAt = (outside: Outside, path: string): number | string => {
  const value = outside(pathKeys(path));
  const isCount = (value.kind === 'number' || value.kind === 'text') && /^[0-9]{1,15}$/.test(value.text);
  return isCount ? Number(value.text) : `the body has no whole number at ${path}`;
};

type Next = { readonly kind: 'next'; readonly text: string };

/** The cursor or URL of the next page. */
export const nextOf = (
  paging: Paging & { kind: 'cursor' | 'next_url' },
  { outside }: PageSaid,
): Next | PageStep => {
  const more = paging.more === undefined ? undefined : truthAt(outside, paging.more);
  if (typeof more === 'string') return broken(more);
  if (more === false) return end;
  const next = outside(pathKeys(paging.next));
  if (next.kind === 'nothing' || (next.kind === 'text' && next.text === ''))
    return more ? broken(`the body says that a page follows, but has nothing at ${paging.next}`) : end;
  return next.kind === 'text' || (next.kind === 'number' && paging.kind === 'cursor')
    ? { kind: 'next', text: next.text }
    : broken(`the body has another value than a text at ${paging.next}`);
};
