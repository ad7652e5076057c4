import { PromptLevel } from '../level.ts';
import { partsOf, tableOf, uploadsOf, versionsOf } from './index-keys.ts';
import type { Bucket, ObjectEvent, Part, Upload, Version } from './records.ts';

export type Change =
  | { readonly type: 'put'; readonly key: Buffer; readonly value: unknown }
  | { readonly type: 'del'; readonly key: Buffer };

/** Entries in order; some can be skipped. */
export type Cursor<T> = {
  next(): Promise<T | undefined>;
  /** Continues with the first entry at or after a position. */
  skipTo(position: Buffer): void;
  close(): Promise<void>;
};

export type Range = { readonly gte: Buffer; readonly lt: Buffer };

export type ObjectIndex = Awaited<ReturnType<typeof openIndex>>;

const put = (key: Buffer, value: unknown): Change => ({ type: 'put', key, value });
const del = (key: Buffer): Change => ({ type: 'del', key });

/** Opens the index of everything except bytes. A write is one atomic batch and survives the death of the process. */
export const openIndex = async (directory: string) => {
  const db = new PromptLevel<Buffer, unknown>(directory, { keyEncoding: 'buffer', valueEncoding: 'json' });
  await db.open();

  const get = async <T>(key: Buffer): Promise<T | undefined> => (await db.get(key)) as T | undefined;
  const all = async <T>(range: Range): Promise<T[]> => (await db.values(range).all()) as T[];

  const cursor = <T>(range: Range): Cursor<T> => {
    const iterator = db.iterator(range);
    return {
      next: async () => (await iterator.next())?.[1] as T | undefined,
      skipTo: (position) => iterator.seek(position),
      close: () => iterator.close(),
    };
  };

  const sequenceKey = Buffer.from('sequence');
  const buckets = tableOf('b');
  const events = tableOf('e');
  const leftovers = tableOf('g');

  return {
    write: (changes: Change[]): Promise<void> => db.batch(changes),
    close: (): Promise<void> => db.close(),
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
