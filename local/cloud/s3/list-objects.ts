import { S3Error } from './error.ts';
import { versionsOf } from './index-keys.ts';
import { encodeKey, type Line, listPage } from './listing.ts';
import type { Version } from './records.ts';
import { type Reply, xmlReply } from './reply.ts';
import { numberIn, type S3Request } from './request.ts';
import type { Store } from './store.ts';
import type { Element } from './xml.ts';

/** The owner of everything here. */
export const owner: readonly Element[] = [
  ['ID', '0'.repeat(64)],
  ['DisplayName', 'soundcheck'],
];

/** Reads `encoding-type` and returns how to write keys. */
export const keyWriter = (query: URLSearchParams): ((key: string) => string) => {
  const encoding = query.get('encoding-type');
  if (encoding === null || encoding === '') return (key) => key;
  if (encoding === 'url') return encodeKey;
  throw new S3Error('InvalidArgument', {
    message: 'Invalid Encoding Method specified in Request',
    details: { ArgumentName: 'encoding-type', ArgumentValue: encoding },
  });
};

/** The elements for a version's checksum in a listing. */
export const checksumKind = ({ checksum }: Version): Element[] =>
  checksum
    ? [
        ['ChecksumAlgorithm', checksum.algorithm.toUpperCase()],
        ['ChecksumType', checksum.type],
      ]
    : [];

const contentsElement = (version: Version, write: (key: string) => string, isOwned: boolean): Element => [
  'Contents',
  [
    ['Key', write(version.key)],
    ['LastModified', version.lastModified],
    ['ETag', `"${version.etag}"`],
    ...checksumKind(version),
    ['Size', version.size],
    ...(isOwned ? [['Owner', owner] as const] : []),
    ['StorageClass', version.headers['x-amz-storage-class'] ?? 'STANDARD'],
  ],
];

/** The element of a rolled-up prefix. */
export const prefixElement = (prefix: string, write: (key: string) => string): Element => [
  'CommonPrefixes',
  [['Prefix', write(prefix)]],
];

const nameOf = (line: Line<Version> | undefined): string =>
  line === undefined ? '' : 'prefix' in line ? line.prefix : line.entry.key;

const isCurrent = (version: Version, isFirst: boolean): boolean => isFirst && version.blob !== undefined;

/** Lists the newest versions, without delete markers. */
export const listCurrent = (
  { index }: Pick<Store, 'index'>,
  bucket: string,
  page: { prefix: string; delimiter: string; after: string; limit: number },
) =>
  listPage<Version>({
    ...page,
    positions: versionsOf(bucket),
    open: index.versions.cursor,
    isListed: isCurrent,
  });

const listed = (
  lines: readonly Line<Version>[],
  write: (key: string) => string,
  isOwned: boolean,
): Element[] =>
  lines.map((line) =>
    'prefix' in line ? prefixElement(line.prefix, write) : contentsElement(line.entry, write, isOwned),
  );

const pageIn = (query: URLSearchParams) => ({
  prefix: query.get('prefix') ?? '',
  delimiter: query.get('delimiter') ?? '',
  limit: numberIn(query, 'max-keys', 1000),
});

const encodeToken = (name: string): string => Buffer.from(name).toString('base64url');

const decodeToken = (token: string): string => {
  const name = Buffer.from(token, 'base64url').toString();
  if (token !== '' && encodeToken(name) === token) return name;
  throw new S3Error('InvalidArgument', {
    message: 'The continuation token provided is incorrect',
    details: { ArgumentName: 'continuation-token' },
  });
};

/** ListObjectsV2. */
export const listObjectsV2 = async (store: Store, { bucket, query }: S3Request): Promise<Reply> => {
  store.buckets.named(bucket);
  const write = keyWriter(query);
  const page = pageIn(query);
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after');
  const after = token === null ? (startAfter ?? '') : decodeToken(token);
  const { lines, isTruncated } = await listCurrent(store, bucket, { ...page, after });
  return xmlReply('ListBucketResult', [
    ['Name', bucket],
    ['Prefix', write(page.prefix)],
    ['Delimiter', page.delimiter === '' ? undefined : write(page.delimiter)],
    ['MaxKeys', page.limit],
    ['EncodingType', query.get('encoding-type') ?? undefined],
    ['KeyCount', lines.length],
    ['IsTruncated', isTruncated],
    ['ContinuationToken', token ?? undefined],
    ['NextContinuationToken', isTruncated ? encodeToken(nameOf(lines.at(-1))) : undefined],
    ['StartAfter', startAfter === null ? undefined : write(startAfter)],
    ...listed(lines, write, query.get('fetch-owner') === 'true'),
  ]);
};

/** ListObjects, the first version. */
export const listObjects = async (store: Store, { bucket, query }: S3Request): Promise<Reply> => {
  store.buckets.named(bucket);
  const write = keyWriter(query);
  const page = pageIn(query);
  const marker = query.get('marker') ?? '';
  const { lines, isTruncated } = await listCurrent(store, bucket, { ...page, after: marker });
  const next = isTruncated && page.delimiter !== '' ? write(nameOf(lines.at(-1))) : undefined;
  return xmlReply('ListBucketResult', [
    ['Name', bucket],
    ['Prefix', write(page.prefix)],
    ['Marker', write(marker)],
    ['NextMarker', next],
    ['Delimiter', page.delimiter === '' ? undefined : write(page.delimiter)],
    ['MaxKeys', page.limit],
    ['EncodingType', query.get('encoding-type') ?? undefined],
    ['IsTruncated', isTruncated],
    ...listed(lines, write, true),
  ]);
};
