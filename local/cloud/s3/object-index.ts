import { convertLevel } from '../level-state.ts';
import { type Change, openStore, type Range } from '../store/index.ts';
import { partsOf, tableOf, uploadsOf, versionsOf } from './index-keys.ts';
import type { Bucket, ObjectEvent, Part, Upload, Version } from './records.ts';

export type { Change, Range };

/** Entries in order; some can be skipped. */
export type Cursor<T> = {
  next(): Promise<T | undefined>;
  /** Continues with the first entry at or after a position. */
  skipTo(position: Buffer): void;
  close(): Promise<void>;
};

export type ObjectIndex = Awaited<ReturnType<typeof openIndex>>;

const put = (key: Buffer, value: unknown): Change => ({
  type: 'put',
  key,
  value: Buffer.from(JSON.stringify(value)),
});
const del = (key: Buffer): Change => ({ type: 'del', key });
const read = <T>(value: Buffer | undefined): T | undefined => value && JSON.parse(value.toString());

/**
 * Opens the index of everything except bytes, the store `<path>.db`. A write is one atomic batch and survives the death of the
 * process.
 */
export const openIndex = async (path: string) => {
  const store = openStore(`${path}.db`);
  await convertLevel(path, store);

  const get = async <T>(key: Buffer): Promise<T | undefined> => read(store.get(key));
  const all = async <T>(range: Range): Promise<T[]> => {
    const entries = store.cursor(range);
    const values: T[] = [];
    for (let entry = entries.next(); entry; entry = entries.next())
      values.push(JSON.parse(entry[1].toString()));
    entries.close();
    return values;
  };

  const cursor = <T>(range: Range): Cursor<T> => {
    const entries = store.cursor(range);
    return {
      next: async () => read(entries.next()?.[1]),
      skipTo: (position) => entries.seek(position),
      close: async () => entries.close(),
    };
  };

  const sequenceKey = Buffer.from('sequence');
  const buckets = tableOf('b');
  const events = tableOf('e');
  const leftovers = tableOf('g');

  return {
    write: (changes: readonly Change[]): Promise<void> => store.writeSoon(changes),
    close: async (): Promise<void> => store.close(),
    sequence: {
      last: async (): Promise<number> => (await get<number>(sequenceKey)) ?? 0,
      put: (sequence: number) => put(sequenceKey, sequence),
    },
    buckets: {
      all: () => all<Bucket>(buckets.range),
      put: (bucket: Bucket) => put(buckets.entry(bucket.name), bucket),
      remove: (name: string) => del(buckets.entry(name)),
    },
    versions: {
      cursor: (range: Range) => cursor<Version>(range),
      get: (bucket: string, key: string, sequence: number) =>
        get<Version>(versionsOf(bucket).entry(key, sequence)),
      put: (bucket: string, version: Version) =>
        put(versionsOf(bucket).entry(version.key, version.sequence), version),
      remove: (bucket: string, version: Version) =>
        del(versionsOf(bucket).entry(version.key, version.sequence)),
    },
    uploads: {
      cursor: (range: Range) => cursor<Upload>(range),
      get: (bucket: string, key: string, sequence: number) =>
        get<Upload>(uploadsOf(bucket).entry(key, sequence)),
      put: (upload: Upload) => put(uploadsOf(upload.bucket).entry(upload.key, upload.sequence), upload),
      remove: (upload: Upload) => del(uploadsOf(upload.bucket).entry(upload.key, upload.sequence)),
    },
    parts: {
      all: (uploadId: string) => all<Part>(partsOf(uploadId).range),
      get: (uploadId: string, part: number) => get<Part>(partsOf(uploadId).entry(part)),
      put: (uploadId: string, part: Part) => put(partsOf(uploadId).entry(part.number), part),
      remove: (uploadId: string, part: Part) => del(partsOf(uploadId).entry(part.number)),
    },
    /** Events that were not yet passed on. */
    events: {
      all: () => all<ObjectEvent>(events.range),
      put: (event: ObjectEvent) => put(events.entry(event.sequencer), event),
      remove: (event: ObjectEvent) => del(events.entry(event.sequencer)),
    },
    /** Blobs that nothing points to: still being written, or soon removed. */
    leftovers: {
      all: () => all<string>(leftovers.range),
      put: (blob: string) => put(leftovers.entry(blob), blob),
      remove: (blob: string) => del(leftovers.entry(blob)),
    },
  };
};
