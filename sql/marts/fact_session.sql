-- one row per song bought in a session, as the newest version of the session with items says it: the one observed last, then landed
-- last; of several rows of a song in it the one with the greatest hash. What has not arrived is the unknown user, song or artist
{{ config(materialized='incremental', unique_key=['session_id', 'song_id'], meta={
  'key': ['session_id', 'song_id'],
  'partition': 'session_id',
  'mart': 'shop',
  'dimensions': {'dim_songs': ['song_id']}
}) }}

-- a version without items is left out: it has no row here that would tell a rebuild, when its file is gone, to look again
with items as (
  select
    session_id, user_id, song_id, artist_id, currency, row_hash, price, liked, session_start_time, liked_since, landed_file,
    rank() over (
      partition by session_id order by observed_at desc, landed_at desc, landed_file desc, landed_version desc
    ) as recency
  from (
    select
      session_id, user_id, song_id, artist_id, currency, row_hash, item_number, price, liked, session_start_time, liked_since,
      observed_at, landed_at, landed_file, landed_version
    from {{ ref('stg_sessions') }}
    {{ where_affected('fact_session', 'session_id') }}
  ) as published
  where item_number is not null
),

ranked as (
  select
    session_id, user_id, song_id, artist_id, currency, price, liked, session_start_time, liked_since, landed_file,
    row_number() over (partition by session_id, song_id order by row_hash desc) as place
  from items
  where recency = 1
),

sales as (
  select session_id, user_id, song_id, artist_id, currency, price, liked, session_start_time, liked_since, landed_file
  from ranked
  where place = 1
),

users as (
  select user_key, user_id, valid_from, valid_to
  from {{ ref('dim_users') }}
),

songs as (
  select song_key, track_id
  from {{ ref('dim_songs') }}
),

artists as (
  select artist_key, artist_id
  from {{ ref('dim_artists') }}
),

final as (
  select
    cast({{ surrogate_key(['sales.session_id', 'sales.song_id']) }} as varchar(32)) as fact_key,
    cast(sales.session_id as varchar(36)) as session_id,
    cast(sales.song_id as varchar(256)) as song_id,
    cast(sales.user_id as varchar(36)) as user_id,
    cast(sales.artist_id as varchar(256)) as artist_id,
    cast(coalesce(songs.song_key, {{ unknown_key() }}) as varchar(32)) as song_key,
    cast(coalesce(users.user_key, {{ unknown_key() }}) as varchar(32)) as user_key,
    cast(coalesce(artists.artist_key, {{ unknown_key() }}) as varchar(32)) as artist_key,
    cast(substring(cast(cast(sales.session_start_time as date) as varchar(10)), 1, 7) as varchar(7)) as sales_month,
    cast(sales.currency as varchar(3)) as currency,
    cast(sales.landed_file as varchar(1024)) as landed_file,
    cast(sales.price as decimal(10, 2)) as price,
    cast(sales.liked as boolean) as liked,
    cast(sales.session_start_time as timestamp) as session_start_time,
    cast(sales.liked_since as timestamp) as liked_since,
    cast(sales.session_start_time as date) as date_key
  from sales
  left join users
    on users.user_id = sales.user_id
    and sales.session_start_time >= users.valid_from
    and sales.session_start_time < users.valid_to
  left join songs on songs.track_id = sales.song_id
  left join artists on artists.artist_id = sales.artist_id
)

select * from final
