import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { anyDisk, type Disk } from '../disk.ts';
import type { Retention } from '../retention/retention.ts';
import { DamagedBlob } from './blob-reader.ts';
import type { Algorithm } from './checksums.ts';
import { S3Error } from './error.ts';
import { type Examined, examineObjects } from './examine.ts';
import { usualMinimumSize } from './lifecycle/configuration.ts';
import { objectRetention } from './lifecycle/retention.ts';
import type { LifecycleRule } from './lifecycle/rule.ts';
import { listCurrent } from './list-objects.ts';
import { seesAbsence } from './needs.ts';
import { type Draft, undescribed } from './object-store.ts';
import { bytesOf } from './read-object.ts';
import type { ObjectEvent, Version } from './records.ts';
import { type Reply, respond } from './reply.ts';
import { answeringDenied, type Expect, readRequest } from './request.ts';
import { operationOf } from './routes.ts';
import { openStore, type Store } from './store.ts';

export type { ObjectEvent } from './records.ts';

/** Bytes of one version, in a file whose name never changes. */
export type LocatedObject = {
  path: string;
  size: number;
  versionId: string;
  /** Without quotes. */
  etag: string;
  /** ISO 8601 UTC with milliseconds. */
  lastModified: string;
};

export type BucketOptions = {
  readonly versioning: boolean;
  readonly events: boolean;
  /** When its objects expire; without rules, they stay. */
  readonly lifecycle?: readonly LifecycleRule[];
};

export type LocalS3 = {
  /**
   * Answers one request of S3's REST protocol, path-style or with the bucket in the host; `expect` throws `AccessDenied` for what
   * its caller may not do.
   */
  handle(request: IncomingMessage, response: ServerResponse, expect?: Expect): void;
  /** Creates a bucket, or changes the settings of an existing one. */
  createBucket(name: string, options: BucketOptions): Promise<void>;
  isBucket(name: string): boolean;
  /** Carries out the lifecycle rules of the buckets. */
  readonly retention: Retention;
  /**
   * Finds the file with the bytes of one version, by default the newest; undefined if there is none. All of its bytes are checked;
   * an error names a damaged file.
   */
  locate(bucket: string, key: string, versionId?: string): Promise<LocatedObject | undefined>;
  /** Puts the bytes of a local file or a buffer; with `ifNoneMatch`, returns undefined if the key exists. */
  put(
    bucket: string,
    key: string,
    body: { path: string } | Buffer,
    options?: { ifNoneMatch?: boolean },
  ): Promise<{ versionId: string; etag: string } | undefined>;
  /** Lists all keys with a prefix, in the order of their UTF-8 bytes. */
  list(bucket: string, prefix: string): Promise<{ key: string; size: number }[]>;
  /** Reads the bytes of all objects, and finds files that belong to none. */
  examine(): AsyncIterable<Examined>;
  /** Closes after pending events were passed on; call it after the last request. */
  close(): Promise<void>;
};

export type LocalS3Options = {
  directory: string;
  /** Called at least once for each new version in a bucket with events, until it resolves, in this process or a later one. */
  onObject: (event: ObjectEvent) => Promise<void> | void;
  clock?: () => Date;
  /** Default: a disk that is never full. */
  disk?: Disk;
  /** Receives a line about each damage that is found, and about each error that nobody expected. */
  complain?: (line: string) => void;
  /** Only to be read, and changed by nobody. */
  isReadOnly?: boolean;
};

const ensureBucket = async ({ buckets }: Store, name: string, options: BucketOptions) => {
  const { events: isAnnounced, lifecycle: rules = [] } = options;
  const versioning = options.versioning ? { versioning: 'Enabled' as const } : {};
  if (!buckets.has(name)) await buckets.create(name, { ...versioning, isAnnounced });
  const lifecycle = rules.length === 0 ? {} : { lifecycle: { rules, minimumSize: usualMinimumSize } };
  await buckets.change(name, ({ lifecycle: _, ...bucket }) => ({
    ...{ ...bucket, ...versioning, ...lifecycle, isAnnounced },
  }));
};

const locate = async (
  { buckets, objects, blobs }: Store,
  bucketName: string,
  key: string,
  versionId?: string,
) => {
  const { name } = buckets.named(bucketName);
  const find = (): Promise<Version | undefined> =>
    versionId === undefined ? objects.newest(name, key) : objects.find(name, key, versionId);
  for (let version = await find(); version?.blob !== undefined; ) {
    const { blob, size, etag, lastModified } = version;
    try {
      const path = await blobs.soundPath(bytesOf({ ...version, blob }));
      return { path, size, versionId: version.versionId, etag, lastModified };
    } catch (error) {
      version = await find();
      const isReplaced = error instanceof DamagedBlob && error.isMissing && version?.blob !== blob;
      if (!isReplaced) throw error;
    }
  }
  return undefined;
};

type Complain = (line: string) => void;

/** Tells of damage, and passes every error on. */
const telling =
  (complain: Complain) =>
  (error: unknown): never => {
    if (error instanceof DamagedBlob) complain(error.message);
    throw error;
  };

const tellingOf = <T>(
  bytes: AsyncIterableIterator<T>,
  tell: (error: unknown) => never,
): AsyncIterableIterator<T> => ({ ...bytes, next: () => bytes.next().catch(tell) });

/** Objects that this machine puts get the checksum that the processor computes: S3's default takes ten times as long. */
const ownAlgorithm: Algorithm = 'crc32';

const draftOf = async ({ blobs }: Store, key: string, body: { path: string } | Buffer): Promise<Draft> => {
  const bytes = Buffer.isBuffer(body)
    ? Readable.from([body])
    : createReadStream(body.path, { highWaterMark: 1 << 20 });
  const { id, sums, size, md5, checksums } = await blobs.write(bytes, [ownAlgorithm]);
  const value = checksums[ownAlgorithm] ?? '';
  const checksum = { algorithm: ownAlgorithm, value, type: 'FULL_OBJECT' as const };
  return {
    ...undescribed,
    headers: { 'content-type': 'binary/octet-stream' },
    key,
    blob: id,
    sums,
    size,
    etag: md5,
    checksum,
  };
};

const put = async (store: Store, bucket: string, draft: Draft, ifNoneMatch: boolean) => {
  try {
    const { versionId, etag } = await store.objects.commit(bucket, draft, {
      reason: 'PutObject',
      conditions: { ifNoneMatch },
    });
    return { versionId, etag };
  } catch (error) {
    if (error instanceof S3Error && error.name === 'PreconditionFailed') return undefined;
    throw error;
  }
};

const answer = async (
  store: Store,
  incoming: IncomingMessage,
  expect: Expect,
  tell: (error: unknown) => never,
): Promise<Reply> => {
  const request = readRequest(incoming, store.buckets.has, answeringDenied(expect));
  const { needs, run } = operationOf(request);
  request.expect(needs(request));
  try {
    const reply = await run(store, request).catch(tell);
    if (typeof reply.body !== 'object') return reply;
    return { ...reply, body: { ...reply.body, bytes: tellingOf(reply.body.bytes, tell) } };
  } catch (error) {
    if (error instanceof S3Error && absences.has(error.name)) request.expect([seesAbsence(request.bucket)]);
    throw error;
  }
};

/**
 * The error that a client gets. A full disk is an internal error of S3, which its clients try again; what nobody expected is one,
 * too, and goes to the log.
 */
const answeredError = (error: unknown, disk: Disk, complain: Complain): unknown => {
  const failure = disk.notice(error);
  if (failure) return new S3Error('InternalError', { message: failure.message });
  if (!(error instanceof S3Error))
    complain(`A request failed: ${error instanceof Error ? error.stack : error}`);
  return error;
};

const hasLeft = ({ destroyed, complete }: IncomingMessage): boolean => destroyed && !complete;

const absences: ReadonlySet<string> = new Set(['NoSuchKey', 'NoSuchVersion']);

/**
 * Opens an S3 that keeps everything in one folder and stays consistent if the process dies at any moment. Signatures are not
 * verified: it is for 127.0.0.1.
 */
export const openS3 = async ({
  directory,
  onObject,
  clock = () => new Date(),
  disk = anyDisk,
  complain = () => {},
  isReadOnly = false,
}: LocalS3Options): Promise<LocalS3> => {
  const store = await openStore({ directory, onObject, clock, isReadOnly });
  return {
    handle: (request, response, expect = () => {}) =>
      void respond(request, response, () =>
        answer(store, request, expect, telling(complain)).catch((error: unknown) => {
          throw hasLeft(request) ? error : answeredError(error, disk, complain);
        }),
      ),
    createBucket: (name, options) => ensureBucket(store, name, options),
    isBucket: store.buckets.has,
    retention: objectRetention(store),
    locate: (bucket, key, versionId) => locate(store, bucket, key, versionId).catch(telling(complain)),
    put: async (bucket, key, body, { ifNoneMatch = false } = {}) =>
      put(store, store.buckets.named(bucket).name, await draftOf(store, key, body), ifNoneMatch),
    list: async (bucket, prefix) => {
      const all = { prefix, delimiter: '', after: '', limit: Number.POSITIVE_INFINITY };
      const { lines } = await listCurrent(store, store.buckets.named(bucket).name, all);
      return lines.flatMap((line) =>
        'entry' in line ? [{ key: line.entry.key, size: line.entry.size }] : [],
      );
    },
    examine: () => examineObjects(store, join(directory, 'objects')),
    close: store.close,
  };
};
