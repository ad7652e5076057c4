import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { loadModule, parseSync } from 'libpg-query';
import { afterEach, describe, expect, it } from 'vitest';
import { textInBytes } from '../../../deploy/redshift/widths.ts';
import { renderCatalog } from '../../../deploy/render/render.ts';
import { widestValue } from '../../../functions/warehouse/index.ts';
import { bookkeeping } from '../../../functions/warehouse/migration/bookkeeping.ts';
import { composeRebuild } from '../../../functions/warehouse/rebuild/rebuild.ts';
import { openWarehouse } from '../../sql/warehouse.ts';
import { copyProject, weather } from '../project.ts';

let root = '';
const problemsOf = async (files: Parameters<typeof copyProject>[0]): Promise<string> => {
  root = await copyProject(files);
  return renderCatalog(root, 'redshift').then(
    () => 'none',
    (error: Error) => error.message,
  );
};
afterEach(() => (root === '' ? undefined : rm(root, { recursive: true, force: true })));

const factWithGenres = (width: number): string =>
  readFileSync('sql/marts/fact_listens.sql', 'utf8').replace(
    'varchar(256)) as track_genre',
    `varchar(${width})) as track_genre`,
  );

const view = (text: string) => ({ 'sql/marts/dim_extra.sql': text });

describe('renderCatalog', () => {
  it('gives every dataset its silver table and every mart its models in order of their references', async () => {
    root = await copyProject({});
    const { datasets, marts } = await renderCatalog(root, 'duckdb');
    expect(Object.keys(datasets)).toEqual(['listeners', 'streams', 'tracks']);
    expect(datasets.streams?.table).toMatchObject({
      key: ['user_id', 'track_id', 'listen_time'],
      partition: 'days(listen_time)',
    });
    expect(datasets.streams?.table.columns[0]).toEqual({ name: 'user_id', type: 'bigint' });
    const names = marts.listening?.models.map(({ name }) => name) ?? [];
    expect(names).toContain('dim_date');
    expect(names.indexOf('stg_streams')).toBeLessThan(names.indexOf('fact_listens'));
    expect(names.indexOf('dim_tracks')).toBeLessThan(names.indexOf('fact_listens'));
    expect(marts.listening?.datasets).toEqual(['listeners', 'streams', 'tracks']);
  });

  it('renders silver for Spark beside models for Redshift', async () => {
    const [aws, laptop] = await Promise.all([
      renderCatalog(process.cwd(), 'redshift'),
      renderCatalog(process.cwd(), 'duckdb'),
    ]);
    expect(aws.datasets.tracks?.sql).toContain('cast(tempo as double)');
    expect(laptop.datasets.tracks?.sql).toContain('cast(tempo as double precision)');
    expect(aws.datasets.tracks?.table).toEqual(laptop.datasets.tracks?.table);
  });

  it('notes values of the widest spine in as many bytes as they have on Redshift', async () => {
    await loadModule();
    const widest = textInBytes(`varchar(${widestValue})`);
    expect(bookkeeping.touched).toContain(`value_8 ${widest}`);
    expect(bookkeeping.latest_items).toContain(`item ${widest}`);
  });

  it('takes a dataset of another domain from its files alone, as far as a gold table', async () => {
    root = await copyProject(weather);
    const catalog = await renderCatalog(root, 'duckdb');
    expect(Object.keys(catalog.marts)).toEqual(['listening', 'stations']);
    const mart = catalog.marts.stations;
    if (!mart) throw new Error('no mart');
    expect(mart.models.map(({ name }) => name)).toEqual(['dim_date', 'stg_stations', 'dim_stations']);
    const warehouse = await openWarehouse(catalog);
    const stations = { dataset: 'stations', file: 'stations.csv', landedAt: '2024-07-01 00:00:00' };
    await warehouse.publish({ ...stations, version: 'v1', rows: [{ code: 'A', altitude: '1.50' }] });
    await warehouse.rebuild(mart);
    await warehouse.publish({ ...stations, version: 'v2', rows: [{ code: 'B', altitude: '2.50' }] });
    await warehouse.rebuild(mart);
    expect(await warehouse.query('select * from gold.dim_stations')).toEqual([
      { code: 'B', altitude: '2.50' },
    ]);
    await warehouse.close();
  });

  it('changes the hash of a model, and of all below it, with its text', async () => {
    const shipped = await copyProject({});
    const before = await renderCatalog(shipped, 'redshift').finally(() => rm(shipped, { recursive: true }));
    root = await copyProject({
      'sql/macros/ratios.sql': `{% macro half_up_ratio(a, b, decimals=2) %}cast({{ a }} as bigint){% endmacro %}`,
    });
    const after = await renderCatalog(root, 'redshift');
    const changed = before.marts.listening?.models
      .filter(({ hash }, index) => hash !== after.marts.listening?.models[index]?.hash)
      .map(({ name }) => name);
    expect(changed).toEqual(['kpi_day_genres', 'kpi_day_hours', 'kpi_listeners']);
  });

  it.each([
    [
      'a missing ruleset',
      { 'rules/tracks/quality.dqdl': undefined },
      /^rules\/tracks\/quality\.dqdl is missing/,
    ],
    [
      'a missing manifest',
      { 'rules/tracks/manifest.json': undefined },
      /^rules\/tracks\/manifest\.json is missing/,
    ],
    ['a missing silver model', { 'sql/silver/tracks.sql': undefined }, /sql\/silver\/tracks\.sql is missing/],
    [
      'a silver model without rules',
      { 'sql/silver/songs.sql': weather['sql/silver/stations.sql'] },
      /sql\/silver\/songs\.sql no folder rules\/songs/,
    ],
    ['a broken manifest', { 'rules/tracks/manifest.json': '{}' }, /^rules\/tracks\/manifest\.json /],
    [
      'a rule of no known type',
      { 'rules/tracks/quality.dqdl': 'Rules = [ IsNice "track_id" ]' },
      /^rules\/tracks\/quality\.dqdl:1:\d+ /,
    ],
    [
      'an unknown reference',
      view(`-- x\nselect cast(a as date) as a\nfrom {{ ref('nowhere') }}`),
      /dim_extra\.sql:3:13 refers to nowhere/,
    ],
    ['a word that Jinja does not know', view('-- x\n{{ nope }}'), /dim_extra\.sql:2 undefined value/],
    [
      'a setting that is none',
      view(`{{ config(meta={'partion': 'a'}) }}\nselect cast(null as date) as a`),
      /dim_extra\.sql:1:4 config: .*has unknown keys partion/,
    ],
    [
      'SQL that is not portable, where it stands',
      view(
        `{{ config(meta={\n  'key': ['a']\n}) }}\nselect cast(1 as bigint) as a,\n  cast(now() as date) as b`,
      ),
      /dim_extra\.sql:5:8 the function now is not portable/,
    ],
    [
      'a column without a type',
      view(`{{ config(meta={'key': ['a']}) }}\nselect 1 as a`),
      /dim_extra\.sql:2:8 every output column must be written cast/,
    ],
    [
      'a key that is not a column',
      view(`{{ config(meta={'key': ['b']}) }}\nselect cast(null as date) as a`),
      /b is not a column/,
    ],
    ['a dimension without a key', view('select cast(null as date) as a'), /key is missing/],
    [
      'a source outside staging',
      view(
        `{{ config(meta={'key': ['a']}) }}\nselect cast(null as date) as a from {{ source('silver', 'tracks') }}`,
      ),
      /only models in sql\/staging/,
    ],
    [
      'staging that nobody reads',
      {
        'sql/staging/stg_extra.sql': `select cast(track_id as varchar(9)) as a from {{ source('silver', 'tracks') }}`,
      },
      /stg_extra\.sql no model refers to it/,
    ],
    [
      'staging with a table',
      {
        'sql/staging/stg_tracks.sql': `{{ config(materialized='view') }}\nselect cast(track_id as varchar(9)) as a from {{ source('silver', 'tracks') }}`,
      },
      /stg_tracks\.sql:1:4 config: materialized must be 'ephemeral' in sql\/staging/,
    ],
    [
      'a KPI with a table that another model reads',
      {
        'sql/kpis/kpi_a.sql': `{{ config(materialized='view', meta={'key': ['listen_date'], 'partition': 'listen_date'}) }}\nselect cast(listen_date as date) as listen_date from {{ ref('fact_listens') }}`,
        'sql/kpis/kpi_b.sql': `{{ config(meta={'key': ['listen_date'], 'partition': 'listen_date'}) }}\nselect cast(listen_date as date) as listen_date from {{ ref('kpi_a') }}`,
      },
      /kpi_a\.sql:1:4 config: materialized must be 'ephemeral': another model reads it/,
    ],
    [
      'a mart without a table',
      view(`{{ config(materialized='ephemeral', meta={'key': ['a']}) }}\nselect cast(null as date) as a`),
      /dim_extra\.sql:1:4 config: materialized is 'ephemeral' only in sql\/staging\/ and sql\/kpis\//,
    ],
    [
      'what dbt calls this',
      view('-- x\nselect cast(a as date) as a from {{ this }}'),
      /dim_extra\.sql:2 undefined value/,
    ],
    [
      'two models of one name',
      {
        'sql/kpis/dim_tracks.sql': `{{ config(meta={'partition': 'listen_date'}) }}\nselect cast(listen_date as date) as listen_date from {{ ref('fact_listens') }}`,
      },
      /called dim_tracks too/,
    ],
    [
      'a check with other columns',
      { 'sql/checks/odd.sql': 'select cast(null as date) as a' },
      /subject and detail/,
    ],
    [
      'a fact whose partition does not follow from its key',
      {
        'sql/staging/stg_streams.sql': `select cast(user_id as bigint) as user_id, cast(track_id as varchar(64)) as track_id, cast(listen_time as timestamp) as listen_time, cast(landed_at as date) as listen_date, cast(landed_file as varchar(9)) as landed_file, cast(landed_version as varchar(9)) as landed_version, cast(landed_at as timestamp) as landed_at from {{ source('silver', 'streams') }}`,
      },
      /computed from the key/,
    ],
    [
      'a KPI key without its column',
      {
        'sql/kpis/kpi_top_genres.sql': `{{ config(meta={'partition': 'listen_date', 'kpi': [{'pk': 'X#{day}', 'sk': 'Y', 'publish': 'series'}]}) }}\nselect cast(listen_date as date) as listen_date from {{ ref('fact_listens') }}`,
      },
      /rank is not a column[\s\S]*config: kpi: day is not a column/,
    ],
    [
      'a key of a fact that staging lacks, and says why it is needed there',
      {
        'sql/staging/stg_streams.sql': `select cast(user_id as bigint) as user_id, cast(track_id as varchar(64)) as track_id, cast(listen_time as timestamp) as heard_at, cast(listen_time as date) as listen_date, cast(landed_file as varchar(1024)) as landed_file, cast(landed_version as varchar(1024)) as landed_version, cast(landed_at as timestamp) as landed_at from {{ source('silver', 'streams') }}`,
      },
      /fact_listens\.sql:\d+:\d+ stg_streams, which it reads: listen_time is not a column of the select( \(.*\))?; it is in the fact's key, from which the partition is computed: add it to sql\/staging\/stg_streams\.sql/,
    ],
    [
      'a spine of texts that are longer than what a rebuild notes',
      { 'sql/marts/fact_listens.sql': factWithGenres(1025) },
      /kpi_gone_genres\.sql:5:\d+ fact_listens, which it is computed from: track_genre is varchar\(1025\), and a partition or spine has texts of at most 1,024 characters/,
    ],
    [
      'a KPI that joins a dimension made of its own fact',
      {
        'sql/marts/dim_heard.sql': `{{ config(materialized='table', meta={'key': ['track_id']}) }}\nselect distinct cast(track_id as varchar(64)) as track_id from {{ ref('fact_listens') }}`,
        'sql/kpis/kpi_heard.sql': `{{ config(meta={'key': ['listen_date'], 'partition': 'listen_date'}) }}\nselect cast(listen_date as date) as listen_date from {{ ref('fact_listens') }} as listens inner join {{ ref('dim_heard') }} as heard on heard.track_id = listens.track_id`,
      },
      /kpi_heard\.sql:2:\d+ joins dim_heard, which itself reads fact_listens: compute it from fact_listens here/,
    ],
    [
      'a dimension whose columns of the fact are not there',
      {
        'sql/marts/fact_listens.sql': `{{ config(materialized='incremental', unique_key=['user_id'], meta={'key': ['user_id', 'listen_date'], 'partition': 'listen_date', 'dimensions': {'dim_tracks': ['song']}}) }}\nselect cast(user_id as bigint) as user_id, cast(listen_date as date) as listen_date, cast(track_id as varchar(64)) as track_id, cast(landed_file as varchar(1024)) as landed_file from {{ ref('stg_streams') }}`,
      },
      /config: dimensions: dim_tracks is joined by columns of the fact: song is not a column/,
    ],
    [
      'KPI keys that are empty, or not closed',
      {
        'sql/kpis/kpi_top_genres.sql': `{{ config(meta={'partition': 'listen_date', 'kpi': [{'pk': '', 'sk': 'X#{listen_date', 'publish': 'series'}]}) }}\nselect cast(listen_date as date) as listen_date from {{ ref('fact_listens') }}`,
      },
      /config: kpi: a key of DynamoDB must not be empty[\s\S]*1:\d+ config: kpi: X#\{listen_date has a brace too few or too many/,
    ],
  ])('rejects %s', async (_, files, message) => {
    expect(await problemsOf(files)).toMatch(message);
  });

  it('names the circle that references make', async () => {
    const circular = (other: string) =>
      `{{ config(meta={'key': ['a']}) }}\nselect cast(a as bigint) as a from {{ ref('${other}') }}`;
    const files = { 'sql/marts/dim_a.sql': circular('dim_b'), 'sql/marts/dim_b.sql': circular('dim_a') };
    expect(await problemsOf(files)).toBe(
      'sql/marts/dim_a.sql:2:43 these refer to each other in a circle: dim_a -> dim_b -> dim_a',
    );
  });

  it('rejects a mart that does not fit into one transaction', async () => {
    const dimensions = Array.from({ length: 14 }, (_, index) => [
      `sql/marts/dim_${index}.sql`,
      `{{ config(meta={'key': ['track_id']}) }}\nselect cast(track_id as varchar(64)) as track_id from {{ ref('dim_tracks') }}`,
    ]);
    expect(await problemsOf(Object.fromEntries(dimensions))).toMatch(
      /rebuilding listening takes \d+ statements .* for its tables and checks: split it .* most take sql\/marts\/fact_listens.sql 4, sql\/checks\/ 3, sql\/marts\/dim_0.sql 3/,
    );
  });

  it('composes for Redshift without what Redshift does not take', async () => {
    const { marts } = await renderCatalog(process.cwd(), 'redshift');
    const mart = marts.listening;
    if (!mart) throw new Error('no mart');
    const run = {
      rebuild: 'r1',
      seq: 1,
      batches: ['b1'],
      unload: 's3://lake/kpis/r1/1/',
      target: 'redshift' as const,
    };
    const statements = composeRebuild(mart, run);
    const text = statements.join(';\n');
    const [to, json] = [`to 's3://lake/kpis/r1/1`, 'iam_role default format json encrypted auto'];
    expect(text).toContain(`${to}/kpi_listeners/' ${json} allowoverwrite`);
    expect(text).toContain(`order by list_group\n') ${to}/kpi_days/' ${json} parallel off allowoverwrite`);
    expect(text).not.toMatch(
      /not materialized|error\(|or replace temp|copy \(|\btruncate\b|drop table|\brename\b/,
    );
    for (const statement of statements)
      expect(() => parseSync(asPostgres(statement)), statement).not.toThrow();
  });
});

/** Redshift's own words taken out of a statement, so that PostgreSQL's parser can validate the rest. */
const asPostgres = (statement: string): string => {
  const unloaded = /^unload \('([\s\S]*)'\) to '/.exec(statement)?.[1];
  return unloaded === undefined
    ? statement.replace('with no schema binding', '')
    : unloaded.replaceAll("''", "'");
};
