-- one row per song that was ever for sale, by the track_id that sessions call song_id, with its newest values; and the unknown song
{{ config(materialized='table', meta={'key': ['song_key'], 'natural_key': ['track_id'], 'mart': 'shop'}) }}

with versions as (
  select
    track_id, song_id, title, release, year, is_current, duration, valid_to,
    row_number() over (partition by track_id order by valid_from desc) as recency
  from {{ ref('dim_song_versions') }}
),

members as (
  select
    {{ surrogate_key(['track_id']) }} as song_key, track_id, song_id, title, release, year, is_current, duration,
    case when not is_current then valid_to end as deleted_at
  from versions
  where recency = 1
  union all
  select
    {{ unknown_key() }}, 'unknown', 'unknown', cast(null as varchar(4096)), cast(null as varchar(4096)), cast(null as bigint), true,
    cast(null as {{ double() }}), cast(null as timestamp)
),

final as (
  select
    cast(song_key as varchar(32)) as song_key,
    cast(track_id as varchar(256)) as track_id,
    cast(song_id as varchar(256)) as song_id,
    cast(title as varchar(4096)) as title,
    cast(release as varchar(4096)) as release,
    cast(year as bigint) as year,
    cast(is_current as boolean) as is_current,
    cast(duration as {{ double() }}) as duration,
    cast(deleted_at as timestamp) as deleted_at
  from members
)

select * from final
