-- one row per item bought in a session, as the newest version of the session says it. What has not arrived is the unknown user, song or
-- artist
{{ config(materialized='incremental', unique_key=['session_id', 'item_number'], meta={
  'key': ['session_id', 'item_number'],
  'partition': 'session_id',
  'mart': 'shop',
  'dimensions': {'dim_songs': ['song_id']}
}) }}

with published as (
  select
    session_id, user_id, song_id, artist_id, currency, row_hash, item_number, price, liked, session_start_time, liked_since,
    observed_at, landed_file, landed_version
  from {{ ref('stg_sessions') }}
  {{ where_affected('fact_session', 'session_id') }}
),

newest as (
  select session_id, landed_file, landed_version, observed_at
  from {{ ref('dim_sessions') }}
),

-- a file may have a session twice: of the rows for one position in it, the one with the greatest hash counts
ranked as (
  select
    published.session_id, published.user_id, published.song_id, published.artist_id, published.currency,
    published.item_number, published.price, published.liked, published.session_start_time, published.liked_since,
    published.landed_file,
    row_number() over (
      partition by published.session_id, published.item_number order by published.row_hash desc
    ) as place
  from published
  inner join newest
    on newest.session_id = published.session_id
    and newest.landed_file = published.landed_file
    and newest.landed_version = published.landed_version
    and newest.observed_at = published.observed_at
  where published.item_number is not null
),

sales as (
  select
    session_id, user_id, song_id, artist_id, currency, item_number, price, liked, session_start_time, liked_since, landed_file
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
    cast({{ surrogate_key(['sales.session_id', 'sales.item_number']) }} as varchar(32)) as fact_key,
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
    cast(sales.item_number as bigint) as item_number,
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
