import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ledgerOn } from '../../../functions/adapters/dynamo-ledger.ts';
import { runKey } from '../../../functions/domain/landing.ts';
import { martLease, type RebuildRecord, rebuildId } from '../../../functions/domain/ledger.ts';
import type { KpiItem, Ledger } from '../../../functions/domain/ports.ts';
import { kpiSummary } from '../../../local/commands/kpi-summary.ts';
import { newLake } from '../../simulation/lake.ts';
import { memoryItems, memoryKpis } from '../../simulation/tables.ts';

const rebuild = rebuildId('listening', 1);
const unload = 'kpis/r1/1/';
const spec = {
  rebuild,
  mart: 'listening',
  seq: 1,
  batches: [],
  as_of: '2026-01-01T00:00:00.000Z',
  unload,
  statements: [],
  kpis: [],
  applied: { models: {} },
};
const texts: Readonly<Record<string, string>> = {
  [runKey(rebuild, 'rebuild', 'spec')]: JSON.stringify(spec),
  [`${unload}kpi_days/0.json`]:
    '{"listen_date":"2024-06-25","listens":3}\n{"listen_date":"2024-06-26","listens":0}\n',
  [`${unload}kpi_listeners/0.json`]: '{"user_id":7,"listens":1}\n{"user_id":8,"listens":2}\n',
};
const items: readonly KpiItem[] = [
  {
    pk: 'DAY#2024-06-25',
    sk: 'CURRENT',
    version: '00000001',
    listens: 3,
    unique_listeners: 1,
    listening_ms: 600_000,
    genres: 1,
    top_genres: [{ rank: 1, genre: 'jazz', listens: 3 }],
  },
  {
    pk: 'DAY#2024-06-25#00000001',
    sk: 'GENRE#jazz',
    listens: 3,
    unique_listeners: 1,
    popularity_index: 0.5,
    top_songs: [{ rank: 1, track_id: 't1', track_name: 'Blue', artists: 'Someone', listens: 3 }],
  },
  {
    pk: 'LISTENER#8',
    sk: '00000001',
    listens: 2,
    active_days: 1,
    listening_ms: 90_000,
    avg_listening_ms: 45_000,
  },
];

const summary = async (state: RebuildRecord['state']): Promise<string> => {
  const { kpis } = memoryKpis();
  await kpis.put(items);
  const ledger: Ledger = {
    ...ledgerOn(memoryItems().items),
    lease: async (name) => ({ name: name === martLease('listening') ? name : '', fence: 1 }),
    rebuild: async (id) => (id === rebuild ? ({ id, seq: 1, state } as RebuildRecord) : undefined),
  };
  const { files, put } = newLake(
    () => spec.as_of,
    () => {},
  );
  for (const [key, text] of Object.entries(texts)) put(key, text);
  return stripVTControlCharacters((await kpiSummary({ files, ledger, kpis }, 'listening')).join('\n'));
};

describe('the summary of the KPIs', () => {
  test('shows the newest day that has listens, its first genre and the busiest listener, with their keys', async () => {
    expect(await summary('published')).toBe(
      [
        '2024-06-25  pk=DAY#2024-06-25, sk=CURRENT',
        '  3 listens by 1 listener, 10.0 minutes, 1 genre',
        '  1. jazz (3)',
        '',
        'jazz  pk=DAY#2024-06-25#00000001, sk=GENRE#jazz',
        '  3 listens by 1 listener, popularity index 0.5',
        '  1. Blue, Someone (3)',
        '',
        'listener 8  pk=LISTENER#8, sk=00000001',
        '  2 listens on 1 day, 1.5 minutes, 0.8 minutes a listen',
      ].join('\n'),
    );
  });

  test('is empty while no rebuild is published', async () => {
    expect(await summary('sent')).toBe('');
  });
});

test('shows an item of each kind of any other mart, by its key templates', async () => {
  const { kpis } = memoryKpis();
  await kpis.put([{ pk: 'TRACK#t1', sk: 'LIKES', likes: 4, seq: 1 }]);
  const ledger: Ledger = {
    ...ledgerOn(memoryItems().items),
    lease: async (name) => ({ name, fence: 2 }),
    rebuild: async (id) =>
      id === rebuild ? ({ id, seq: 1, state: 'published' } as RebuildRecord) : undefined,
  };
  const { files, put } = newLake(
    () => spec.as_of,
    () => {},
  );
  const shape = { pk: 'TRACK#{track_id}', sk: 'LIKES', publish: 'series', lists: [], omit: [] };
  const liked = { ...spec, kpis: [{ model: 'kpi_likes', shapes: [shape] }] };
  put(runKey(rebuild, 'rebuild', 'spec'), JSON.stringify(liked));
  put(`${unload}kpi_likes/0.json`, '{"track_id":"t1","likes":4}\n');
  const lines = await kpiSummary({ files, ledger, kpis }, 'listening');
  expect(stripVTControlCharacters(lines.join('\n'))).toBe('kpi_likes  pk=TRACK#t1, sk=LIKES\n  likes 4');
});
