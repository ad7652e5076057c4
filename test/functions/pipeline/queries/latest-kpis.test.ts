import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { fedMarts } from '../../../../cli/follow/fed-marts.ts';
import { ledgerOn } from '../../../../functions/adapters/dynamo-ledger.ts';
import { runKey } from '../../../../functions/pipeline/lake-keys.ts';
import type { Kpis } from '../../../../functions/pipeline/ports.ts';
import { kpisMadeOf, latestKpis } from '../../../../functions/pipeline/queries/latest-kpis.ts';
import { rebuildId } from '../../../../functions/pipeline/records/lease.ts';
import { numberOf } from '../../../../functions/values/exact-number.ts';
import type { KpiItem } from '../../../../functions/warehouse/kpis/items.ts';
import { Mart, type Model } from '../../../../functions/warehouse/model.ts';
import { fileRecord, landedFile } from '../../../cli/whereabouts.ts';
import { newLake } from '../../../simulation/lake.ts';
import { memoryItems } from '../../../simulation/tables.ts';
import { ledgerWith, partly } from '../../partly.ts';
import type { StoredRebuild } from '../../records.ts';

const column = (name: string, type: string) => ({ name, type });
const model = (name: string, kind: Model['kind'], more: object): object => ({
  ...{ name, kind, mart: 'bank', sql: '', incremental_sql: '', columns: [], key: [], refs: [], sources: [] },
  ...{ hash: name, ...more },
});
const shape = (pk: string, sk: string, publish: string) => ({ pk, sk, publish, omit: [] });
const shapes = {
  kpi_days: [shape('DAY#{booked_on}', 'CURRENT', 'pointer')],
  kpi_accounts: [shape('ACCOUNT#{holder}', '{seq}', 'latest')],
  kpi_branches: [shape('DAY#{booked_on}#{version}', '{branch}', 'versioned')],
};
const onFact = { fact: 'fact', partition: 'booked_on', spine: ['booked_on'] };
const mart = Mart.parse({
  ...{ name: 'bank', datasets: ['accounts', 'streams'], hash: 'h', tables_hash: 't' },
  models: [
    model('stg_streams', 'staging', { sources: ['streams'] }),
    model('stg_accounts', 'staging', { sources: ['accounts'] }),
    model('fact', 'fact', { refs: ['stg_streams'], partition: 'booked_on', reads: 'stg_streams' }),
    model('kpi_accounts', 'kpi', {
      refs: ['fact', 'stg_accounts'],
      ...onFact,
      key: ['holder'],
      partition: 'holder',
      columns: [column('holder', 'varchar(64)'), column('balance', 'decimal(38, 2)')],
      personal: ['holder'],
      kpi: shapes.kpi_accounts,
    }),
    model('kpi_branches', 'kpi', { refs: ['fact'], ...onFact, kpi: shapes.kpi_branches }),
    model('kpi_days', 'kpi', {
      refs: ['fact'],
      ...onFact,
      key: ['booked_on'],
      partition: 'booked_on',
      columns: [column('booked_on', 'date'), column('turnover', 'decimal(38, 2)')],
      kpi: shapes.kpi_days,
    }),
    model('kpi_list', 'kpi', { refs: ['fact'], ...onFact }),
  ],
});

const ids = [1, 2, 3].map((seq) => rebuildId('bank', seq));
const days = ['2024-06-24', '2024-06-26', '2024-06-25'];
const big = '12345678901234567890123456789012345.67';
const items: readonly KpiItem[] = [
  ...days.map((day, at) => ({
    ...{
      pk: `DAY#${day}`,
      sk: 'CURRENT',
      version: '00000002',
      seq: 2,
      turnover: numberOf(at ? '-1234.5' : '0'),
    },
    largest: [9, 8, 7, 6].map((amount) => ({ rank: 10 - amount, amount, holder: 'Ann' })),
  })),
  { pk: 'ACCOUNT#Ann', sk: '00000002', seq: 2, balance: numberOf(big), note: `a\u001b[2J${'b'.repeat(90)}` },
  { pk: 'DAY#2024-06-26#00000002', sk: 'Kraków', turnover: 1 },
];
const unloaded: Readonly<Record<string, string>> = {
  kpi_days: days.map((booked_on) => `{"booked_on":"${booked_on}","turnover":1}\n`).join(''),
  kpi_accounts: `{"holder":"Bob","balance":1}\n{"holder":"Ann","balance":${big}}\n{"holder":"","balance":0}\n`,
  kpi_branches: '{"booked_on":"2024-06-26","branch":"Kraków"}\n',
};
const spec = (rebuild: string, seq: number): string =>
  JSON.stringify({
    ...{ rebuild, mart: 'bank', seq, batches: [], as_of: '', unload: `kpis/${rebuild}/1/`, statements: [] },
    kpis: Object.entries(shapes).map(([name, all]) => ({ model: name, shapes: all })),
    applied: { models: {} },
  });

/** The newest rebuild is published and touched nothing, the second has written all. */
const ports = () => {
  const kpis = { get: async (pk: string, sk: string) => items.find((one) => one.pk === pk && one.sk === sk) };
  const { files, put } = newLake(
    () => '2026-01-01T00:00:00.000Z',
    () => {},
  );
  for (const [at, id] of ids.entries()) put(runKey(id, 'rebuild', 'spec'), spec(id, at + 1));
  for (const [name, text] of Object.entries(unloaded)) put(`kpis/${ids[1]}/1/${name}/0.json`, text);
  const find = async (id: string) => {
    const at = ids.indexOf(id);
    const follows = at > 0 ? { follows: ids[at - 1] } : {};
    return at < 0 ? undefined : ({ id, seq: at + 1, state: 'published', ...follows } as StoredRebuild);
  };
  const ledger = ledgerWith(ledgerOn(memoryItems().items), {
    leases: { find: async (name) => ({ name, fence: 3 }) },
    rebuilds: { find },
  });
  return { files, kpis: partly<Kpis>(kpis), ledger };
};
const seenOf = (dataset: string, state: 'published' | 'quarantined' = 'published') => [
  {
    file: { ...landedFile(), dataset },
    stage: 'in KPIs' as const,
    isDone: true,
    record: fileRecord(state),
  },
];
const said = async (dataset: string, state?: 'published' | 'quarantined'): Promise<string> => {
  const { kpis } = await fedMarts(ports(), [mart], seenOf(dataset, state), 0);
  return stripVTControlCharacters(kpis.flat().join('\n'));
};

describe('the KPIs of what landed', () => {
  test('are those that are made of its dataset, by the references of the models', () => {
    expect(kpisMadeOf(mart, ['streams'])).toEqual(['kpi_accounts', 'kpi_branches', 'kpi_days']);
    expect(kpisMadeOf(mart, ['accounts'])).toEqual(['kpi_accounts']);
    expect(kpisMadeOf(mart, ['elsewhere'])).toEqual([]);
  });

  test('are the newest and largest few of each kind with all their digits, and how to see the others', async () => {
    expect(await said('streams')).toBe(
      [
        'bank: KPIs, last written by rebuild bank-00000002',
        '  kpi_days  pk=DAY#2024-06-26, sk=CURRENT',
        '    turnover -1,234.5',
        '    largest:',
        '      rank 1, amount 9, holder ***',
        '      rank 2, amount 8, holder ***',
        '      rank 3, amount 7, holder ***',
        '      … and 1 more',
        '  kpi_days  pk=DAY#2024-06-25, sk=CURRENT',
        '    turnover -1,234.5',
        '    largest:',
        '      rank 1, amount 9, holder ***',
        '      rank 2, amount 8, holder ***',
        '      rank 3, amount 7, holder ***',
        '      … and 1 more',
        '  … and 1 more',
        '  kpi_branches  pk=DAY#2024-06-26#00000002, sk=Kraków',
        '    turnover 1',
        '  kpi_accounts  pk=ACCOUNT#***, sk=00000002',
        `    balance 12,345,678,901,234,567,890,123,456,789,012,345.67, note a\\u001b[2J${'b'.repeat(49)}…`,
        '  … and 2 more',
        '  more of them: npx soundcheck kpis bank --limit 20',
      ].join('\n'),
    );
  });

  test('are only those of the dataset that landed', async () => {
    const text = await said('accounts');
    expect(text).toContain('kpi_accounts');
    expect(text).not.toContain('kpi_days');
  });

  test('are said not to be there where no model reads the dataset', async () => {
    expect(await said('elsewhere')).toBe('No KPI is made of elsewhere.');
  });

  test('are not shown for a file of which nothing is published', async () => {
    expect(await said('streams', 'quarantined')).toBe('');
  });

  test('come as they are for programs', async () => {
    const { kpis } = await latestKpis(ports(), mart, ['kpi_accounts'], 3);
    expect(kpis).toMatchObject([{ kpi: 'kpi_accounts', pk: 'ACCOUNT#{holder}', publish: 'latest', rows: 3 }]);
    expect(kpis[0]?.items).toEqual([{ ...items[3], pk: 'ACCOUNT#***' }]);
  });

  test('that cannot be read are one line, and fail nothing', async () => {
    const denied = partly<Kpis>({ get: async () => Promise.reject(new Error('not allowed')) });
    const now = await fedMarts({ ...ports(), kpis: denied }, [mart], seenOf('streams'), 0);
    expect(now.kpis.flat().map(stripVTControlCharacters)).toEqual([
      'bank: its KPIs cannot be read: not allowed',
    ]);
    expect(now.isShown).toBe(true);
  });
});
