import { DamagedBlob } from './blob-reader.ts';
import type { Named } from './blobs.ts';
import { checksumElement, checksumElements } from './checksums.ts';
import { isNotModified } from './conditions.ts';
import { S3Error } from './error.ts';
import { checksumHeaders, describedIn, validators, versionHeader } from './object-headers.ts';
import { checkVersionId } from './object-store.ts';
import { type ByteRange, partRange, readRange } from './ranges.ts';
import type { Bucket, Version } from './records.ts';
import type { Reply } from './reply.ts';
import { xmlReply } from './reply.ts';
import { numberIn, type S3Request } from './request.ts';
import type { Store } from './store.ts';
import type { Element } from './xml.ts';

/** A version with bytes. */
export type Stored = Version & { readonly blob: string };

/** The bytes of a version, named for a message. */
export const bytesOf = (version: Stored): Named => ({
  ...version,
  about: `${version.key} (version ${version.versionId})`,
});

const markerHeaders = (bucket: Bucket, marker: Version): Record<string, string> => ({
  'x-amz-delete-marker': 'true',
  ...versionHeader(bucket, marker.versionId),
});

/**
 * Finds the version to read; without an id, the newest. NoSuchKey, also if the newest is a delete marker; NoSuchVersion, or
 * InvalidArgument if no version can have the id; MethodNotAllowed for a delete marker given by its id.
 */
export const findStored = async (
  { buckets, objects }: Store,
  bucketName: string,
  key: string,
  versionId: string | null,
): Promise<Stored> => {
  const bucket = buckets.named(bucketName);
  if (versionId !== null) checkVersionId(versionId);
  const version = await (versionId === null
    ? objects.newest(bucket.name, key)
    : objects.find(bucket.name, key, versionId));
  const { blob } = version ?? {};
  if (version && blob !== undefined) return { ...version, blob };
  if (versionId !== null && !version)
    throw new S3Error('NoSuchVersion', { details: { Key: key, VersionId: versionId } });
  const headers = version ? markerHeaders(bucket, version) : {};
  if (versionId === null || !version) throw new S3Error('NoSuchKey', { details: { Key: key }, headers });
  throw new S3Error('MethodNotAllowed', {
    details: { Method: 'GET', ResourceType: 'DeleteMarker' },
    headers: { ...headers, allow: 'DELETE', 'last-modified': new Date(version.lastModified).toUTCString() },
  });
};

const rangeOf = ({ query, header }: S3Request, version: Version): ByteRange | undefined => {
  const range = header('range');
  if (query.has('partNumber')) {
    if (range !== undefined)
      throw new S3Error('InvalidRequest', {
        message: 'Cannot specify both Range header and partNumber query parameter',
      });
    return partRange(version.parts, numberIn(query, 'partNumber', 1, 10_000), version.size);
  }
  return range === undefined ? undefined : readRange(range, version.size);
};

const headersFor = (store: Store, request: S3Request, version: Version, range: ByteRange | undefined) => {
  const isPart = request.query.has('partNumber');
  const isChecksumAsked = request.header('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED' && !range;
  return {
    'accept-ranges': 'bytes',
    ...validators(store.buckets.named(request.bucket), version),
    ...describedIn(version, request.query),
    ...(isChecksumAsked ? checksumHeaders(version.checksum) : {}),
    ...(isPart && version.parts ? { 'x-amz-mp-parts-count': String(version.parts.length) } : {}),
    ...(range ? { 'content-range': `bytes ${range.start}-${range.end}/${version.size}` } : {}),
  };
};

type Reading = {
  readonly version: Stored;
  readonly reply: Reply;
  readonly start: number;
  readonly size: number;
};

const read = async (store: Store, request: S3Request): Promise<Reading> => {
  const version = await findStored(store, request.bucket, request.key, request.query.get('versionId'));
  if (isNotModified(request.header, version)) {
    const headers = validators(store.buckets.named(request.bucket), version);
    return { version, reply: { status: 304, headers }, start: 0, size: 0 };
  }
  const range = rangeOf(request, version);
  const isEmpty = range !== undefined && range.end < range.start;
  const reply = {
    status: range ? 206 : 200,
    headers: headersFor(store, request, version, isEmpty ? undefined : range),
  };
  return {
    version,
    reply,
    start: range?.start ?? 0,
    size: range ? range.end - range.start + 1 : version.size,
  };
};

/** An iterator whose first result is known. Not a generator: its end must be told even if nobody began to read. */
const after = <T>(first: IteratorResult<T>, rest: AsyncGenerator<T>): AsyncIterableIterator<T> => {
  const known = [first];
  return {
    next: async () => known.pop() ?? rest.next(),
    return: () => rest.return(undefined),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
};

/**
 * GetObject. Each piece is checked before it is sent: if the first one is damaged, the answer is an error, and if a later one is,
 * the connection ends there. If the bytes are replaced between finding and opening them, they are looked up again.
 */
export const getObject = async (store: Store, request: S3Request): Promise<Reply> => {
  let seen: string | undefined;
  for (;;) {
    const { version, reply, start, size } = await read(store, request);
    if (reply.status === 304) return reply;
    const bytes = store.blobs.read(bytesOf(version), { start, end: start + size - 1 });
    try {
      return { ...reply, body: { bytes: after(await bytes.next(), bytes), size } };
    } catch (error) {
      const isReplaced = error instanceof DamagedBlob && error.isMissing && version.blob !== seen;
      if (!isReplaced) throw error;
      seen = version.blob;
    }
  }
};

/** HeadObject. */
export const headObject = async (store: Store, request: S3Request): Promise<Reply> => {
  const { reply, size } = await read(store, request);
  if (reply.status === 304) return reply;
  return { ...reply, headers: { ...reply.headers, 'content-length': String(size) } };
};

const wholeChecksum = ({ checksum }: Version): Element[] =>
  checksum ? checksumElements({ ...checksum, value: checksum.value.replace(/-\d+$/, '') }) : [];

const partElements = ({ parts = [], checksum }: Version): Element[] => [
  ['PartsCount', parts.length],
  ...parts.map(({ size, checksum: value }, index): Element => {
    const own: Element[] = checksum ? [[checksumElement(checksum.algorithm), value]] : [];
    return ['Part', [['PartNumber', index + 1], ['Size', size], ...own]];
  }),
];

/** GetObjectAttributes. */
export const getObjectAttributes = async (store: Store, request: S3Request): Promise<Reply> => {
  const version = await findStored(store, request.bucket, request.key, request.query.get('versionId'));
  const asked = (request.header('x-amz-object-attributes') ?? '').split(',').map((name) => name.trim());
  const answers: Record<string, Element> = {
    ETag: ['ETag', version.etag],
    Checksum: ['Checksum', wholeChecksum(version)],
    ObjectParts: ['ObjectParts', version.parts && partElements(version)],
    StorageClass: ['StorageClass', version.headers['x-amz-storage-class'] ?? 'STANDARD'],
    ObjectSize: ['ObjectSize', version.size],
  };
  if (!asked.every((name) => Object.hasOwn(answers, name)))
    throw new S3Error('InvalidArgument', { message: 'Invalid attribute name specified.' });
  const found = Object.entries(answers).flatMap(([name, element]) => (asked.includes(name) ? [element] : []));
  const { 'last-modified': lastModified, 'x-amz-version-id': id } = validators(
    store.buckets.named(request.bucket),
    version,
  );
  return xmlReply('GetObjectAttributesResponse', found, {
    'last-modified': lastModified,
    'x-amz-version-id': id,
  });
};
