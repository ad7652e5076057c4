import * as z from 'zod';
import type { Blob } from './blobs.ts';
import { type Checksum, checksumElement, checksumElements, compositeOf, multipartEtag } from './checksums.ts';
import { writeConditions } from './conditions.ts';
import { S3Error } from './error.ts';
import { versionHeader } from './object-headers.ts';
import type { Draft } from './object-store.ts';
import type { Part, Upload } from './records.ts';
import { type Reply, xmlReply } from './reply.ts';
import type { S3Request } from './request.ts';
import { receiveText } from './request-body.ts';
import type { Store } from './store.ts';
import { uploadOf } from './upload-part.ts';
import { parseXml } from './xml.ts';

const smallestPart = 5 * 1024 ** 2;

const ListedPart = z
  .object({ PartNumber: z.string().regex(/^\s*\d{1,5}\s*$/), ETag: z.string() })
  .catchall(z.string());
type ListedPart = z.infer<typeof ListedPart>;
const Completion = z.object({
  CompleteMultipartUpload: z.object({ Part: z.array(ListedPart).min(1).max(10_000) }),
});

const readList = async (request: S3Request): Promise<ListedPart[]> => {
  const parsed = Completion.safeParse(parseXml(await receiveText(request, { isOfBody: false })));
  if (!parsed.success) throw new S3Error('MalformedXML');
  const parts = parsed.data.CompleteMultipartUpload.Part;
  const isAscending = parts.every(
    ({ PartNumber }, index) => index === 0 || Number(parts[index - 1]?.PartNumber) < Number(PartNumber),
  );
  if (!isAscending) throw new S3Error('InvalidPartOrder');
  return parts;
};

const pick = (upload: Upload, held: ReadonlyMap<number, Part>, listed: ListedPart): Part => {
  const part = held.get(Number(listed.PartNumber));
  const declared = listed[checksumElement(upload.checksum.algorithm)];
  const isSame = part?.etag === listed.ETag.trim().replace(/^"(.*)"$/, '$1');
  if (part && isSame && (declared === undefined || declared === part.checksum)) return part;
  throw new S3Error('InvalidPart', {
    details: { UploadId: upload.uploadId, PartNumber: listed.PartNumber, ETag: listed.ETag },
  });
};

const checkSizes = (parts: readonly Part[], { header }: S3Request): void => {
  const small = parts.slice(0, -1).find(({ size }) => size < smallestPart);
  if (small)
    throw new S3Error('EntityTooSmall', {
      details: {
        ProposedSize: String(small.size),
        MinSizeAllowed: String(smallestPart),
        PartNumber: String(small.number),
        ETag: small.etag,
      },
    });
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const declared = header('x-amz-mp-object-size');
  if (declared === undefined || Number(declared) === size) return;
  throw new S3Error('InvalidRequest', {
    message: `The provided 'x-amz-mp-object-size' header value ${declared} does not match what was computed: ${size}`,
  });
};

const assemble = async ({ blobs }: Store, { key, checksum }: Upload, parts: readonly Part[]) => {
  const named = parts.map((part) => ({ ...part, about: `part ${part.number} of an upload of ${key}` }));
  const [only, ...others] = named;
  if (only && others.length === 0) {
    const { sums, checksum: whole } = only;
    return { id: await blobs.duplicate(only), ...(sums === undefined ? {} : { sums }), whole };
  }
  const wanted = checksum.type === 'FULL_OBJECT' ? [checksum.algorithm] : [];
  const { id, sums, checksums }: Blob = await blobs.write(blobs.readAll(named), wanted);
  return { id, sums, whole: checksums[checksum.algorithm] ?? '' };
};

const checksumOf = async (upload: Upload, parts: readonly Part[], whole: string): Promise<Checksum> => {
  const { algorithm, type } = upload.checksum;
  const values = parts.map(({ checksum }) => checksum);
  return { algorithm, type, value: type === 'FULL_OBJECT' ? whole : await compositeOf(algorithm, values) };
};

const checkDeclared = ({ header }: S3Request, { algorithm, type, value }: Checksum): void => {
  const declared = header(`x-amz-checksum-${algorithm}`);
  if (declared === undefined || type === 'COMPOSITE' || declared === value) return;
  throw new S3Error('BadDigest', {
    message: `The ${algorithm} you specified did not match the calculated checksum.`,
  });
};

const draftFrom = async (
  store: Store,
  request: S3Request,
  upload: Upload,
  parts: readonly Part[],
): Promise<Draft> => {
  const { id, whole, ...sums } = await assemble(store, upload, parts);
  const checksum = await checksumOf(upload, parts, whole);
  try {
    checkDeclared(request, checksum);
  } catch (error) {
    await store.blobs.discard(id);
    throw error;
  }
  const { key, headers, metadata, tags } = upload;
  return {
    key,
    headers,
    metadata,
    tags,
    blob: id,
    ...sums,
    checksum,
    etag: multipartEtag(parts.map(({ etag }) => etag)),
    size: parts.reduce((sum, part) => sum + part.size, 0),
    parts: parts.map((part) => ({ size: part.size, checksum: part.checksum })),
  };
};

/** CompleteMultipartUpload. */
export const completeUpload = async (store: Store, request: S3Request): Promise<Reply> => {
  const upload = await uploadOf(store, request);
  const conditions = writeConditions(request.header);
  const listed = await readList(request);
  const held = await store.uploads.parts(upload);
  const byNumber = new Map(held.map((part) => [part.number, part]));
  const parts = listed.map((part) => pick(upload, byNumber, part));
  checkSizes(parts, request);
  const draft = await draftFrom(store, request, upload, parts);
  const version = await store.objects.commit(request.bucket, draft, {
    reason: 'CompleteMultipartUpload',
    conditions,
    also: () => store.uploads.ended(upload),
  });
  await store.uploads.sweep(held);
  return xmlReply(
    'CompleteMultipartUploadResult',
    [
      ['Location', `/${request.bucket}/${encodeURIComponent(request.key)}`],
      ['Bucket', request.bucket],
      ['Key', request.key],
      ['ETag', `"${version.etag}"`],
      ...(version.checksum ? checksumElements(version.checksum) : []),
    ],
    versionHeader(store.buckets.named(request.bucket), version.versionId),
  );
};
