import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { FileVersion } from '../pipeline/index.ts';

/** Largest object that one CopyObject can copy, and the size of a part of larger ones, in bytes. */
const largestCopy = 5 * 1024 ** 3;
const partSize = 1024 ** 3;

/** S3 answers when the copy is done: milliseconds for the largest one, and for a part. */
const copyTime = { requestTimeout: 300_000 };
const partTime = { requestTimeout: 120_000 };

type Copy = {
  readonly bucket: string;
  readonly from: FileVersion;
  readonly to: string;
  readonly size: number;
};

const sourceOf = ({ bucket, from }: Copy): string =>
  `${bucket}/${from.key.split('/').map(encodeURIComponent).join('/')}?versionId=${encodeURIComponent(from.version)}`;

/** S3's answer to a copy: its SHA-256 in hex, if S3 computed one over the whole object. */
type Copied = { readonly sha256?: string };

/** Copies one version to a new key inside S3, in parts if it is too large for one call; throws if the version is gone. */
export const copyVersion = async (client: S3Client, copy: Copy): Promise<Copied> => {
  if (copy.size > largestCopy) return copyInParts(client, copy);
  const target = { Bucket: copy.bucket, Key: copy.to };
  const answer = await client.send(
    new CopyObjectCommand({ ...target, CopySource: sourceOf(copy), ChecksumAlgorithm: 'SHA256' }),
    copyTime,
  );
  const checksum = answer.CopyObjectResult?.ChecksumSHA256;
  return checksum ? { sha256: Buffer.from(checksum, 'base64').toString('hex') } : {};
};

const copyInParts = async (client: S3Client, copy: Copy): Promise<Copied> => {
  const target = { Bucket: copy.bucket, Key: copy.to };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
  for (let start = 0; start < copy.size; start += partSize) {
    const PartNumber = Parts.length + 1;
    const CopySourceRange = `bytes=${start}-${Math.min(start + partSize, copy.size) - 1}`;
    const part = { ...target, UploadId, PartNumber, CopySource: sourceOf(copy), CopySourceRange };
    const { CopyPartResult } = await client.send(new UploadPartCopyCommand(part), partTime);
    Parts.push({ PartNumber, ETag: CopyPartResult?.ETag });
  }
  await client.send(
    new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }),
    partTime,
  );
  return {};
};
