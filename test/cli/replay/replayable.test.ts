import { describe, expect, test } from 'vitest';
import { replayable } from '../../../cli/replay/replayable.ts';
import type { Ledger } from '../../../functions/pipeline/ports.ts';
import { repairKey } from '../../../functions/pipeline/queries/repairs.ts';
import { ledgerWith, partly } from '../../functions/partly.ts';
import type { StoredFile } from '../../functions/records.ts';
import { fileRecord } from '../whereabouts.ts';

const rejected = fileRecord('quarantined', { manifest_sha256: 'old', stored_as: 'data/quarantine/x' });
const split = fileRecord('published', { manifest_sha256: 'old', quarantined_rows: 2, batch_id: 'b' });
const decide = (record: StoredFile, others: readonly StoredFile[] = [], manifest = 'new') =>
  replayable(
    ledgerWith(partly<Ledger>({}), {
      files: { versionsOf: async (key) => [record, ...others].filter((one) => one.key === key) },
    }),
    record,
    manifest,
  );
const later = (state: StoredFile['state']): StoredFile => fileRecord(state, { version: 'v2', number: 2 });

describe('a quarantined file', () => {
  test('lands again under its own key after the manifest has changed', async () => {
    expect(await decide(rejected)).toEqual({
      record: rejected,
      from: 'data/quarantine/x',
      to: 'data/streams/streams1.csv',
    });
  });

  test('stays under the manifest that rejected it, unless a rule did', async () => {
    expect(await decide(rejected, [], 'old')).toMatchObject({ stays: expect.stringContaining('manifest') });
    const broke = { ...rejected, batch_id: 'streams-00000001' };
    expect(await decide(broke, [], 'old')).toMatchObject({ to: rejected.key });
  });

  test('stays once somebody has dropped it on purpose', async () => {
    const dismissed = { at: '2026-01-02T00:00:00.000Z', by: 'Ann', rows: 10 };
    expect(await decide({ ...rejected, dismissed })).toMatchObject({
      stays: 'it was dropped on purpose by Ann',
    });
  });

  test.each(['published', 'quarantined', 'claimed', 'landed', 'parked'] as const)(
    'stays when a newer version of it is %s',
    async (state) => {
      expect(await decide(rejected, [later(state)])).toMatchObject({
        stays: `version v2 of it is newer, and ${state}`,
      });
    },
  );

  test.each(['ignored', 'missing'] as const)('lands when a newer version of it is %s', async (state) => {
    expect(await decide(rejected, [later(state)])).toMatchObject({ to: rejected.key });
  });

  test('lands when only older versions of it are published', async () => {
    const older = fileRecord('published', { version: 'v0', number: 0 });
    expect(await decide(rejected, [older])).toMatchObject({ to: rejected.key });
  });
});

describe('rows that were quarantined', () => {
  test('land under the key of a repair', async () => {
    const answer = await decide(split);
    expect(answer).toMatchObject({
      from: 'data/quarantine/streams/streams1.csv@v1.rows.csv',
      to: 'data/streams/streams1.csv@v1.rows.csv',
    });
  });

  test('stay under the manifest that they broke', async () => {
    expect(await decide(split, [], 'old')).toMatchObject({ stays: expect.stringContaining('manifest') });
  });

  test('stay once they were sent back, as the repaired ones would be taken back', async () => {
    const repair = fileRecord('published', { key: repairKey(split), version: 'v9' });
    expect(await decide(split, [repair])).toMatchObject({
      stays: 'rows of it were repaired in version v9, which is published',
    });
  });

  test('are settled once all of them are repaired', async () => {
    const repair = fileRecord('published', {
      ...{ key: repairKey(split), version: 'v9', landed_as: `${split.key}#repair` },
      ...{ records: 2, rows: 2 },
    });
    for (const manifest of ['old', 'new'])
      expect(await decide(split, [repair], manifest)).toMatchObject({
        stays: 'all its quarantined rows are repaired',
        isSettled: true,
      });
  });

  test('stay when their file was superseded', async () => {
    const record = { ...split, state: 'superseded' } as StoredFile;
    expect(await decide(record)).toMatchObject({ stays: 'it is superseded' });
  });
});
