import type { Stage, Whereabouts } from '../../cli/follow/follow.ts';
import type { LandedFile } from '../../cli/target/landing.ts';
import type { AnyFile, FileState } from '../../functions/pipeline/records/file.ts';
import type { StoredFile } from '../functions/records.ts';

/** A landed file of listens, `streams1.csv` unless told. */
export const landedFile = (name = 'streams1.csv'): LandedFile => ({
  path: `/somewhere/${name}`,
  dataset: 'streams',
  name,
  key: `data/streams/${name}`,
  version: 'v1',
});

/** What the ledger knows of a landed file of ten records. */
export const fileRecord = (state: FileState, more: Partial<AnyFile> = {}): StoredFile =>
  ({
    key: 'data/streams/streams1.csv',
    version: 'v1',
    dataset: 'streams',
    state,
    rev: 1,
    number: 1,
    size: 100,
    landed_at: '2026-01-01T00:00:00.000Z',
    registered_at: '2026-01-01T00:00:00.000Z',
    failed_runs: 0,
    failed_alone: 0,
    records: 10,
    ...more,
  }) as StoredFile;

/** A file at a stage, with what the ledger knows of it. */
export const whereabouts = (stage: Stage, record?: StoredFile, name?: string): Whereabouts => ({
  file: landedFile(name),
  stage,
  isDone: true,
  ...(record ? { record } : {}),
});
