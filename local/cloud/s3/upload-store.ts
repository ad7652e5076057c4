import type { Blobs } from './blobs.ts';
import type { BucketStore } from './bucket-store.ts';
import { S3Error } from './error.ts';
import type { Change, ObjectIndex } from './object-index.ts';
import type { Part, Upload } from './records.ts';
import type { Turns } from './turns.ts';
import { makeId, sequenceOf } from './version-ids.ts';

type Parts = {
  readonly index: ObjectIndex;
  readonly blobs: Blobs;
  readonly buckets: BucketStore;
  readonly turns: Turns;
  readonly clock: () => Date;
};

/** Opens the multipart uploads of all buckets. */
export const openUploads = ({ index, blobs, buckets, turns, clock }: Parts) => {
  const named = async (bucket: string, key: string, uploadId: string): Promise<Upload> => {
    const sequence = sequenceOf(uploadId);
    const upload = sequence === undefined ? undefined : await index.uploads.get(bucket, key, sequence);
    if (upload?.uploadId !== uploadId) throw new S3Error('NoSuchUpload', { details: { UploadId: uploadId } });
    return upload;
  };

  const ending = (upload: Upload, parts: readonly Part[]): Change[] => [
    index.uploads.remove(upload),
    ...parts.flatMap((part) => [index.parts.remove(upload.uploadId, part), index.leftovers.put(part.blob)]),
  ];

  const sweep = async (parts: readonly Part[]): Promise<void> => {
    for (const part of parts) await blobs.discard(part.blob);
  };

  return {
    /** Finds an upload; NoSuchUpload if there is none. */
    named,

    /** The parts of an upload, by number. */
    parts: (upload: Upload): Promise<Part[]> => index.parts.all(upload.uploadId),

    /** Starts an upload. */
    begin(draft: Omit<Upload, 'sequence' | 'uploadId' | 'initiated'>): Promise<Upload> {
      return turns.take(async (sequence) => {
        buckets.named(draft.bucket);
        const upload = { ...draft, sequence, uploadId: makeId(sequence), initiated: clock().toISOString() };
        await index.write([index.sequence.put(sequence), index.uploads.put(upload)]);
        return upload;
      });
    },

    /** Makes a written blob a part and replaces one with the same number; if the upload has ended, the blob is removed. */
    async addPart({ bucket, key, uploadId }: Upload, draft: Omit<Part, 'lastModified'>): Promise<Part> {
      const part = { ...draft, lastModified: clock().toISOString() };
      try {
        const replaced = await turns.take(async () => {
          await named(bucket, key, uploadId);
          const before = await index.parts.get(uploadId, part.number);
          const leftover = before ? [index.leftovers.put(before.blob)] : [];
          await index.write([
            index.leftovers.remove(part.blob),
            ...leftover,
            index.parts.put(uploadId, part),
          ]);
          return before ? [before] : [];
        });
        await sweep(replaced);
        return part;
      } catch (error) {
        await blobs.discard(part.blob);
        throw error;
      }
    },

    /** Ends an upload that has become an object; NoSuchUpload if another request has ended it. */
    async ended({ bucket, key, uploadId }: Upload): Promise<Change[]> {
      const upload = await named(bucket, key, uploadId);
      return ending(upload, await index.parts.all(uploadId));
    },

    /** Ends an upload without creating an object. */
    async abort({ bucket, key, uploadId }: Upload): Promise<void> {
      const parts = await turns.take(async () => {
        const upload = await named(bucket, key, uploadId);
        const all = await index.parts.all(uploadId);
        await index.write(ending(upload, all));
        return all;
      });
      await sweep(parts);
    },

    /** Removes the bytes of parts that are no longer listed. */
    sweep,
  };
};
