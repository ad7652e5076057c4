import type { AnyBatch, BatchRecord } from '../../functions/pipeline/records/batch.ts';
import type { AnyFile, FileRecord } from '../../functions/pipeline/records/file.ts';
import type { AnyRebuild, RebuildRecord } from '../../functions/pipeline/records/rebuild.ts';

/** Records as tests look at them: any fact can be asked for, whatever the state. */
export type StoredFile = FileRecord & AnyFile;
export type StoredBatch = BatchRecord & AnyBatch;
export type StoredRebuild = RebuildRecord & AnyRebuild;
