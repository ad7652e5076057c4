/** Entries from `gte` to before `lt`, in the order of their keys' bytes, or backwards. */
export type Range = { readonly gte?: Uint8Array; readonly lt?: Uint8Array; readonly isReverse?: boolean };

export type Entry = readonly [key: Buffer, value: Buffer];

/** The entries of a range as they were when the cursor was opened. */
export type Cursor = {
  next(): Entry | undefined;
  /** Continues with the first entry at or after a key; at or before it if the range is read backwards. */
  seek(key: Uint8Array): void;
  close(): void;
};

/** A cursor as the store sees it. */
export type TrackedCursor = Cursor & {
  /** Remembers what an entry was, before it changes for the first time; undefined if it is new. */
  keep(key: Buffer, value: Buffer | undefined): void;
};

/** Reads entries of a range in order, until the function returns false. */
export type ReadRange = (range: Range, take: (entry: Entry) => boolean) => void;

const CHUNK_ENTRIES = 100;
const CHUNK_BYTES = 65_536;

/**
 * Opens a cursor, which reads a chunk at a time. What changes between two chunks was given to `keep` before, so that the cursor
 * still returns the entries of its beginning.
 */
export const openCursor = (
  range: Range,
  read: ReadRange,
  closed: (cursor: TrackedCursor) => void,
): TrackedCursor => {
  const { isReverse = false } = range;
  const kept = new Map<string, { readonly key: Buffer; readonly value: Buffer | undefined }>();
  let rest: Range | undefined = range;
  let chunk: Entry[] = [];
  let at = 0;

  const order = (one: Uint8Array, other: Uint8Array): number =>
    isReverse ? Buffer.compare(other, one) : Buffer.compare(one, other);

  const fill = (): void => {
    const from = rest as Range;
    const found: Entry[] = [];
    let bytes = 0;
    let last: Buffer | undefined;
    read(from, (entry) => {
      last = entry[0];
      if (!kept.has(nameOf(last))) found.push(entry);
      bytes += entry[1].length;
      const isFull = found.length >= CHUNK_ENTRIES || bytes >= CHUNK_BYTES;
      if (!isFull) last = undefined;
      return !isFull;
    });
    const done =
      last === undefined ? from : isReverse ? { ...from, gte: last } : { ...from, lt: after(last) };
    for (const { key, value } of kept.values()) if (value && isIn(done, key)) found.push([key, value]);
    if (kept.size > 0) found.sort(([one], [other]) => order(one, other));
    rest = last === undefined ? undefined : isReverse ? { ...from, lt: last } : { ...from, gte: after(last) };
    chunk = found;
    at = 0;
  };

  const cursor: TrackedCursor = {
    next() {
      while (at === chunk.length && rest) fill();
      const entry = chunk[at];
      at += 1;
      return entry;
    },
    seek(key) {
      chunk = [];
      at = 0;
      const { gte, lt } = range;
      if (isReverse) rest = { ...range, lt: lt && Buffer.compare(lt, key) <= 0 ? lt : after(key) };
      else rest = { ...range, gte: gte && Buffer.compare(gte, key) >= 0 ? gte : key };
    },
    close() {
      rest = undefined;
      chunk = [];
      closed(cursor);
    },
    keep(key, value) {
      const name = nameOf(key);
      if (isIn(range, key) && !kept.has(name)) kept.set(name, { key, value });
    },
  };
  return cursor;
};

const nameOf = (key: Buffer): string => key.toString('latin1');

/** The first key after one. */
export const after = (key: Uint8Array): Buffer => Buffer.concat([key, Buffer.from([0])]);

const isIn = ({ gte, lt }: Range, key: Uint8Array): boolean =>
  (!gte || Buffer.compare(gte, key) <= 0) && (!lt || Buffer.compare(key, lt) < 0);
