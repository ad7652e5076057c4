import { join } from 'node:path';
import { openAnnouncer } from './announcer.ts';
import { openBlobs } from './blobs.ts';
import { openBuckets } from './bucket-store.ts';
import { openIndex } from './object-index.ts';
import { openObjects } from './object-store.ts';
import type { ObjectEvent } from './records.ts';
import { openTurns } from './turns.ts';
import { openUploads } from './upload-store.ts';

export type StoreOptions = {
  readonly directory: string;
  readonly onObject: (event: ObjectEvent) => Promise<void> | void;
  readonly clock: () => Date;
  /** Nothing is changed and no event is passed on: leftovers stay. */
  readonly isReadOnly?: boolean;
};

export type Store = Awaited<ReturnType<typeof openStore>>;

/**
 * Opens the stored data of S3 in a folder: an index, and a file for each version's bytes. Only one process at a time may open
 * it.
 */
export const openStore = async ({ directory, onObject, clock, isReadOnly = false }: StoreOptions) => {
  const index = await openIndex(join(directory, 'index'));
  const blobs = openBlobs(join(directory, 'objects'), index);
  if (!isReadOnly) await blobs.recover();
  const announcer = openAnnouncer(index, onObject);
  const buckets = await openBuckets(index, clock);
  const turns = await openTurns(index);
  const objects = openObjects({ index, blobs, buckets, turns, announcer, clock });
  const uploads = openUploads({ index, blobs, buckets, turns, clock });
  if (!isReadOnly) await announcer.recover();
  return {
    index,
    blobs,
    buckets,
    turns,
    objects,
    uploads,
    close: async (): Promise<void> => {
      await announcer.close();
      await index.close();
    },
  };
};
