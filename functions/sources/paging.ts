import { linkOf } from './link-header.ts';
import {
  broken,
  end,
  hasMore,
  nextOf,
  type PageSaid,
  type PageStep,
  type Paging,
  type Place,
} from './page-signals.ts';
import type { RestSource } from './rest-schema.ts';
import { type Window, withWindow } from './window.ts';

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
