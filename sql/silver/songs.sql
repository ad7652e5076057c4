-- one row per landed song; year 0 means that the year is not known and shs_perf -1 that there is none: both are NULL
{{ config(meta={'key': ['track_id'], 'order': ['track_id']}) }}

select
  cast(track_id as varchar(18)) as track_id,
  cast(song_id as varchar(18)) as song_id,
  cast(title as varchar(4096)) as title,
  cast(release as varchar(4096)) as release,
  cast(artist_id as varchar(256)) as artist_id,
  cast(artist_mbid as varchar(256)) as artist_mbid,
  cast(artist_name as varchar(4096)) as artist_name,
  cast(nullif(cast(year as bigint), 0) as bigint) as year,
  cast(track_7digitalid as bigint) as track_7digitalid,
  cast(nullif(cast(shs_perf as bigint), -1) as bigint) as shs_perf,
  cast(shs_work as bigint) as shs_work,
  cast(duration as {{ double() }}) as duration,
  cast(artist_familiarity as {{ double() }}) as artist_familiarity,
  cast(artist_hotttnesss as {{ double() }}) as artist_hotttnesss,
  cast(coalesce(cast(observed_at as timestamp), landed_at) as timestamp) as observed_at,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at,
  cast(batch_id as varchar(128)) as batch_id
from {{ source('landed', 'songs') }}
