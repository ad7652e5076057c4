import { describe, expect, test } from 'vitest';
import { readOutside } from '../../../functions/sources/outside.ts';
import type { PageStep } from '../../../functions/sources/page-signals.ts';
import { Pages } from '../../../functions/sources/paging.ts';
import { restSourceWith } from './source.ts';

const window = { from: '2024-01-01', to: '2024-01-31' };
const open = (paging: unknown, changes = {}): Pages => {
  const source = restSourceWith({ paging, ...changes });
  return new Pages(source, source.url, window);
};

let hashes = 0;
/** A page with records of its own. */
const page = (records: number, body: unknown = {}, more: { hash?: string; link?: string } = {}) => {
  const outside = readOutside(typeof body === 'string' ? body : JSON.stringify(body));
  if (!outside) throw new Error('not JSON');
  return { records, hash: String(hashes++), outside, ...more };
};

/** What is asked for next, as its query; or how it ends. */
const next = (step: PageStep): string => {
  if (step.kind !== 'page') return step.kind === 'end' ? 'end' : step.reason;
  const query = new URL(step.url).searchParams;
  query.delete('start_date');
  query.delete('end_date');
  return query.toString();
};

describe('the first page', () => {
  test('has the days of the window, and what its paging asks for', () => {
    expect(open({ kind: 'none' }).firstUrl).toBe(
      'https://shop.example/users?start_date=2024-01-01&end_date=2024-01-31',
    );
    expect(open({ kind: 'page', size_parameter: 'per_page', size: 50 }).firstUrl).toMatch(
      /&page=1&per_page=50$/,
    );
    expect(open({ kind: 'offset', size: 50 }).firstUrl).toMatch(/&offset=0&limit=50$/);
    expect(open({ kind: 'cursor', next: '$.next', size_parameter: 'n', size: 5 }).firstUrl).toMatch(/&n=5$/);
  });

  test('may have the window in its path', () => {
    const pages = open(
      { kind: 'none' },
      { url: 'https://shop.example/{from}/{after}', query: { a: 'b c&d' } },
    );
    expect(pages.firstUrl).toBe('https://shop.example/2024-01-01/2024-02-01?a=b+c%26d');
  });
});

describe('pages that are counted', () => {
  test('end at an empty page; a short one ends nothing', () => {
    const pages = open({ kind: 'page' });
    expect(next(pages.after(page(100)))).toBe('page=2');
    expect(next(pages.after(page(3)))).toBe('page=3');
    expect(next(pages.after(page(0)))).toBe('end');
  });

  test('go on behind an empty page where the body says that there is more', () => {
    const pages = open({ kind: 'page', more: '$.more' });
    expect(next(pages.after(page(100, { more: true })))).toBe('page=2');
    expect(next(pages.after(page(0, { more: true })))).toBe('page=3');
    expect(next(pages.after(page(0, { more: true })))).toBe('page=4');
    expect(next(pages.after(page(100, { more: false })))).toBe('end');
  });

  test('end behind the last one that the body counts', () => {
    const pages = open({ kind: 'page', first: 0, pages: '$.meta.pages' });
    expect(next(pages.after(page(100, { meta: { pages: 2 } })))).toBe('page=1');
    expect(next(pages.after(page(100, { meta: { pages: '2' } })))).toBe('end');
  });

  test('end with the number of records that the body says, also if the server sends fewer in a page than asked for', () => {
    const pages = open({ kind: 'page', size: 100, total: '$.total' });
    expect(next(pages.after(page(50, { total: 120 })))).toBe('page=2');
    expect(next(pages.after(page(50, { total: 120 })))).toBe('page=3');
    expect(next(pages.after(page(20, { total: 120 })))).toBe('end');
  });

  test('fail where the body lacks the signal', () => {
    for (const [paging, body, reason] of [
      [{ kind: 'page', more: '$.more' }, { more: 'yes' }, 'the body has neither true nor false at $.more'],
      [{ kind: 'page', pages: '$.pages' }, {}, 'the body has no whole number at $.pages'],
      [{ kind: 'offset', total: '$.total' }, { total: -1 }, 'the body has no whole number at $.total'],
    ] as const)
      expect(next(open(paging).after(page(10, body)))).toBe(reason);
  });
});

describe('offsets', () => {
  test('grow by what was received, so that a server with a smaller limit loses nothing', () => {
    const pages = open({ kind: 'offset', size: 500 });
    expect(next(pages.after(page(100)))).toBe('offset=100&limit=500');
    expect(next(pages.after(page(100)))).toBe('offset=200&limit=500');
    expect(next(pages.after(page(0)))).toBe('end');
  });

  test('grow by the size where a page has more records than asked for, or is empty in the middle', () => {
    const pages = open({ kind: 'offset', size: 10, total: '$.total' });
    expect(next(pages.after(page(11, { total: 30 })))).toBe('offset=10&limit=10');
    expect(next(pages.after(page(0, { total: 30 })))).toBe('offset=20&limit=10');
    expect(next(pages.after(page(10, { total: 30 })))).toBe('end');
  });

  test('grow by the size where the source says so', () => {
    const pages = open({ kind: 'offset', size: 10, step: 'size' });
    expect(next(pages.after(page(3)))).toBe('offset=10&limit=10');
  });
});

describe('cursors', () => {
  const paging = { kind: 'cursor', parameter: 'after', next: '$.next' };

  test('are followed as exact texts, over empty pages, until there is none', () => {
    const pages = open(paging);
    expect(next(pages.after(page(10, '{"next":90071992547409931234567890}')))).toBe(
      'after=90071992547409931234567890',
    );
    expect(next(pages.after(page(0, { next: 'a&b=/+ü' })))).toBe('after=a%26b%3D%2F%2B%C3%BC');
    expect(next(pages.after(page(10, { next: null })))).toBe('end');
    for (const last of [{}, { next: '' }]) expect(next(open(paging).after(page(10, last)))).toBe('end');
  });

  test('end on another signal of the body, which must fit', () => {
    const signalled = { ...paging, more: '$.more' };
    expect(next(open(signalled).after(page(10, { next: 'x', more: false })))).toBe('end');
    expect(next(open(signalled).after(page(10, { next: 'x', more: true })))).toBe('after=x');
    expect(next(open(signalled).after(page(10, { more: true })))).toBe(
      'the body says that a page follows, but has nothing at $.next',
    );
  });

  test('fail when one comes again, or is no text', () => {
    const pages = open(paging);
    pages.after(page(10, { next: 'a' }));
    pages.after(page(10, { next: 'b' }));
    expect(next(pages.after(page(10, { next: 'a' })))).toBe('the page repeats the cursor of another page');
    expect(next(open(paging).after(page(10, { next: { id: 1 } })))).toBe(
      'the body has another value than a text at $.next',
    );
  });
});

describe('URLs of next pages', () => {
  test('come from the body, absolute or relative', () => {
    const pages = open({ kind: 'next_url', next: '$.links.next' });
    const links = (next: unknown) => ({ links: { next } });
    expect(next(pages.after(page(10, links('https://shop.example/users?c=1#x'))))).toBe('c=1');
    expect(next(pages.after(page(10, links('?c=2'))))).toBe('c=2');
    expect(next(pages.after(page(10, links(null))))).toBe('end');
  });

  test('come from the header Link, by their rel', () => {
    const link = (text: string) => next(open({ kind: 'link_header' }).after(page(1, {}, { link: text })));
    expect(link('<https://shop.example/u?p=2>; rel="next", <https://shop.example/u?p=9>; rel="last"')).toBe(
      'p=2',
    );
    expect(link('</u?p=9>; rel=last, </u?p=2,3>; title="a, b; rel=no"; rel="prefetch NEXT"')).toBe('p=2%2C3');
    expect(link('</u?p=1>; rel="prev"')).toBe('end');
    expect(next(open({ kind: 'link_header' }).after(page(1)))).toBe('end');
  });

  test('fail when they lead back, to the page itself, or to another server', () => {
    const first = (url: string) => next(open({ kind: 'next_url', next: '$.n' }).after(page(1, { n: url })));
    const repeated = 'the page names as its next page one that was there before';
    expect(first('')).toBe('end');
    expect(first('?start_date=2024-01-01&end_date=2024-01-31')).toBe(repeated);
    expect(first('#again')).toBe(repeated);
    expect(first('https://shop.example.evil/users?c=1')).toMatch(/another server/);
    expect(first('http://shop.example/users?c=1')).toMatch(/another server/);
    expect(first('file:///etc/passwd')).toMatch(/another server/);
    expect(first('http://')).toMatch(/no valid URL/);
  });
});

describe('every kind of paging', () => {
  test('fails when records come again, whatever the token says; empty pages are no content', () => {
    const pages = open({ kind: 'page', more: '$.more' });
    pages.after(page(5, { more: true }, { hash: 'same' }));
    pages.after(page(0, { more: true }, { hash: 'none' }));
    expect(next(pages.after(page(0, { more: true }, { hash: 'none' })))).toBe('page=4');
    expect(next(pages.after(page(5, { more: true }, { hash: 'same' })))).toBe(
      'the page repeats the records of another page',
    );
  });

  test('fails when it never ends', () => {
    const pages = open({ kind: 'page' }, { limits: { max_pages: 3 } });
    expect([1, 2, 3].map(() => next(pages.after(page(1))))).toEqual([
      'page=2',
      'page=3',
      'there are more than 3 pages',
    ]);
  });

  test('ends at once where there is none', () => {
    expect(next(open({ kind: 'none' }).after(page(7)))).toBe('end');
  });
});
