import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { literal } from '../functions/values/index.ts';

/**
 * The same work in one plain DuckDB script, to compare with: reads the CSV, drops duplicates, joins the catalogue and writes
 * the KPIs as JSON lines. It validates nothing, knows no file versions and cannot be repeated for one file alone.
 */

const statements = (folder: string): readonly string[] => [
  "set TimeZone = 'UTC'",
  "set memory_limit = '2GB'",
  'set preserve_insertion_order = false',
  `create table tracks as select * from read_csv(${literal(join(folder, 'tracks.csv'))}, all_varchar = true)`,
  `create table listens as
select streams.*, cast(listen_time as date) as listen_date, coalesce(track_genre, 'unknown') as genre,
  coalesce(cast(popularity as bigint), 0) as popularity, coalesce(cast(duration_ms as bigint), 0) as duration_ms
from (
  select distinct user_id, track_id, listen_time
  from read_csv(${literal(join(folder, 'streams1.csv'))}, columns = {user_id: 'bigint', track_id: 'varchar', listen_time: 'timestamp'}, header = true)
) as streams
left join tracks using (track_id)`,
  ...Object.entries(kpis).map(
    ([name, sql]) => `copy (${sql}) to ${literal(join(folder, `${name}.json`))} (format json)`,
  ),
];

const kpis: Readonly<Record<string, string>> = {
  days: `select listen_date, count(*) as listens, count(distinct user_id) as unique_listeners,
  sum(duration_ms) as listening_ms, count(distinct genre) as genres
from listens group by listen_date`,
  top_genres: `select listen_date, row_number() over (partition by listen_date order by listens desc, genre) as rank, genre, listens
from (select listen_date, genre, count(*) as listens from listens group by all) as counted qualify rank <= 5`,
  genres: `select listen_date, genre, count(*) as listens, count(distinct user_id) as unique_listeners,
  sum(duration_ms) as listening_ms, (200 * sum(duration_ms) + unique_listeners) // (2 * unique_listeners) as avg_cents,
  sum(popularity) as popularity
from listens group by all`,
  top_songs: `select listen_date, genre, row_number() over (partition by listen_date, genre order by listens desc, track_id) as rank,
  track_id, track_name, artists, listens
from (select listen_date, genre, track_id, count(*) as listens from listens group by all) as counted
left join tracks using (track_id) qualify rank <= 3`,
  hours: `with counted as (
  select listen_date, hour(listen_time) as hour, track_id, count(*) as listens from listens group by all
), credited as (
  select listen_date, hour, split_part(artists, ';', 1) as artist, sum(listens) as listens
  from counted inner join tracks using (track_id) where artists is not null group by all
)
select * from (
  select listen_date, hour(listen_time) as hour, count(*) as listens, count(distinct user_id) as unique_listeners,
    count(distinct track_id) as distinct_tracks
  from listens group by all
) left join (
  select listen_date, hour, artist as top_artist from credited
  qualify row_number() over (partition by listen_date, hour order by listens desc, artist) = 1
) using (listen_date, hour)`,
  listeners: `select user_id, count(*) as listens, sum(duration_ms) as listening_ms, count(distinct listen_date) as active_days,
  min(listen_date) as first_day, max(listen_date) as last_day
from listens group by user_id`,
};

const main = async (folder: string): Promise<void> => {
  const began = performance.now();
  const instance = await DuckDBInstance.create(join(folder, `plain-${process.pid}.duckdb`));
  const connection = await instance.connect();
  for (const statement of statements(folder)) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
  console.log(JSON.stringify({ ms: performance.now() - began, peak_kb: process.resourceUsage().maxRSS }));
};

await main(process.argv[2] ?? '');
