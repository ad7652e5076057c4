-- one row per artist that ever had a song for sale, with the name that most of its songs carry, ties by name, and the other values of
-- the first of these songs by track_id; songs that are gone count only if the artist has no other. And the unknown artist
{{ config(materialized='table', meta={'key': ['artist_key'], 'natural_key': ['artist_id'], 'mart': 'shop'}) }}

with versions as (
  select
    artist_id, artist_mbid, artist_name, artist_familiarity, artist_hotttnesss, track_id,
    case when is_current then 1 else 0 end as is_for_sale,
    row_number() over (partition by artist_id, track_id order by valid_from desc) as recency
  from {{ ref('dim_song_versions') }}
),

own as (
  select
    artist_id, artist_mbid, artist_name, artist_familiarity, artist_hotttnesss, track_id, is_for_sale,
    max(is_for_sale) over (
      partition by artist_id rows between unbounded preceding and unbounded following
    ) as has_songs_for_sale
  from versions
  where recency = 1
),

counted as (
  select
    artist_id, artist_mbid, artist_name, artist_familiarity, artist_hotttnesss, track_id, has_songs_for_sale,
    count(*) over (
      partition by artist_id, artist_name rows between unbounded preceding and unbounded following
    ) as songs
  from own
  where is_for_sale = has_songs_for_sale
),

ranked as (
  select
    artist_id, artist_mbid, artist_name, artist_familiarity, artist_hotttnesss, has_songs_for_sale,
    row_number() over (
      partition by artist_id
      order by case when artist_name is null then 1 else 0 end, songs desc, coalesce(artist_name, ''), track_id
    ) as place
  from counted
),

members as (
  select
    {{ surrogate_key(['artist_id']) }} as artist_key, artist_id, artist_mbid, coalesce(artist_name, 'unknown') as artist_name,
    case when has_songs_for_sale = 1 then true else false end as is_current, artist_familiarity, artist_hotttnesss
  from ranked
  where place = 1 and artist_id <> 'unknown'
  union all
  select
    {{ unknown_key() }}, 'unknown', cast(null as varchar(256)), 'unknown', true, cast(null as {{ double() }}),
    cast(null as {{ double() }})
),

final as (
  select
    cast(artist_key as varchar(32)) as artist_key,
    cast(artist_id as varchar(256)) as artist_id,
    cast(artist_mbid as varchar(256)) as artist_mbid,
    cast(artist_name as varchar(4096)) as artist_name,
    cast(is_current as boolean) as is_current,
    cast(artist_familiarity as {{ double() }}) as artist_familiarity,
    cast(artist_hotttnesss as {{ double() }}) as artist_hotttnesss
  from members
)

select * from final
