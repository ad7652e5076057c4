import { describe, expect, test } from 'vitest';
import { follow } from '../../../cli/follow/follow.ts';
import { ledgerOn } from '../../../functions/adapters/dynamo-ledger.ts';
import { ledgerWith } from '../../functions/partly.ts';
import type { StoredBatch, StoredFile, StoredRebuild } from '../../functions/records.ts';
import { memoryItems } from '../../simulation/tables.ts';
import { fileRecord, landedFile } from '../whereabouts.ts';

type Moment = {
  readonly record?: StoredFile;
  readonly batch?: StoredBatch['state'];
  /** Marts in whose KPIs the file's batch is not yet. */
  readonly pending?: readonly string[];
  /** Batches that the newest rebuild tried, and failed. */
  readonly failed?: readonly string[];
};

const emptySpec = {
  mart: '',
  seq: 1,
  as_of: '',
  unload: '',
  statements: [],
  kpis: [],
  applied: { models: {} },
};

/** Follows one file through moments, one a look, and answers the stages that were told. */
const stagesOf = async (
  moments: readonly Moment[],
  marts: readonly string[] = ['listening'],
): Promise<string[]> => {
  const told: string[] = [];
  const now = (): Moment => moments[told.length] ?? moments.at(-1) ?? {};
  const batch = { id: 'b1' } as StoredBatch;
  const ledger = ledgerWith(ledgerOn(memoryItems().items), {
    files: { find: async () => now().record },
    batches: { find: async () => ({ ...batch, state: now().batch ?? 'open' }) as StoredBatch },
    leases: { find: async (name) => ({ name, fence: 1 }) },
    rebuilds: {
      pending: async (mart) => (now().pending?.includes(mart) ? ['b1'] : []),
      find: async (id) => (now().failed ? ({ id, state: 'failed' } as StoredRebuild) : undefined),
    },
  });
  const readText = async () => JSON.stringify({ ...emptySpec, rebuild: 'r1', batches: now().failed });
  const ports = { ledger, files: { readText }, martsOf: () => marts };
  await follow(ports, [landedFile()], ([one]) => void told.push(one?.stage ?? ''));
  return told;
};

const claimed = fileRecord('claimed', { batch_id: 'b1' });
const published = fileRecord('published', { batch_id: 'b1' });
const archived = { ...published, archived_at: '2026-01-01T00:00:01.000Z' };
const pending = ['listening'];

describe('following a file', () => {
  test('tells each place on its way to the KPIs and ends there', async () => {
    const stages = await stagesOf([
      {},
      { record: fileRecord('landed') },
      { record: fileRecord('accepted') },
      { record: claimed, batch: 'transforming' },
      { record: claimed, batch: 'checking' },
      { record: published, batch: 'checking' },
      { record: archived, batch: 'published', pending },
      { record: archived, batch: 'published' },
    ]);
    expect(stages).toEqual([
      'landing',
      'landed',
      'accepted',
      'transforming',
      'checking',
      'published',
      'published',
      'in KPIs',
    ]);
  });

  test('waits for the archive when the KPIs are first', async () => {
    const stages = await stagesOf([
      { record: published, batch: 'published' },
      { record: archived, batch: 'published' },
    ]);
    expect(stages).toEqual(['in KPIs', 'in KPIs']);
  });

  test('ends as published where no model reads its dataset', async () => {
    expect(await stagesOf([{ record: archived, batch: 'published' }], [])).toEqual(['published']);
  });

  test('never goes back when its batch fails and gives it back', async () => {
    const stages = await stagesOf([
      { record: claimed, batch: 'checking' },
      { record: fileRecord('accepted', { reason: 'out of memory', failed_runs: 1 }) },
      { record: fileRecord('landed') },
      { record: claimed, batch: 'transforming' },
      { record: fileRecord('parked') },
    ]);
    expect(stages).toEqual(['checking', 'checking', 'checking', 'checking', 'parked']);
  });

  test('ends as published when the rebuild that tried all that is pending has failed', async () => {
    const record = archived;
    const stages = await stagesOf([
      { record, batch: 'published', pending },
      { record, batch: 'published', pending, failed: ['b0'] },
      { record: published, batch: 'published', pending, failed: ['b1'] },
      { record, batch: 'published', pending, failed: ['b1'] },
    ]);
    expect(stages).toEqual(Array.from({ length: 4 }, () => 'published'));
  });

  test.each([
    ['waiting', fileRecord('landed', { reason: 'waits for data/streams/manifest.json' })],
    ['waiting', fileRecord('accepted', { reason: 'waits until sql/silver/streams.sql is deployed' })],
    ['quarantined', fileRecord('quarantined')],
    ['missing', fileRecord('missing')],
    ['parked', fileRecord('parked')],
    ['ignored', fileRecord('ignored', { archived_at: '2026-01-01T00:00:01.000Z' })],
  ])('ends with a file that is %s', async (stage, record) => {
    expect(await stagesOf([{ record }])).toEqual([stage]);
  });
});
