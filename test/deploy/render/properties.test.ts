import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { documentProject } from '../../../deploy/describe/documentation.ts';
import { propertiesOf } from '../../../deploy/render/properties.ts';
import { copyProject, weather } from '../project.ts';

describe('what dbt is told', () => {
  let root: string;
  beforeAll(async () => {
    root = await copyProject({
      ...weather,
      // Room for two more in the mart's transaction.
      'sql/kpis/kpi_gone_genres.sql': undefined,
      'sql/kpis/kpi_day_totals.sql': `-- one row per day
{{ config(meta={'key': ['listen_date'], 'partition': 'listen_date'}) }}
select cast(listen_date as date) as listen_date, cast(count(*) as bigint) as listens
from {{ ref('fact_listens') }}
group by listen_date
`,
      'sql/kpis/kpi_busy_days.sql': `-- one row per day that was busy: more than ten listens
{{ config(meta={'key': ['listen_date'], 'partition': 'listen_date'}) }}
select cast(listen_date as date) as listen_date from {{ ref('kpi_day_totals') }} where listens > 10
`,
    });
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('is in the project as it would be written now', async () => {
    const path = join(process.cwd(), 'sql', 'properties', 'relations.yml');
    const documentation = await documentProject(process.cwd());
    expect(await readFile(path, 'utf8'), 'run `npm run render`').toBe(propertiesOf(documentation));
  });

  it('names each relation once, with its grain and its columns, and those without a table', async () => {
    const { sources, models, data_tests } = parse(propertiesOf(await documentProject(root)));
    const names: string[] = models.map(({ name }: { name: string }) => name);
    const named = (name: string) => models.find((model: { name: string }) => model.name === name);
    expect(names).toHaveLength(new Set(names).size);
    expect(
      sources.map(({ tables }: { tables: { name: string }[] }) => tables.map(({ name }) => name)),
    ).toEqual([
      ['listeners', 'stations', 'streams', 'tracks'],
      ['listeners', 'stations', 'streams', 'tracks'],
    ]);
    expect(named('dim_stations')).toEqual({
      name: 'dim_stations',
      description: 'one row per station',
      columns: [
        { name: 'code', description: 'Letters of the station', data_type: 'varchar(16)' },
        { name: 'altitude', data_type: 'decimal(8,2)' },
      ],
    });
    expect(named('stations').columns.slice(0, 2)).toEqual([
      { name: 'code', description: 'Letters of the station', data_type: 'varchar(16)' },
      { name: 'altitude', data_type: 'decimal(8,2)' },
    ]);
    const withoutTable = models.filter(({ config }: { config?: object }) => config !== undefined);
    expect(withoutTable.map(({ name }: { name: string }) => name)).toEqual([
      'kpi_day_totals',
      'stg_listeners',
      'stg_stations',
      'stg_streams',
      'stg_tracks',
    ]);
    expect(named('kpi_busy_days').description).toBe('one row per day that was busy: more than ten listens');
    expect(data_tests).toContainEqual({
      name: 'dim_tracks_unique',
      description: 'one row per track_id with more than one row in dim_tracks',
    });
  });
});
