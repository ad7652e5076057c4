import pLimit from 'p-limit';
import { S3Error } from './error.ts';
import type { ObjectIndex } from './object-index.ts';
import type { Bucket } from './records.ts';

export type BucketStore = Awaited<ReturnType<typeof openBuckets>>;

const validName = /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Opens the buckets; they are few, and also kept in memory. They change one after another, so that no change is lost. */
export const openBuckets = async (index: ObjectIndex, clock: () => Date) => {
  const buckets = new Map((await index.buckets.all()).map((bucket) => [bucket.name, bucket]));
  const one = pLimit(1);

  const save = async (bucket: Bucket): Promise<void> => {
    await index.write([index.buckets.put(bucket)]);
    buckets.set(bucket.name, bucket);
  };

  const named = (name: string): Bucket => {
    const bucket = buckets.get(name);
    if (!bucket) throw new S3Error('NoSuchBucket', { details: { BucketName: name } });
    return bucket;
  };

  return {
    /** Changes the settings of a bucket as it is now; NoSuchBucket if there is none. */
    change: (name: string, changed: (bucket: Bucket) => Bucket): Promise<void> =>
      one(() => save(changed(named(name)))),

    /** Finds a bucket; NoSuchBucket if there is none. */
    named,
    has: (name: string): boolean => buckets.has(name),
    all: (): Bucket[] => [...buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),

    /** Creates a bucket; InvalidBucketName, or BucketAlreadyOwnedByYou if the name exists. */
    create: (name: string, settings: Pick<Bucket, 'versioning' | 'isAnnounced'>): Promise<void> =>
      one(async () => {
        const details = { BucketName: name };
        if (!validName.test(name)) throw new S3Error('InvalidBucketName', { details });
        if (buckets.has(name)) throw new S3Error('BucketAlreadyOwnedByYou', { details });
        await save({ name, createdAt: clock().toISOString(), ...settings });
      }),

    /** Removes a bucket, which must be empty. */
    remove: (name: string): Promise<void> =>
      one(async () => {
        await index.write([index.buckets.remove(named(name).name)]);
        buckets.delete(name);
      }),
  };
};
