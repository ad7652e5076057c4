import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalS3, openS3 } from '../../../local/cloud/s3/s3.ts';
import { type Laptop, openLaptop } from './laptop.ts';

export const bucket = 'lake';

/** The laptop's S3 with one empty, versioned bucket, put into directly. */
export const openLake = async (): Promise<
  Laptop & { readonly put: (key: string, body: string) => Promise<string>; readonly s3: LocalS3 }
> => {
  const directory = await mkdtemp(join(tmpdir(), 'lake-'));
  const s3 = await openS3({ directory, onObject: () => {} });
  await s3.createBucket(bucket, { versioning: true, events: false });
  const laptop = await openLaptop({ s3 });
  return {
    ...laptop,
    s3,
    put: async (key, body) => (await s3.put(bucket, key, Buffer.from(body)))?.versionId ?? '',
    close: async () => {
      await laptop.close();
      await s3.close();
      await rm(directory, { recursive: true });
    },
  };
};
