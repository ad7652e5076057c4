-- one row per artist, with the name that most of its songs carry, ties by name, and the other values of the first of these songs by
-- track_id; and the unknown artist
{{ config(materialized='table', meta={'key': ['artist_key'], 'natural_key': ['artist_id'], 'mart': 'shop'}) }}

with counted as (
  select
    artist_id, artist_mbid, artist_name, artist_familiarity, artist_hotttnesss, track_id,
    count(*) over (
      partition by artist_id, artist_name rows between unbounded preceding and unbounded following
    ) as songs
  from {{ ref('stg_current_songs') }}
),

ranked as (
  select
    artist_id, artist_mbid, artist_name, artist_familiarity, artist_hotttnesss,
    row_number() over (
      partition by artist_id
      order by case when artist_name is null then 1 else 0 end, songs desc, coalesce(artist_name, ''), track_id
    ) as place
  from counted
),

members as (
  select
    {{ surrogate_key(['artist_id']) }} as artist_key, artist_id, artist_mbid, coalesce(artist_name, 'unknown') as artist_name,
    artist_familiarity, artist_hotttnesss
  from ranked
  where place = 1 and artist_id <> 'unknown'
  union all
  select
    {{ unknown_key() }}, 'unknown', cast(null as varchar(256)), 'unknown', cast(null as {{ double() }}), cast(null as {{ double() }})
),

final as (
  select
    cast(artist_key as varchar(32)) as artist_key,
    cast(artist_id as varchar(256)) as artist_id,
    cast(artist_mbid as varchar(256)) as artist_mbid,
    cast(artist_name as varchar(4096)) as artist_name,
    cast(artist_familiarity as {{ double() }}) as artist_familiarity,
    cast(artist_hotttnesss as {{ double() }}) as artist_hotttnesss
  from members
)

select * from final
