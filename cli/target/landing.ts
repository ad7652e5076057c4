import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { FileVersion } from '../../functions/pipeline/lake-keys.ts';
import type { LocalFile } from './datasets.ts';

/** A file that was landed: its version in the lake. */
export type LandedFile = LocalFile & FileVersion & { readonly name: string };

/** Puts one file into its dataset's landing folder, streamed. */
export const landFile = async (bucket: string, { path, dataset }: LocalFile): Promise<LandedFile> => {
  const name = basename(path);
  const key = `data/${dataset}/${name}`;
  const { size } = await stat(path);
  const put = new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: createReadStream(path),
    ContentLength: size,
  });
  const client = new S3Client({});
  const { VersionId = '' } = await client.send(put).finally(() => client.destroy());
  return { path, dataset, name, key, version: VersionId };
};
