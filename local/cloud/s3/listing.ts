import type { Positions } from './index-keys.ts';
import type { Cursor, Range } from './object-index.ts';

/** One line of a listing: an entry, or a prefix for all keys that begin with it. */
export type Line<T> =
  | { readonly prefix: string }
  | { readonly entry: T /** Whether no other entry of this key came before. */; readonly isFirst: boolean };

export type Page<T> = { readonly lines: readonly Line<T>[]; readonly isTruncated: boolean };

type Listing<T> = {
  readonly positions: Positions;
  readonly open: (range: Range) => Cursor<T>;
  readonly prefix: string;
  readonly delimiter: string;
  /** The last key or prefix of the previous page, empty at the beginning. */
  readonly after: string;
  /** The sequence number of the last entry of `after` on the previous page; without it the whole key is done. */
  readonly afterEntry?: number | undefined;
  readonly limit: number;
  readonly isListed?: (entry: T, isFirst: boolean) => boolean;
};

const rolledUp = (key: string, prefix: string, delimiter: string): string | undefined => {
  const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return end < 0 || !key.startsWith(prefix) ? undefined : key.slice(0, end + delimiter.length);
};

const startOf = <T>({ positions, prefix, delimiter, after, afterEntry }: Listing<T>): Buffer => {
  const first = positions.atPrefix(prefix);
  if (after === '') return first;
  // S3 leaves out a common prefix that is not greater than the marker, also if keys below it are.
  const common = rolledUp(after, prefix, delimiter);
  const resumed =
    common !== undefined
      ? positions.behindPrefix(common)
      : afterEntry === undefined
        ? positions.behindKey(after)
        : positions.behindEntry(after, afterEntry);
  return Buffer.compare(first, resumed) < 0 ? resumed : first;
};

const walk = async function* <T extends { readonly key: string }>(
  listing: Listing<T>,
): AsyncGenerator<Line<T>> {
  const { positions, prefix, delimiter, after, afterEntry, isListed = () => true } = listing;
  const end = positions.behindPrefix(prefix);
  const start = startOf(listing);
  if (Buffer.compare(start, end) >= 0) return;
  const cursor = listing.open({ gte: start, lt: end });
  let previous = afterEntry === undefined ? undefined : after;
  try {
    for (let entry = await cursor.next(); entry; entry = await cursor.next()) {
      const isFirst = entry.key !== previous;
      previous = entry.key;
      if (!isListed(entry, isFirst)) continue;
      const common = rolledUp(entry.key, prefix, delimiter);
      if (common === undefined) yield { entry, isFirst };
      else {
        yield { prefix: common };
        cursor.skipTo(positions.behindPrefix(common));
      }
    }
  } finally {
    await cursor.close();
  }
};

/** Lists one page of keys in the order of their UTF-8 bytes; keys with the delimiter after the prefix are rolled up. */
export const listPage = async <T extends { readonly key: string }>(listing: Listing<T>): Promise<Page<T>> => {
  const lines: Line<T>[] = [];
  if (listing.limit === 0) return { lines, isTruncated: false };
  for await (const line of walk(listing)) {
    if (lines.length === listing.limit) return { lines, isTruncated: true };
    lines.push(line);
  }
  return { lines, isTruncated: false };
};

const unreserved = /[A-Za-z0-9._*/-]/;

/** Encodes a key for `encoding-type=url`: a space becomes `+`, a slash stays. */
export const encodeKey = (key: string): string =>
  [...key]
    .map((character) => {
      if (unreserved.test(character)) return character;
      if (character === ' ') return '+';
      return [...Buffer.from(character)]
        .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
        .join('');
    })
    .join('');
