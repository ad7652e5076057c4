import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { generateTracks } from '../../local/generate/tracks.ts';
import { copyProject, shippedShop, weather } from '../deploy/project.ts';
import type { Row, TestWarehouse } from '../sql/warehouse.ts';

/** The project with all that it does not have itself: a view of staging, KPIs of KPIs, variables. */
export const projectForDbt = (): Promise<string> =>
  copyProject(
    {
      ...weather,
      'sql/descriptions/weather.yml': `models:
  - name: dim_stations
    description: Stations on land.
    meta: { rules: [A station keeps its letters] }
    columns:
      - name: altitude
        description: Height above the sea.
        meta: { unit: metres }
`,
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
    },
    shippedShop,
  );

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
  await publishShop(file);
  await file('stations', 'stations.csv', [{ code: 'ABJ', altitude: '12.50' }]);
};

/** Users with a history, a song and an artist that have not arrived, and a session without items. */
const publishShop = async (
  file: (dataset: string, name: string, rows: readonly Row[], landedAt?: string) => Promise<void>,
): Promise<void> => {
  const user = {
    user_id: 'u1',
    user_name: 'Zoë',
    user_lastname: 'Carey',
    user_since: '2020-12-22 14:15:35.93609',
  };
  const [first, second] = ['2024-02-01 03:00:00', '2024-03-01 03:00:00.5'];
  await file('users', 'users.jsonl', [
    { ...user, country_code: 'FR', latitude: '46.323130', observed_at: first },
    { ...user, country_code: 'DE', observed_at: second },
  ]);
  const song = {
    song_id: 'SO1',
    title: 'Världen',
    artist_id: 'AR1',
    artist_name: 'Björk',
    duration: '268.22485',
    observed_at: first,
  };
  await file('songs', 'songs.jsonl', [
    { ...song, track_id: 'TR1', year: '2001' },
    { ...song, track_id: 'TR2', artist_name: 'Bjork', artist_familiarity: '0.54002666' },
  ]);
  const session = { user_id: 'u1', user_agent: 'Mozilla', observed_at: second };
  const item = { currency: 'USD', artist_id: 'AR1', liked: true, liked_since: second };
  const early = { ...session, session_id: 's1', session_start_time: '2024-02-29 23:59:59.999999' };
  const late = { ...session, session_id: 's2', session_start_time: '2024-03-01 03:00:00.5' };
  await file('sessions', 'sessions.jsonl', [
    { ...early, ...item, item_number: 1, song_id: 'TR1', price: '1.03' },
    { ...early, ...item, item_number: 2, song_id: 'TRX', price: '0.33', artist_id: 'ARX', liked: false },
    { ...late, ...item, item_number: 1, song_id: 'TR2', price: '1.85' },
    { ...session, session_id: 's3', session_start_time: first },
  ]);
};
