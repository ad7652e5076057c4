import type { Catalog, Dataset } from '../../functions/pipeline/catalog.ts';
import type { Model, ModelOf } from '../../functions/warehouse/model.ts';

const model = <Kind extends Model['kind']>(
  name: string,
  kind: Kind,
  settings: Partial<ModelOf<Kind>>,
): Model =>
  ({
    name,
    kind,
    mart: 'listening',
    sql: 'select 1',
    incremental_sql: 'select 1',
    columns: [{ name: 'listen_date', type: 'date' }],
    key: [],
    refs: [],
    sources: [],
    path: `sql/${name}.sql`,
    personal: [],
    hash: 'one',
    ...settings,
  }) as unknown as ModelOf<Kind>;

/** One dataset of two columns and one mart of one number a day, published as a pointer and as a latest item. */
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
      tables_hash: 'tables',
      models: [
        model('stg_plays', 'staging', { sources: ['plays'] }),
        model('fact_plays', 'fact', {
          key: ['id'],
          partition: 'listen_date',
          refs: ['stg_plays'],
          ...{ reads: 'stg_plays', dimensions: {}, whole: {} },
        }),
        model('kpi_days', 'kpi', {
          key: ['listen_date'],
          refs: ['fact_plays'],
          kpi: [{ pk: 'DAY#{listen_date}', sk: 'CURRENT', publish: 'pointer', lists: [], omit: [] }],
          ...{ fact: 'fact_plays', partition: 'listen_date', spine: ['listen_date'] },
        }),
        model('kpi_latest', 'kpi', {
          key: ['listen_date'],
          refs: ['fact_plays'],
          kpi: [{ pk: 'LATEST#{listen_date}', sk: '{seq}', publish: 'latest', lists: [], omit: [] }],
          ...{ fact: 'fact_plays', partition: 'listen_date', spine: ['listen_date'] },
        }),
      ],
    },
  },
};

const plays = simulatedCatalog.datasets.plays as Dataset;

/** The same mart with so many dimensions besides that no rebuild fits into one transaction, and the first one into two. */
export const wideCatalog = (catalog: Catalog): Catalog => {
  const marts = Object.entries(catalog.marts).map(([name, mart]) => {
    const dimensions = Array.from({ length: 9 }, (_, number) =>
      model(`dim_${number}`, 'dimension', {
        key: ['listen_date'],
        refs: ['stg_plays'],
        natural_key: ['listen_date'],
      }),
    );
    const kpis = Array.from({ length: 5 }, (_, number) =>
      model(`kpi_list_${number}`, 'kpi', {
        key: ['listen_date'],
        refs: ['fact_plays'],
        ...{ fact: 'fact_plays', partition: 'listen_date', spine: ['listen_date'], kpi: [] },
      }),
    );
    const tables_hash = `wide ${mart.tables_hash}`;
    return [name, { ...mart, tables_hash, models: [...mart.models, ...dimensions, ...kpis] }];
  });
  return { ...catalog, marts: Object.fromEntries(marts) };
};

/** The mart with another column, which takes another migration. */
const widened: Catalog['marts'] = Object.fromEntries(
  Object.entries(simulatedCatalog.marts).map(([name, mart]) => [
    name,
    {
      ...mart,
      tables_hash: 'wider',
      models: mart.models.map((one) =>
        one.kind === 'fact'
          ? { ...one, columns: [...one.columns, { name: 'note', type: 'varchar(9)' }] }
          : one,
      ),
    },
  ]),
);

/** What analysts deploy one after the other: other SQL, other rules, and the first once more with other words. */
export const deployments: readonly Catalog[] = [
  plays,
  { ...plays, sql: "select id, concat(day, '') as day from landed_plays" },
  { ...plays, ruleset: 'Rules = [ ColumnValues "id" < 700 ]' },
  { ...plays, sql: '-- the same\nselect id,\n  day\nfrom landed_plays' },
].map((dataset, at) => ({
  ...simulatedCatalog,
  datasets: { plays: dataset },
  marts: at === 1 ? widened : simulatedCatalog.marts,
}));

/** `rows` quarantines invalid rows, to `loose` no day is bad. */
const purposes = ['listens', 'listens, corrected', 'listens, again', 'rows', 'rows, again', 'loose'];
export const manifests = purposes.map((purpose) =>
  JSON.stringify({
    name: 'manifest.json',
    version: '1.0',
    directory: 'data/plays/',
    purpose,
    schema: {
      extension: '.csv',
      name_pattern: '[a-z]+.csv',
      fields_required: true,
      fields: {
        id: { type: 'int', required: true },
        day: { type: purpose === 'loose' ? 'string' : 'date', required: true },
      },
      validation: {
        on_error: purpose.startsWith('rows') ? 'quarantine_rows' : 'quarantine',
        quarantine_path: 'data/quarantine',
      },
    },
  }),
);

export const manifestKey = 'data/plays/manifest.json';
