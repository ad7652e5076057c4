import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { LocalS3 } from '../../../local/cloud/s3/s3.ts';

/** Objects of the emulator for an engine that reads files: each version is fetched into the folder when it is asked for. */
export const emulatorObjects = (endpoint: string, folder: string): Pick<LocalS3, 'locate' | 'put'> => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const s3 = new S3Client({ endpoint, region: 'eu-west-1', credentials, forcePathStyle: true });
  return {
    locate: async (Bucket, Key, VersionId) => {
      try {
        const found = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
        const { ETag: etag = '', VersionId: versionId = '', LastModified = new Date(0) } = found;
        const name = createHash('sha256')
          .update(JSON.stringify([Bucket, Key, versionId, etag]))
          .digest('hex');
        const path = join(folder, name);
        await mkdir(folder, { recursive: true });
        await writeFile(path, (await found.Body?.transformToByteArray()) ?? '');
        return {
          path,
          size: found.ContentLength ?? 0,
          versionId,
          etag,
          lastModified: LastModified.toISOString(),
        };
      } catch (error) {
        if (isOf(error, 'NoSuchKey', 'NoSuchVersion')) return undefined;
        throw error;
      }
    },
    put: async (Bucket, Key, body, { ifNoneMatch = false } = {}) => {
      const Body = Buffer.isBuffer(body) ? body : createReadStream(body.path);
      const ContentLength = Buffer.isBuffer(body) ? body.length : (await stat(body.path)).size;
      const condition = ifNoneMatch ? { IfNoneMatch: '*' } : {};
      try {
        const given = { Bucket, Key, Body, ContentLength, ...condition };
        const { VersionId = '', ETag = '' } = await s3.send(new PutObjectCommand(given));
        return { versionId: VersionId, etag: ETag };
      } catch (error) {
        if (isOf(error, 'PreconditionFailed')) return undefined;
        throw error;
      }
    },
  };
};

const isOf = (error: unknown, ...names: string[]): boolean =>
  error instanceof S3ServiceException && names.includes(error.name);
