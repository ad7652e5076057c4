import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What the product ships without its shop: tests of the product hold whatever else a team has in `rules/` and `sql/`. */
const shipped = [
  'rules/manifest.schema.json',
  'rules/listeners',
  'rules/streams',
  'rules/tracks',
  'sql/checks/dim_listeners_unique.sql',
  'sql/checks/dim_tracks_durations.sql',
  'sql/checks/dim_tracks_unique.sql',
  'sql/checks/fact_listens_conserved.sql',
  'sql/checks/fact_listens_known_tracks.sql',
  'sql/checks/fact_listens_unique.sql',
  'sql/dbt/full_runs.sql',
  'sql/dbt/relations.sql',
  'sql/dbt/spare_the_pipeline.sql',
  'sql/dbt_project.yml',
  'sql/kpis/kpi_day_genres.sql',
  'sql/kpis/kpi_day_hours.sql',
  'sql/kpis/kpi_days.sql',
  'sql/kpis/kpi_gone_genres.sql',
  'sql/kpis/kpi_listeners.sql',
  'sql/kpis/kpi_top_genres.sql',
  'sql/kpis/kpi_top_songs.sql',
  'sql/macros/affected.sql',
  'sql/macros/checks.sql',
  'sql/macros/digits.sql',
  'sql/macros/history.sql',
  'sql/macros/keys.sql',
  'sql/macros/nested.sql',
  'sql/macros/numbers.sql',
  'sql/macros/ratios.sql',
  'sql/macros/snapshots.sql',
  'sql/macros/types.sql',
  'sql/macros/utc.sql',
  'sql/macros/views.sql',
  'sql/marts/dim_date.sql',
  'sql/marts/dim_listeners.sql',
  'sql/marts/dim_tracks.sql',
  'sql/marts/fact_listens.sql',
  'sql/profiles.yml',
  'sql/requirements.txt',
  'sql/selectors.yml',
  'sql/silver/listeners.sql',
  'sql/silver/streams.sql',
  'sql/silver/tracks.sql',
  'sql/staging/stg_listeners.sql',
  'sql/staging/stg_streams.sql',
  'sql/staging/stg_tracks.sql',
];

/** The shop's part of what the product ships. */
export const shippedShop = [
  'rules/sessions',
  'rules/songs',
  'rules/users',
  'sql/checks/dim_artists_unique.sql',
  'sql/checks/dim_sessions_unique.sql',
  'sql/checks/dim_song_versions_history.sql',
  'sql/checks/dim_songs_one_row_per_moment.sql',
  'sql/checks/dim_songs_unique.sql',
  'sql/checks/dim_users_history.sql',
  'sql/checks/dim_users_one_row_per_moment.sql',
  'sql/checks/dim_users_unique.sql',
  'sql/checks/fact_session_artists.sql',
  'sql/checks/fact_session_conserved.sql',
  'sql/checks/fact_session_fresh.sql',
  'sql/checks/fact_session_in_views.sql',
  'sql/checks/fact_session_known_songs.sql',
  'sql/checks/fact_session_known_users.sql',
  'sql/checks/fact_session_one_row_per_moment.sql',
  'sql/checks/fact_session_songs.sql',
  'sql/checks/fact_session_unique.sql',
  'sql/checks/fact_session_users.sql',
  'sql/kpis/kpi_sales_artists.sql',
  'sql/kpis/kpi_sales_countries.sql',
  'sql/kpis/kpi_sales_months.sql',
  'sql/marts/dim_artists.sql',
  'sql/marts/dim_sessions.sql',
  'sql/marts/dim_song_versions.sql',
  'sql/marts/dim_songs.sql',
  'sql/marts/dim_users.sql',
  'sql/marts/fact_session.sql',
  'sql/silver/sessions.sql',
  'sql/silver/songs.sql',
  'sql/silver/users.sql',
  'sql/staging/stg_sessions.sql',
  'sql/staging/stg_songs.sql',
  'sql/staging/stg_users.sql',
  'sql/views/fact_order_items.sql',
  'sql/views/music_preference_vw.sql',
  'sql/views/sales_per_artist_vw.sql',
  'sql/views/sales_per_country_vw.sql',
  'sql/views/user_activity_vw.sql',
];

/**
 * A copy of the rules and SQL that the product ships in a temporary folder, without the shop if it is not asked for, with some files
 * written over or, if undefined, removed.
 */
export const copyProject = async (
  files: Readonly<Record<string, string | undefined>>,
  besides: readonly string[] = [],
): Promise<string> => {
  const root = await mkdtemp(join(tmpdir(), 'soundcheck-project-'));
  for (const path of [...shipped, ...besides])
    await cp(join(process.cwd(), path), join(root, path), { recursive: true });
  await change(root, files);
  return root;
};

/** A project of these files and the macros in a temporary folder. */
export const writeProject = async (files: Readonly<Record<string, string>>): Promise<string> => {
  const root = await mkdtemp(join(tmpdir(), 'soundcheck-project-'));
  await cp(join(process.cwd(), 'sql/macros'), join(root, 'sql/macros'), { recursive: true });
  await change(root, files);
  return root;
};

const change = async (root: string, files: Readonly<Record<string, string | undefined>>): Promise<void> => {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    if (content === undefined) await rm(join(root, path));
    else await writeFile(join(root, path), content);
  }
};

/** A dataset of another domain: weather stations, and a dimension made of them. */
export const weather: Readonly<Record<string, string>> = {
  'rules/stations/manifest.json': JSON.stringify({
    version: '1.0',
    directory: 'data/stations/',
    schema: {
      extension: '.csv',
      name_pattern: 'stations.csv',
      fields: {
        code: { type: 'string', required: true, description: 'Letters of the station' },
        altitude: { type: 'decimal(8,2)' },
      },
    },
  }),
  'rules/stations/quality.dqdl': 'Rules = [ IsComplete "code", RowCount > 0 ]\n',
  'sql/silver/stations.sql': `-- one row per landed station
{{ config(meta={'key': ['code']}) }}
select
  cast(code as varchar(16)) as code,
  cast(altitude as decimal(8, 2)) as altitude,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at,
  cast(batch_id as varchar(128)) as batch_id
from {{ source('landed', 'stations') }}
`,
  'sql/staging/stg_stations.sql': `-- one row per published station
select
  cast(code as varchar(16)) as code,
  cast(altitude as decimal(8, 2)) as altitude,
  cast(landed_at as timestamp) as landed_at,
  cast(landed_file as varchar(1024)) as landed_file
from {{ source('silver', 'stations') }}
`,
  'sql/marts/dim_stations.sql': `-- one row per station
{{ config(materialized='table', meta={'key': ['code']}) }}
with ranked as (
  select code, altitude, row_number() over (partition by code order by landed_at desc, landed_file desc) as recency
  from {{ ref('stg_stations') }}
)
select cast(code as varchar(16)) as code, cast(altitude as decimal(8, 2)) as altitude
from ranked
where recency = 1
`,
};
