import { S3Error } from './error.ts';
import { versionsOf } from './index-keys.ts';
import { checksumKind, keyWriter, owner, prefixElement } from './list-objects.ts';
import { type Line, listPage } from './listing.ts';
import { checkVersionId } from './object-store.ts';
import type { Version } from './records.ts';
import { type Reply, xmlReply } from './reply.ts';
import { numberIn, type S3Request } from './request.ts';
import type { Store } from './store.ts';
import { sequenceOf } from './version-ids.ts';
import type { Element } from './xml.ts';

const versionElement = (version: Version, isLatest: boolean, write: (key: string) => string): Element => {
  const identity = [
    ['Key', write(version.key)],
    ['VersionId', version.versionId],
    ['IsLatest', isLatest],
    ['LastModified', version.lastModified],
  ] as const;
  if (version.blob === undefined) return ['DeleteMarker', [...identity, ['Owner', owner]]];
  return [
    'Version',
    [
      ...identity,
      ['ETag', `"${version.etag}"`],
      ...checksumKind(version),
      ['Size', version.size],
      ['Owner', owner],
      ['StorageClass', version.headers['x-amz-storage-class'] ?? 'STANDARD'],
    ],
  ];
};

// An id contains its position, even if the version was removed after the previous page.
const markedEntry = async (store: Store, bucket: string, key: string, versionId: string) => {
  if (versionId === '') return undefined;
  if (key === '')
    throw new S3Error('InvalidArgument', {
      message: 'A version-id marker cannot be specified without a key marker.',
      details: { ArgumentName: 'version-id-marker', ArgumentValue: versionId },
    });
  checkVersionId(versionId, 'version-id-marker');
  return sequenceOf(versionId) ?? (await store.objects.find(bucket, key, versionId))?.sequence;
};

const nextMarkers = (line: Line<Version> | undefined, write: (key: string) => string): Element[] => {
  if (line === undefined) return [];
  if ('prefix' in line) return [['NextKeyMarker', write(line.prefix)]];
  return [
    ['NextKeyMarker', write(line.entry.key)],
    ['NextVersionIdMarker', line.entry.versionId],
  ];
};

/** ListObjectVersions: a key's newest version first. */
export const listObjectVersions = async (store: Store, { bucket, query }: S3Request): Promise<Reply> => {
  store.buckets.named(bucket);
  const write = keyWriter(query);
  const after = query.get('key-marker') ?? '';
  const versionIdMarker = query.get('version-id-marker') ?? '';
  const page = {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    limit: numberIn(query, 'max-keys', 1000),
    after,
    afterEntry: await markedEntry(store, bucket, after, versionIdMarker),
  };
  const { lines, isTruncated } = await listPage<Version>({
    ...page,
    positions: versionsOf(bucket),
    open: store.index.versions.cursor,
  });
  return xmlReply('ListVersionsResult', [
    ['Name', bucket],
    ['Prefix', write(page.prefix)],
    ['KeyMarker', write(after)],
    ['VersionIdMarker', versionIdMarker],
    ...(isTruncated ? nextMarkers(lines.at(-1), write) : []),
    ['Delimiter', page.delimiter === '' ? undefined : write(page.delimiter)],
    ['MaxKeys', page.limit],
    ['EncodingType', query.get('encoding-type') ?? undefined],
    ['IsTruncated', isTruncated],
    ...lines.map((line) =>
      'prefix' in line ? prefixElement(line.prefix, write) : versionElement(line.entry, line.isFirst, write),
    ),
  ]);
};
