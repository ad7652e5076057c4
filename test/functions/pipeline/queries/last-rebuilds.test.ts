import { beforeEach, describe, expect, test } from 'vitest';
import { ledgerOn } from '../../../../functions/adapters/dynamo-ledger.ts';
import type { Ledger } from '../../../../functions/pipeline/ports.ts';
import { lastRebuilds, publishedRebuilds } from '../../../../functions/pipeline/queries/last-rebuilds.ts';
import { martLease, rebuildId } from '../../../../functions/pipeline/records/lease.ts';
import { memoryItems } from '../../../simulation/tables.ts';
import type { StoredRebuild } from '../../records.ts';

let ledger: Ledger;
beforeEach(() => {
  ledger = ledgerOn(memoryItems().items);
});

const now = '2024-06-25T00:00:00.000Z';
const taken = async (): Promise<void> => {
  const lease = await ledger.leases.find(martLease('m'));
  await ledger.leases.release(lease);
  await ledger.leases.acquire(await ledger.leases.find(lease.name), 'someone', now);
};
const rebuild = async (seq: number, state: StoredRebuild['state'], follows?: number): Promise<void> => {
  await taken();
  const record = { id: rebuildId('m', seq), mart: 'm', seq, state, rev: 1, sql_hash: 'h', opened_at: now };
  await ledger.rebuilds.open({
    ...record,
    ...(follows && { follows: rebuildId('m', follows) }),
  } as StoredRebuild);
};
const found = async () => {
  const { newest, published } = await lastRebuilds(ledger, 'm');
  return [newest?.seq, published?.seq];
};

describe('the last rebuilds of a mart', () => {
  test('are none where none was', async () => {
    expect(await found()).toEqual([undefined, undefined]);
    await taken();
    expect(await found()).toEqual([undefined, undefined]);
  });

  test('are found past fences that have no record', async () => {
    await rebuild(1, 'published');
    await taken();
    await taken();
    expect(await found()).toEqual([1, 1]);
  });

  test('are the newest, and the one that it follows until it is published itself', async () => {
    await rebuild(1, 'published');
    await taken();
    await rebuild(3, 'failed', 1);
    expect(await found()).toEqual([3, 1]);
    await rebuild(4, 'sent', 1);
    expect(await found()).toEqual([4, 1]);
    await rebuild(5, 'published', 1);
    expect(await found()).toEqual([5, 5]);
    expect((await lastRebuilds(ledger, 'm', 4)).published?.seq).toBe(1);
  });

  test('are not published where all have failed', async () => {
    await rebuild(1, 'failed');
    await rebuild(2, 'failed');
    expect(await found()).toEqual([2, undefined]);
  });

  test('that were published come newest first', async () => {
    await rebuild(1, 'published');
    await rebuild(2, 'failed', 1);
    await rebuild(3, 'published', 1);
    await rebuild(4, 'open', 3);
    const seqs: number[] = [];
    for await (const { seq } of publishedRebuilds(ledger, 'm')) seqs.push(seq);
    expect(seqs).toEqual([3, 1]);
  });
});
