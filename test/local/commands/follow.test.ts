import { describe, expect, test } from 'vitest';
import { ledgerOn } from '../../../functions/adapters/dynamo-ledger.ts';
import type { BatchRecord, FileRecord } from '../../../functions/domain/ledger.ts';
import type { Ledger } from '../../../functions/domain/ports.ts';
import { follow } from '../../../local/commands/follow.ts';
import { memoryItems } from '../../simulation/tables.ts';
import { fileRecord, landedFile } from './whereabouts.ts';

type Moment = {
  readonly record?: FileRecord;
  readonly batch?: BatchRecord['state'];
  readonly isPending?: boolean;
  readonly isRebuilt?: boolean;
};

/** Follows one file through moments, one a look, and answers the stages that were told. */
const stagesOf = async (moments: readonly Moment[]): Promise<string[]> => {
  const told: string[] = [];
  const now = (): Moment => moments[told.length] ?? moments.at(-1) ?? {};
  const batch = { id: 'b1' } as BatchRecord;
  const ledger: Ledger = {
    ...ledgerOn(memoryItems().items),
    file: async () => now().record,
    batch: async () => ({ ...batch, state: now().batch ?? 'open' }),
    pending: async () => (now().isPending ? ['b1'] : []),
  };
  const ports = { ledger, martsOf: () => ['listening'], isRebuilt: async () => now().isRebuilt ?? false };
  await follow(ports, [landedFile()], ([one]) => void told.push(one?.stage ?? ''));
  return told;
};

const claimed = fileRecord('claimed', { batch_id: 'b1' });
const published = fileRecord('published', { batch_id: 'b1' });
const archived = { ...published, archived_at: '2026-01-01T00:00:01.000Z' };

describe('following a file', () => {
  test('tells each place on its way to the KPIs and ends there', async () => {
    const stages = await stagesOf([
      {},
      { record: fileRecord('landed') },
      { record: fileRecord('accepted') },
      { record: claimed, batch: 'transforming' },
      { record: claimed, batch: 'checking' },
      { record: published, batch: 'checking' },
      { record: archived, batch: 'published', isPending: true },
      { record: archived, batch: 'published', isPending: true, isRebuilt: true },
      { record: archived, batch: 'published' },
    ]);
    expect(stages).toEqual([
      'landing',
      'landed',
      'accepted',
      'transforming',
      'checking',
      'published',
      'archived',
      'rebuilt',
      'KPIs',
    ]);
  });

  test('waits for the archive when the KPIs are first', async () => {
    const stages = await stagesOf([
      { record: published, batch: 'published' },
      { record: archived, batch: 'published' },
    ]);
    expect(stages).toEqual(['KPIs', 'KPIs']);
  });

  test.each([
    ['waiting', fileRecord('landed', { reason: 'waits for data/streams/manifest.json' })],
    ['quarantined', fileRecord('quarantined')],
    ['missing', fileRecord('missing')],
    ['parked', fileRecord('parked')],
    ['ignored', fileRecord('ignored', { archived_at: '2026-01-01T00:00:01.000Z' })],
  ])('ends with a file that is %s', async (stage, record) => {
    expect(await stagesOf([{ record }])).toEqual([stage]);
  });
});
