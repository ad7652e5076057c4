import { rm } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { renderCatalog } from '../../../deploy/render/render.ts';
import { sourceNotes } from '../../../deploy/render/source-notes.ts';
import { copyProject, weather } from '../project.ts';

let root = '';
afterEach(() => rm(root, { recursive: true, force: true }));

const manifest = JSON.parse(weather['rules/stations/manifest.json'] ?? '');
const { name_pattern: _, ...schema } = manifest.schema;
const pulled = {
  ...manifest,
  schema: { ...schema, extension: '.jsonl', fields: { ...schema.fields, observed_at: { type: 'string' } } },
};
const source = `{
  "version": "1.0",
  "kind": "rest",
  "url": "https://weather.example/stations",
  "records": "$.stations",
  "snapshot": true,
  "observed_at": "observed_at"
}
`;

const render = async (files: Readonly<Record<string, string>>) => {
  const silver =
    weather['sql/silver/stations.sql']?.replace("['code']", "['code'], 'omit': ['observed_at']") ?? '';
  root = await copyProject({
    ...weather,
    'sql/silver/stations.sql': silver,
    'rules/stations/manifest.json': JSON.stringify(pulled),
    'rules/stations/source.json': source,
    ...files,
  });
  return renderCatalog(root, 'duckdb');
};

const problems = (files: Readonly<Record<string, string>>): Promise<string> =>
  render(files).then(
    () => 'none',
    (error: Error) => error.message,
  );

describe('the source of a dataset', () => {
  it('is in the catalog, with its defaults', async () => {
    const { datasets } = await render({});
    expect(datasets.stations?.source).toMatchObject({
      kind: 'rest',
      records: '$.stations',
      overlap_days: 1,
      paging: { kind: 'none' },
    });
    expect(datasets.streams?.source).toBeUndefined();
  });

  it('is checked, with the place of each mistake', async () => {
    const broken = source
      .replace('$.stations', 'stations')
      .replace('"snapshot": true', '"paging": {"kind": "pages"}');
    expect(await problems({ 'rules/stations/source.json': broken })).toBe(
      [
        "rules/stations/source.json:5:3 records: is not a path such as $, $.data.items or $['@odata.nextLink']",
        'rules/stations/source.json:6:14 paging.kind: is none of none, page, offset, cursor, link_header, next_url',
      ].join('\n'),
    );
    expect(await problems({ 'rules/stations/source.json': source.replace('true', 'yes') })).toMatch(
      /^rules\/stations\/source\.json:6:\d+ source: is not JSON/,
    );
  });

  it('needs a manifest for what it lands', async () => {
    const other = JSON.stringify({ ...manifest, schema: { ...schema, max_row_bytes: 100 } }, null, 2);
    const said = await problems({ 'rules/stations/manifest.json': other });
    expect(said).toMatch(/manifest\.json:5:\d+ schema\.extension: is not \.jsonl, in which pulls land/);
    expect(said).toMatch(/manifest\.json:6:\d+ schema\.fields: lacks observed_at/);
    expect(said).toMatch(
      /manifest\.json:\d+:\d+ schema\.max_row_bytes: is less than limits\.max_record_bytes/,
    );
  });

  it('is noted where it reads a secret from inside of the network', async () => {
    const table = {
      ...{ version: '1.0', kind: 'postgres', host: 'db.example', database: 'weather', table: 'stations' },
      ...{ user: 'reader', snapshot: true, observed_at: 'observed_at' },
    };
    const notesOf = async (auth: object) =>
      sourceNotes(await render({ 'rules/stations/source.json': JSON.stringify({ ...table, auth }) }));
    expect(await notesOf({ kind: 'secret', secret: '$' + '{DATABASE_SECRET}' })).toEqual([
      expect.stringMatching(/^rules\/stations\/source\.json note: auth: .* secretsEndpoint: true/),
    ]);
    await rm(root, { recursive: true });
    expect(await notesOf({ kind: 'rds_iam' })).toEqual([]);
  });

  it('has to declare the snapshots that a model reads', async () => {
    const model = (dataset: string) => ({
      'sql/marts/dim_station_versions.sql': `-- one row per version of a station
{{ config(materialized='table', meta={'key': ['code', 'valid_from'], 'natural_key': ['code'], 'mart': 'weather'}) }}

with stations as (
  select code, altitude, landed_at, landed_file
  from {{ ref('stg_stations') }}
),

final as (
  select cast(code as varchar(16)) as code, cast(altitude as decimal(8, 2)) as altitude, cast(valid_from as timestamp) as valid_from
  from {{ history('stations', ['code'], ['altitude'], 'landed_at', ['landed_file'], snapshots='${dataset}') }} as history
)

select * from final
`,
    });
    const at = 'sql/marts/dim_station_versions.sql:11:85 snapshots: ';
    expect(await problems(model('stations'))).toBe('none');
    const silent = source.replace('"snapshot": true', '"query": {"day": "{from}"}');
    expect(await problems({ ...model('stations'), 'rules/stations/source.json': silent })).toContain(
      `${at}rules/stations/source.json does not say "snapshot": true and "observed_at"`,
    );
    expect(await problems(model('streams'))).toContain(`${at}rules/streams/source.json does not say`);
    expect(await problems(model('station'))).toContain(
      `${at}there is no dataset station (did you mean stations?)`,
    );
  });
});
