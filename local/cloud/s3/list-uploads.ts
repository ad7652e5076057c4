import { checksumElement } from './checksums.ts';
import { uploadsOf } from './index-keys.ts';
import { keyWriter, owner, prefixElement } from './list-objects.ts';
import { listPage } from './listing.ts';
import type { Upload } from './records.ts';
import { type Reply, xmlReply } from './reply.ts';
import { numberIn, type S3Request } from './request.ts';
import type { Store } from './store.ts';
import { uploadOf } from './upload-part.ts';
import { sequenceOf } from './version-ids.ts';
import type { Element } from './xml.ts';

const checksumKind = ({ checksum, isChecksumChosen }: Upload): Element[] =>
  isChecksumChosen
    ? [
        ['ChecksumAlgorithm', checksum.algorithm.toUpperCase()],
        ['ChecksumType', checksum.type],
      ]
    : [];

/** ListParts. */
export const listParts = async (store: Store, request: S3Request): Promise<Reply> => {
  const { bucket, key, query } = request;
  const upload = await uploadOf(store, request);
  const marker = numberIn(query, 'part-number-marker', 0, 10_000);
  const limit = numberIn(query, 'max-parts', 1000);
  const parts = (await store.uploads.parts(upload)).filter(({ number }) => number > marker);
  const page = parts.slice(0, limit);
  const algorithm = checksumElement(upload.checksum.algorithm);
  return xmlReply('ListPartsResult', [
    ['Bucket', bucket],
    ['Key', key],
    ['UploadId', upload.uploadId],
    ['Initiator', owner],
    ['Owner', owner],
    ['StorageClass', upload.headers['x-amz-storage-class'] ?? 'STANDARD'],
    ...checksumKind(upload),
    ['PartNumberMarker', marker],
    ['NextPartNumberMarker', page.at(-1)?.number ?? 0],
    ['MaxParts', limit],
    ['IsTruncated', limit > 0 && parts.length > limit],
    ...page.map(
      ({ number, lastModified, etag, size, checksum }): Element => [
        'Part',
        [
          ['PartNumber', number],
          ['LastModified', lastModified],
          ['ETag', `"${etag}"`],
          ['Size', size],
          [algorithm, upload.isChecksumChosen ? checksum : undefined],
        ],
      ],
    ),
  ]);
};

const uploadElement = (upload: Upload, write: (key: string) => string): Element => [
  'Upload',
  [
    ['Key', write(upload.key)],
    ['UploadId', upload.uploadId],
    ['Initiator', owner],
    ['Owner', owner],
    ['StorageClass', upload.headers['x-amz-storage-class'] ?? 'STANDARD'],
    ['Initiated', upload.initiated],
    ...checksumKind(upload),
  ],
];

/** ListMultipartUploads: a key's oldest upload first. */
export const listUploads = async (store: Store, { bucket, query }: S3Request): Promise<Reply> => {
  store.buckets.named(bucket);
  const write = keyWriter(query);
  const after = query.get('key-marker') ?? '';
  const idMarker = query.get('upload-id-marker') ?? '';
  const page = {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    limit: numberIn(query, 'max-uploads', 1000),
    after,
    afterEntry: after === '' ? undefined : sequenceOf(idMarker),
  };
  const { lines, isTruncated } = await listPage<Upload>({
    ...page,
    positions: uploadsOf(bucket),
    open: store.index.uploads.cursor,
  });
  const last = lines.at(-1);
  const next = last && ('prefix' in last ? { key: last.prefix, uploadId: '' } : last.entry);
  return xmlReply('ListMultipartUploadsResult', [
    ['Bucket', bucket],
    ['KeyMarker', write(after)],
    ['UploadIdMarker', idMarker],
    ['NextKeyMarker', next && write(next.key)],
    ['NextUploadIdMarker', next?.uploadId],
    ['Prefix', write(page.prefix)],
    ['Delimiter', page.delimiter === '' ? undefined : write(page.delimiter)],
    ['EncodingType', query.get('encoding-type') ?? undefined],
    ['MaxUploads', page.limit],
    ['IsTruncated', isTruncated],
    ...lines.map((line) =>
      'prefix' in line ? prefixElement(line.prefix, write) : uploadElement(line.entry, write),
    ),
  ]);
};
