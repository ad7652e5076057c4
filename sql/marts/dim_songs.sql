-- one row per song for sale, by the track_id that sessions call song_id, and the unknown song
{{ config(materialized='table', meta={'key': ['song_key'], 'natural_key': ['track_id'], 'mart': 'shop'}) }}

with songs as (
  select track_id, song_id, title, release, year, duration
  from {{ ref('stg_current_songs') }}
),

members as (
  select {{ surrogate_key(['track_id']) }} as song_key, track_id, song_id, title, release, year, duration
  from songs
  union all
  select
    {{ unknown_key() }}, 'unknown', 'unknown', cast(null as varchar(4096)), cast(null as varchar(4096)), cast(null as bigint),
    cast(null as {{ double() }})
),

final as (
  select
    cast(song_key as varchar(32)) as song_key,
    cast(track_id as varchar(256)) as track_id,
    cast(song_id as varchar(256)) as song_id,
    cast(title as varchar(4096)) as title,
    cast(release as varchar(4096)) as release,
    cast(year as bigint) as year,
    cast(duration as {{ double() }}) as duration
  from members
)

select * from final
