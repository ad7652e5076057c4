import { S3Error } from './error.ts';
import type { ObjectIndex } from './object-index.ts';
import type { Bucket } from './records.ts';

export type BucketStore = Awaited<ReturnType<typeof openBuckets>>;

const validName = /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Opens the buckets; they are few, and also kept in memory. */
export const openBuckets = async (index: ObjectIndex, clock: () => Date) => {
  const buckets = new Map((await index.buckets.all()).map((bucket) => [bucket.name, bucket]));

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
    save,
    /** Finds a bucket; NoSuchBucket if there is none. */
    named,
    has: (name: string): boolean => buckets.has(name),
    all: (): Bucket[] => [...buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),

    /** Creates a bucket; InvalidBucketName, or BucketAlreadyOwnedByYou if the name exists. */
    async create(name: string, settings: Pick<Bucket, 'versioning' | 'isAnnounced'>): Promise<void> {
      if (!validName.test(name)) throw new S3Error('InvalidBucketName', { details: { BucketName: name } });
      if (buckets.has(name)) throw new S3Error('BucketAlreadyOwnedByYou', { details: { BucketName: name } });
      await save({ name, createdAt: clock().toISOString(), ...settings });
    },

    /** Removes an empty bucket. */
    async remove(name: string): Promise<void> {
      await index.write([index.buckets.remove(named(name).name)]);
      buckets.delete(name);
    },
  };
};
