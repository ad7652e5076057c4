import { checksumElement, defaultAlgorithm } from './checksums.ts';
import { S3Error } from './error.ts';
import { descriptionOf } from './object-headers.ts';
import { readCopyRange } from './ranges.ts';
import { bytesOf } from './read-object.ts';
import type { Upload } from './records.ts';
import { type Reply, xmlReply } from './reply.ts';
import { numberIn, type S3Request } from './request.ts';
import { chosenAlgorithm, receiveBody } from './request-body.ts';
import type { Store } from './store.ts';
import { findCopySource } from './write-object.ts';

const mostParts = 10_000;

/** Finds the upload of a request. */
export const uploadOf = ({ uploads, buckets }: Store, { bucket, key, query }: S3Request): Promise<Upload> =>
  uploads.named(buckets.named(bucket).name, key, query.get('uploadId') ?? '');

const wholeOnly = ['crc64nvme'];
const wholeAble = ['crc32', 'crc32c', 'crc64nvme'];

const checksumOf = (request: S3Request): Pick<Upload, 'checksum' | 'isChecksumChosen'> => {
  const chosen = chosenAlgorithm(request);
  const algorithm = chosen ?? defaultAlgorithm;
  const type =
    request.header('x-amz-checksum-type') ?? (wholeOnly.includes(algorithm) ? 'FULL_OBJECT' : 'COMPOSITE');
  const isPossible = type === 'FULL_OBJECT' ? wholeAble.includes(algorithm) : !wholeOnly.includes(algorithm);
  if ((type !== 'FULL_OBJECT' && type !== 'COMPOSITE') || !isPossible)
    throw new S3Error('InvalidRequest', {
      message: `The ${type} checksum type cannot be used with the ${algorithm} checksum algorithm.`,
    });
  return { checksum: { algorithm, type }, isChecksumChosen: chosen !== undefined };
};

/** CreateMultipartUpload. */
export const createUpload = async (store: Store, request: S3Request): Promise<Reply> => {
  const { bucket, key } = request;
  const { headers, metadata, tags } = descriptionOf(request);
  const checksum = checksumOf(request);
  const upload = await store.uploads.begin({ bucket, key, headers, metadata, tags, ...checksum });
  const told = {
    'x-amz-checksum-algorithm': upload.checksum.algorithm.toUpperCase(),
    'x-amz-checksum-type': upload.checksum.type,
  };
  return xmlReply(
    'InitiateMultipartUploadResult',
    [
      ['Bucket', bucket],
      ['Key', key],
      ['UploadId', upload.uploadId],
    ],
    upload.isChecksumChosen ? told : {},
  );
};

const partNumber = ({ query }: S3Request): number => {
  const number = numberIn(query, 'partNumber', 0, mostParts + 1);
  if (number >= 1 && number <= mostParts) return number;
  throw new S3Error('InvalidArgument', {
    message: 'Part number must be an integer between 1 and 10000, inclusive',
    details: { ArgumentName: 'partNumber', ArgumentValue: query.get('partNumber') ?? '' },
  });
};

/** UploadPart. */
export const uploadPart = async (store: Store, request: S3Request): Promise<Reply> => {
  const number = partNumber(request);
  const upload = await uploadOf(store, request);
  const expected = upload.checksum.algorithm;
  const { blob, algorithm, checksum } = await receiveBody(store.blobs, request, expected);
  if (upload.isChecksumChosen && algorithm !== expected) {
    await store.blobs.discard(blob.id);
    throw new S3Error('InvalidRequest', {
      message: `Checksum Type mismatch occurred, expected checksum Type: ${expected}, actual checksum Type: ${algorithm}`,
    });
  }
  const { id, sums, size, md5: etag } = blob;
  await store.uploads.addPart(upload, {
    number,
    blob: id,
    sums,
    size,
    etag,
    checksum: blob.checksums[expected] ?? '',
  });
  return { status: 200, headers: { etag: `"${etag}"`, [`x-amz-checksum-${algorithm}`]: checksum } };
};

/** UploadPartCopy. */
export const uploadPartCopy = async (store: Store, request: S3Request): Promise<Reply> => {
  const number = partNumber(request);
  const upload = await uploadOf(store, request);
  const source = await findCopySource(store, request);
  const range = request.header('x-amz-copy-source-range');
  const { algorithm } = upload.checksum;
  const bytes = store.blobs.read(
    bytesOf(source),
    range === undefined ? undefined : readCopyRange(range, source.size),
  );
  const { id, sums, size, md5, checksums } = await store.blobs.write(bytes, [algorithm]);
  const checksum = checksums[algorithm] ?? '';
  const part = await store.uploads.addPart(upload, { number, blob: id, sums, size, etag: md5, checksum });
  const isVersioned = store.buckets.named(source.bucket).versioning !== undefined;
  return xmlReply(
    'CopyPartResult',
    [
      ['LastModified', part.lastModified],
      ['ETag', `"${part.etag}"`],
      [checksumElement(algorithm), upload.isChecksumChosen ? checksum : undefined],
    ],
    isVersioned ? { 'x-amz-copy-source-version-id': source.versionId } : {},
  );
};

/** AbortMultipartUpload. */
export const abortUpload = async (store: Store, request: S3Request): Promise<Reply> => {
  await store.uploads.abort(await uploadOf(store, request));
  return { status: 204 };
};
