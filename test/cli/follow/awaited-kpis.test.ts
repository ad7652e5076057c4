import { describe, expect, test } from 'vitest';
import { missingLines, untilShown } from '../../../cli/follow/awaited-kpis.ts';
import type { Whereabouts } from '../../../cli/follow/follow.ts';
import { ledgerOn } from '../../../functions/adapters/dynamo-ledger.ts';
import type { Mart } from '../../../functions/warehouse/model.ts';
import { ledgerWith } from '../../functions/partly.ts';
import type { StoredRebuild } from '../../functions/records.ts';
import { memoryItems } from '../../simulation/tables.ts';

const mart: Mart = { name: 'likes', datasets: ['likes'], models: [], hash: 'h', tables_hash: 't' };
const landed = [{ file: { dataset: 'likes' }, record: { state: 'published' } }] as unknown as Whereabouts[];
const ignored = [{ file: { dataset: 'likes' }, record: { state: 'ignored' } }] as unknown as Whereabouts[];
const ledger = ledgerOn(memoryItems().items);
const missing = async (last: Partial<StoredRebuild>[], pending: string[], seen = landed): Promise<string> => {
  let looks = 0;
  const looking = ledgerWith(ledger, {
    leases: { find: async (name) => ({ name, fence: 1 }) },
    rebuilds: {
      find: async () => last[Math.min(looks++, last.length - 1)] as StoredRebuild | undefined,
      pending: async () => (looks >= 3 ? [] : pending),
    },
  });
  const [runs] = await untilShown(looking, [mart], 5_000);
  return runs ? missingLines(runs, seen).join() : 'no runs';
};

describe('the KPIs of what landed', () => {
  test('are there once nothing of it is pending', async () => {
    expect(await missing([{ state: 'published' }], [])).toBe('');
  });

  test('are waited for while a rebuild is about to come, or is lost', async () => {
    const lost = { state: 'failed', failure: 'lost' } as const;
    expect(await missing([lost, lost, { state: 'published' }], ['likes-1'])).toBe('');
  });

  test('are missing where the rebuild has failed, also when nothing new has landed', async () => {
    const failed = { state: 'failed', failure: 'sql' } as const;
    expect(await missing([failed], ['likes-1'], ignored)).toContain('1 batch not in the KPIs yet: likes-1');
  });

  test('are missing where no rebuild is published, although rows are', async () => {
    expect(await missing([{ state: 'failed', failure: 'sql' }], [])).toContain('no rebuild is published');
    expect(await missing([{ state: 'failed', failure: 'sql' }], [], ignored)).toBe('');
  });
});
