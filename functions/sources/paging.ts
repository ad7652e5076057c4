import type { Outside } from './outside.ts';
import { pathKeys } from './paths.ts';
import type { RestSource } from './source.ts';
import { type Window, withWindow } from './window.ts';

type Paging = RestSource['paging'];

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
type Place = {
  readonly url: string;
  readonly number: number;
  readonly offset: number;
  /** Records of all pages. */
  readonly received: number;
};

const end: PageStep = { kind: 'end' };
const broken = (reason: string): PageStep => ({ kind: 'broken', reason });

/**
 * The pages of one window. A pull ends on the signal that its paging declares or, without one, on an empty page; a short page
 * ends nothing. A page that was there before (its token, its URL or its records) breaks it.
 */
export class Pages {
  private place: Place;
  private count = 0;
  /** Cursors or URLs of pages; pages that are counted cannot come again. */
  private readonly tokens = new Set<string>();
  private readonly hashes = new Set<string>();

  /** `url` is that of the source, with its variables replaced. */
  constructor(
    private readonly source: Pick<RestSource, 'query' | 'paging' | 'limits'>,
    url: string,
    window: Window,
  ) {
    const first = new URL(withWindow(url, window));
    for (const [name, value] of Object.entries(source.query))
      first.searchParams.set(name, withWindow(value, window));
    const { paging } = source;
    this.place = {
      url: first.href,
      number: paging.kind === 'page' ? paging.first : 0,
      offset: 0,
      received: 0,
    };
    this.place = { ...this.place, url: this.urlOf(this.place) };
    this.tokens.add(this.place.url);
  }

  get firstUrl(): string {
    return this.place.url;
  }

  /** Decides what follows a page. */
  after(said: PageSaid): PageStep {
    if (said.records > 0 && this.hashes.has(said.hash))
      return broken('the page repeats the records of another page');
    this.hashes.add(said.hash);
    this.count++;
    const step = this.next(this.source.paging, said);
    if (step.kind !== 'page') return step;
    if (this.count >= this.source.limits.max_pages)
      return broken(`there are more than ${this.source.limits.max_pages} pages`);
    this.place = { ...this.place, url: step.url };
    return step;
  }

  private next(paging: Paging, said: PageSaid): PageStep {
    switch (paging.kind) {
      case 'none':
        return end;
      case 'page':
      case 'offset':
        return this.counted(paging, said);
      case 'cursor':
        return this.byCursor(paging, said);
      case 'link_header':
        return this.toUrl(linkOf(said.link ?? '', paging.rel));
      case 'next_url':
        return this.byNextUrl(paging, said);
    }
  }

  private counted(paging: Paging & { kind: 'page' | 'offset' }, said: PageSaid): PageStep {
    const { number, offset, received } = this.place;
    const size = paging.size ?? 0;
    const byReceived = paging.kind === 'offset' && paging.step === 'received' && said.records > 0;
    this.place = {
      ...this.place,
      number: number + 1,
      offset: offset + (byReceived ? Math.min(said.records, size) : size),
      received: received + said.records,
    };
    const more = hasMore(paging, said, this.place);
    if (typeof more === 'string') return broken(more);
    return more ? { kind: 'page', url: this.urlOf(this.place) } : end;
  }

  private byCursor(paging: Paging & { kind: 'cursor' }, said: PageSaid): PageStep {
    const next = nextOf(paging, said);
    if (next.kind !== 'next') return next;
    const { text } = next;
    if (this.tokens.has(text)) return broken('the page repeats the cursor of another page');
    this.tokens.add(text);
    return { kind: 'page', url: withParameters(this.place.url, { [paging.parameter]: text }) };
  }

  private byNextUrl(paging: Paging & { kind: 'next_url' }, said: PageSaid): PageStep {
    const next = nextOf(paging, said);
    return next.kind === 'next' ? this.toUrl(next.text) : next;
  }

  /** To a URL that the source named; it may be relative. */
  private toUrl(named: string | undefined): PageStep {
    if (named === undefined) return end;
    if (!URL.canParse(named, this.place.url)) return broken('the next page has no valid URL');
    const url = new URL(named, this.place.url);
    url.hash = '';
    if (url.origin !== new URL(this.place.url).origin)
      return broken('the next page is on another server than the source');
    if (this.tokens.has(url.href)) return broken('the page names as its next page one that was there before');
    this.tokens.add(url.href);
    return { kind: 'page', url: url.href };
  }

  private urlOf({ url, number, offset }: Place): string {
    const { paging } = this.source;
    const { kind } = paging;
    if (kind !== 'page' && kind !== 'offset' && kind !== 'cursor') return url;
    const { parameter, size_parameter, size } = paging;
    return withParameters(url, {
      ...(kind === 'cursor' ? {} : { [parameter]: String(kind === 'page' ? number : offset) }),
      ...(size_parameter !== undefined && size !== undefined ? { [size_parameter]: String(size) } : {}),
    });
  }
}

const withParameters = (url: string, parameters: Readonly<Record<string, string>>): string => {
  const changed = new URL(url);
  for (const [name, value] of Object.entries(parameters)) changed.searchParams.set(name, value);
  return changed.href;
};

/** Whether a page follows; a text says why that cannot be said. */
const hasMore = (
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
const nextOf = (paging: Paging & { kind: 'cursor' | 'next_url' }, { outside }: PageSaid): Next | PageStep => {
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

const links = /<([^>]*)>((?:\s*;[^",;<]*(?:"[^"]*")?)*)/g;
const parameter = /;\s*([^\s=;,"]+)(?:\s*=\s*(?:"([^"]*)"|([^\s",;]+)))?/g;

/** The URL with a rel in the header `Link` (RFC 8288); undefined if there is none. */
const linkOf = (header: string, rel: string): string | undefined => {
  const found = [...header.matchAll(links)].find(([, , parameters = '']) =>
    [...parameters.matchAll(parameter)].some(
      ([, name = '', quoted, plain]) =>
        name.toLowerCase() === 'rel' && isAmong(rel, (quoted ?? plain ?? '').split(/\s+/)),
    ),
  );
  return found?.[1];
};

const isAmong = (rel: string, rels: readonly string[]): boolean =>
  rels.some((one) => one.toLowerCase() === rel.toLowerCase());
