import type { Switches } from './switches.ts';

/** Which records a page holds, and what it says about the next one. */
export type Page = {
  readonly from: number;
  readonly to: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The text before and after the records, which are separated by commas. */
  readonly before: string;
  readonly after: string;
};

/** A request that asks for a page that cannot exist; the message is for its sender. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

type Paging = Switches['paging'];

/** A place between records; a gap is the empty page before it. */
type Place = { readonly offset: number; readonly isGap: boolean };
type Asked = Place & { readonly length: number };

/** Finds the page that a URL asks for among `count` records. Throws `BadRequest`. */
export const pageOf = (url: URL, count: number, paging: Paging): Page => {
  const { kind } = paging;
  if (kind === 'none') return bare(0, count);
  const asked = askedFor(url, paging);
  const from = Math.min(asked.offset, count);
  const to = asked.isGap ? from : Math.min(count, from + asked.length);
  const page = bare(from, to);
  const next = nextOf(asked, to, count, paging);
  if (kind === 'cursor')
    return {
      ...page,
      before: '{"data":[',
      after: `],"next_cursor":${next ? cursorOf(next, paging) : null}}`,
    };
  const link = next && linkTo(url, next);
  if (kind === 'next_url')
    return { ...page, before: '{"items":[', after: `],"next":${JSON.stringify(link ?? null)}}` };
  return kind === 'link_header' && link ? { ...page, headers: { link: `<${link}>; rel="next"` } } : page;
};

const bare = (from: number, to: number): Page => ({ from, to, headers: {}, before: '[', after: ']' });

const nextOf = (
  asked: Asked,
  to: number,
  count: number,
  { has_gaps, is_endless }: Paging,
): Place | undefined => {
  if (asked.isGap) return { offset: asked.offset, isGap: false };
  if (to < count) return { offset: to, isGap: has_gaps };
  return is_endless ? { offset: asked.offset, isGap: false } : undefined;
};

const askedFor = (url: URL, { kind, size, is_uneven }: Paging): Asked => {
  const limit = Math.min(size, numberIn(url, kind === 'page' ? 'per_page' : 'limit', 1, size));
  const missing = is_uneven && limit > 1 ? 1 : 0;
  if (kind === 'page') {
    const before = numberIn(url, 'page', 1, 1) - 1;
    const offset = before * limit - Math.floor(before / 2) * missing;
    return { offset, isGap: false, length: before % 2 === 1 ? limit - missing : limit };
  }
  const cursor = kind === 'cursor' ? url.searchParams.get('cursor') : null;
  const place = cursor === null ? placeIn(url) : placeAt(cursor);
  return { ...place, length: Math.ceil(place.offset / limit) % 2 === 1 ? limit - missing : limit };
};

const placeIn = (url: URL): Place => ({
  offset: numberIn(url, 'offset', 0, 0),
  isGap: url.searchParams.get('gap') === '1',
});

const numberIn = (url: URL, name: string, low: number, usual: number): number => {
  const text = url.searchParams.get(name) ?? String(usual);
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (value < low) throw new BadRequest(`${name} must be a whole number from ${low}`);
  return value;
};

/** Long cursors count from here on in steps of two: the nearest doubles are thousands apart. */
const longCursor = 90_071_992_547_409_930_001n;

/** The cursor as it stands in JSON. */
const cursorOf = ({ offset, isGap }: Place, { has_long_cursors }: Paging): string => {
  if (has_long_cursors) return String(longCursor + 2n * BigInt(offset) + (isGap ? 1n : 0n));
  return JSON.stringify(Buffer.from(`${isGap ? 'gap' : 'after'}:${offset}`).toString('base64url'));
};

const placeAt = (cursor: string): Place => {
  if (/^\d{20}$/.test(cursor) && BigInt(cursor) >= longCursor) {
    const steps = BigInt(cursor) - longCursor;
    return { offset: Number(steps / 2n), isGap: steps % 2n === 1n };
  }
  const [, kind, offset] = /^(after|gap):(\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (offset === undefined) throw new BadRequest('cursor is none of this API');
  return { offset: Number(offset), isGap: kind === 'gap' };
};

const linkTo = (url: URL, { offset, isGap }: Place): string => {
  const link = new URL(url);
  link.searchParams.set('offset', String(offset));
  link.searchParams.delete('gap');
  if (isGap) link.searchParams.set('gap', '1');
  return link.href;
};
