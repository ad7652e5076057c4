import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { generateTracks } from '../../local/generate/tracks.ts';
import { copyProject, weather } from '../deploy/project.ts';
import { shop } from '../functions/engine/shop-project.ts';
import type { Row, TestWarehouse } from '../sql/warehouse.ts';

/** The project with all that it does not have itself: arrays in silver, a view of staging, KPIs of KPIs, variables. */
export const projectForDbt = (): Promise<string> =>
  copyProject({
    ...weather,
    ...shop,
    // Room for two more in the mart's transaction.
    'sql/kpis/kpi_gone_genres.sql': undefined,
    'sql/views/stations_seen.sql': `

{{ config(materialized='view') }}
-- one row per published station
select cast(code as varchar(16)) as code from {{ ref('stg_stations') }}

`,
    'sql/kpis/kpi_day_totals.sql': `-- one row per day
{{ config(meta={'key': ['listen_date'], 'partition': 'listen_date'}) }}
select cast(listen_date as date) as listen_date, cast(count(*) as bigint) as listens
from {{ ref('fact_listens') }}
{{ where_affected('fact_listens', 'listen_date') }}
group by listen_date
`,
    'sql/kpis/kpi_busy_days.sql': `-- one row per day that was busy
{{ config(meta={'key': ['listen_date'], 'partition': 'listen_date'}) }}
/* with a comment
   of two lines */
WITH
  busy as (select listen_date, listens from {{ ref('kpi_day_totals') }} where listens > {{ var('busy', 10) }})
select
  cast(listen_date as date) as listen_date,
  cast({{ half_up_ratio('listens', '3', 4) }} as decimal(18, 4)) as thirds
from busy
`,
    'sql/checks/busy_days_heard.sql': `-- one row per busy day without listens
{{ config(severity='warn') }}
with heard as (
  select listen_date from {{ ref('stg_streams') }}
  union all
  select listen_date from {{ ref('kpi_day_totals') }}
),

final as (
  select cast(listen_date as varchar(1024)) as subject, cast('not heard' as varchar(4096)) as detail
  from {{ ref('kpi_busy_days') }}
  where listen_date not in (select listen_date from heard)
    and listen_date not in (select listen_date from {{ ref('stg_streams') }})
)

select * from final
`,
  });

/** Publishes a part of the sample with tracks for most of it, late and corrected ones too, and rows of other datasets. */
export const publishSample = async ({ publish }: TestWarehouse): Promise<void> => {
  const sample = await readFile(join(process.cwd(), 'local', 'sample', 'streams1.csv'), 'utf8');
  const streams: Row[] = parse(sample, { columns: true, to: 1500 });
  const trackIds = [...new Set(streams.map(({ track_id }) => String(track_id)))];
  const texts = [...generateTracks({ trackIds, seed: 7, unknownShare: 0.1 })].join('');
  const tracks: Row[] = parse(texts, { columns: true, cast: (text) => (text === '' ? null : text) });
  const file = (dataset: string, name: string, rows: readonly Row[], landedAt = '2024-07-01 00:00:00') =>
    publish({ dataset, file: name, version: `v-${name}`, landedAt, rows });
  await file('tracks', 'tracks.csv', tracks);
  const renamed = tracks.slice(0, 50).map((track) => ({ ...track, track_name: 'Renamed', popularity: 1 }));
  await file('tracks', 'later.csv', renamed, '2024-07-02 00:00:00');
  await file('streams', 'streams1.csv', streams);
  await file('streams', 'again.csv', streams.slice(900), '2024-07-02 00:00:00');
  const listener = { user_name: 'Zoë', user_country: 'CI', user_age: '30', created_at: '2020-02-29' };
  await file('listeners', 'listeners.csv', [{ user_id: '1', ...listener }, { user_id: '2' }]);
  await file('stations', 'stations.csv', [{ code: 'ABJ', altitude: '12.50' }]);
};
