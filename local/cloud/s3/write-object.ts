import { checksumElements, defaultAlgorithm } from './checksums.ts';
import { checkCopySource, writeConditions } from './conditions.ts';
import { S3Error } from './error.ts';
import { copyingTags, readingSource } from './needs.ts';
import { checksumHeaders, descriptionOf, tagsOf, versionHeader } from './object-headers.ts';
import type { Draft } from './object-store.ts';
import { bytesOf, findStored, type Stored } from './read-object.ts';
import type { Description, Version } from './records.ts';
import { type Reply, xmlReply } from './reply.ts';
import { decodeUri, type S3Request } from './request.ts';
import { chosenAlgorithm, receiveBody } from './request-body.ts';
import type { Store } from './store.ts';
import type { Element } from './xml.ts';

const largestCopy = 5 * 1024 ** 3;

/** PutObject. */
export const putObject = async (store: Store, request: S3Request): Promise<Reply> => {
  const bucket = store.buckets.named(request.bucket);
  const conditions = writeConditions(request.header);
  const description = descriptionOf(request);
  const { blob, algorithm, checksum } = await receiveBody(store.blobs, request);
  const { key } = request;
  const version = await store.objects.commit(
    bucket.name,
    {
      ...description,
      key,
      blob: blob.id,
      sums: blob.sums,
      size: blob.size,
      etag: blob.md5,
      checksum: { algorithm, value: checksum, type: 'FULL_OBJECT' },
    },
    { reason: 'PutObject', conditions },
  );
  const headers = { ...versionHeader(bucket, version.versionId), ...checksumHeaders(version.checksum) };
  return { status: 200, headers: { etag: `"${version.etag}"`, ...headers } };
};

type CopySource = { readonly bucket: string; readonly key: string; readonly versionId: string | null };

const copySourceOf = ({ header }: S3Request): CopySource => {
  const text = (header('x-amz-copy-source') ?? '').replace(/^\//, '');
  const [, encoded = '', versionId] = /^(.*?)(?:\?versionId=([^?]*))?$/s.exec(text) ?? [];
  const path = decodeUri(encoded.replaceAll('+', ' ')).replace(/^\//, '');
  const slash = path.indexOf('/');
  if (slash < 1 || slash === path.length - 1)
    throw new S3Error('InvalidArgument', {
      message: 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      details: { ArgumentName: 'x-amz-copy-source', ArgumentValue: text },
    });
  const named = versionId === undefined ? null : decodeUri(versionId);
  return { bucket: path.slice(0, slash), key: path.slice(slash + 1), versionId: named };
};

/** Finds the version that a copy reads, and checks the request's conditions on it. */
export const findCopySource = async (
  store: Store,
  request: S3Request,
): Promise<Stored & { bucket: string }> => {
  const copied = copySourceOf(request);
  const { bucket, key, versionId } = copied;
  request.expect(readingSource(copied));
  try {
    const source = await findStored(store, bucket, key, versionId);
    checkCopySource(request.header, source);
    if (takesTags(request, source)) request.expect(copyingTags(copied, request));
    return { ...source, bucket };
  } catch (error) {
    if (!(error instanceof S3Error) || error.name !== 'MethodNotAllowed') throw error;
    throw new S3Error('InvalidRequest', {
      message: 'The source of a copy request may not specifically refer to a delete marker by version id.',
    });
  }
};

const directive = ({ header }: S3Request, name: string): 'COPY' | 'REPLACE' => {
  const value = header(name) ?? 'COPY';
  if (value === 'COPY' || value === 'REPLACE') return value;
  throw new S3Error('InvalidArgument', {
    message: `Unknown ${name === 'x-amz-metadata-directive' ? 'metadata' : 'tagging'} directive.`,
    details: { ArgumentName: name, ArgumentValue: value },
  });
};

const describeCopy = (request: S3Request, source: Stored): Description => {
  const isOwn = directive(request, 'x-amz-metadata-directive') === 'REPLACE';
  const isOwnTags = directive(request, 'x-amz-tagging-directive') === 'REPLACE';
  const described = isOwn ? descriptionOf(request) : source;
  return {
    headers: described.headers,
    metadata: described.metadata,
    tags: isOwnTags ? tagsOf(request) : source.tags,
  };
};

/** A part is copied without tags. */
const takesTags = (request: S3Request, { tags }: Stored): boolean =>
  !request.query.has('uploadId') &&
  Object.keys(tags).length > 0 &&
  directive(request, 'x-amz-tagging-directive') === 'COPY';

const rejectIdleCopy = (request: S3Request, source: Stored & { bucket: string }): void => {
  const isSame = source.bucket === request.bucket && source.key === request.key;
  const isVersionNamed = request.header('x-amz-copy-source')?.includes('?versionId=') ?? false;
  const isChanged =
    directive(request, 'x-amz-metadata-directive') === 'REPLACE' ||
    request.header('x-amz-storage-class') !== undefined ||
    request.header('x-amz-server-side-encryption') !== undefined;
  if (!isSame || isVersionNamed || isChanged) return;
  throw new S3Error('InvalidRequest', {
    message:
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  });
};

type CopiedBytes = Pick<Draft, 'blob' | 'sums' | 'etag' | 'size' | 'checksum'>;

// An object made of parts becomes one that was put as a whole, with its tags and checksums.
const copyBytes = async ({ blobs }: Store, request: S3Request, source: Stored): Promise<CopiedBytes> => {
  const { checksum, etag, size, sums } = source;
  const algorithm = chosenAlgorithm(request) ?? checksum?.algorithm ?? defaultAlgorithm;
  const isWhole = !etag.includes('-') && checksum?.type === 'FULL_OBJECT' && checksum.algorithm === algorithm;
  if (isWhole) {
    const blob = await blobs.duplicate(bytesOf(source));
    return { blob, ...(sums === undefined ? {} : { sums }), etag, size, checksum };
  }
  const blob = await blobs.write(blobs.read(bytesOf(source)), [algorithm]);
  const value = blob.checksums[algorithm] ?? '';
  return {
    blob: blob.id,
    sums: blob.sums,
    etag: blob.md5,
    size: blob.size,
    checksum: { algorithm, value, type: 'FULL_OBJECT' },
  };
};

const copyResult = ({ lastModified, etag, checksum }: Version): Element[] => [
  ['LastModified', lastModified],
  ['ETag', `"${etag}"`],
  ...(checksum ? checksumElements(checksum) : []),
];

/** CopyObject. */
export const copyObject = async (store: Store, request: S3Request): Promise<Reply> => {
  const bucket = store.buckets.named(request.bucket);
  const conditions = writeConditions(request.header);
  const source = await findCopySource(store, request);
  rejectIdleCopy(request, source);
  if (source.size > largestCopy)
    throw new S3Error('InvalidRequest', {
      message:
        'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120',
    });
  const description = describeCopy(request, source);
  const bytes = await copyBytes(store, request, source);
  const version = await store.objects.commit(
    bucket.name,
    { ...description, ...bytes, key: request.key },
    { reason: 'CopyObject', conditions },
  );
  const sourceHeader = { 'x-amz-copy-source-version-id': source.versionId };
  const isSourceVersioned = store.buckets.named(source.bucket).versioning !== undefined;
  return xmlReply('CopyObjectResult', copyResult(version), {
    ...versionHeader(bucket, version.versionId),
    ...(isSourceVersioned ? sourceHeader : {}),
  });
};
