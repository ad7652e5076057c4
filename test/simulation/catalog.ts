import type { Catalog, Model } from '../../functions/domain/catalog.ts';

const model = (name: string, kind: Model['kind'], settings: Partial<Model>): Model => ({
  name,
  kind,
  mart: 'listening',
  sql: 'select 1',
  incremental_sql: 'select 1',
  columns: [{ name: 'listen_date', type: 'date' }],
  key: [],
  refs: [],
  sources: [],
  severity: 'error',
  path: `sql/${name}.sql`,
  personal: [],
  kpi: [],
  hash: 'one',
  meta: {},
  ...settings,
});

/** One dataset of two columns and one mart of one number a day. */
export const simulatedCatalog: Catalog = {
  engine: 'duckdb',
  target: 'duckdb',
  datasets: {
    plays: {
      sql: 'select id, day from landed_plays',
      table: {
        key: ['id'],
        order: ['id'],
        columns: [
          { name: 'id', type: 'bigint' },
          { name: 'day', type: 'date' },
        ],
      },
      ruleset: 'Rules = [ ColumnValues "id" < 900 ]',
    },
  },
  marts: {
    listening: {
      name: 'listening',
      datasets: ['plays'],
      hash: 'one',
      models: [
        model('stg_plays', 'staging', { sources: ['plays'] }),
        model('fact_plays', 'fact', {
          key: ['id'],
          partition: 'listen_date',
          refs: ['stg_plays'],
          meta: { reads: 'stg_plays', dimensions: {} },
        }),
        model('kpi_days', 'kpi', {
          key: ['listen_date'],
          refs: ['fact_plays'],
          kpi: [{ pk: 'DAY#{listen_date}', sk: 'CURRENT', publish: 'pointer', lists: [], omit: [] }],
          meta: { fact: 'fact_plays', spine: ['listen_date'] },
        }),
      ],
    },
  },
};
