-- one row per sale with another user, song or artist than exactly the one of its time, or the unknown one where there is none
{{ config(severity='error') }}

with sales as (
  select session_id, song_id, user_id, artist_id, song_key, user_key, artist_key, session_start_time
  from {{ ref('fact_session') }}
  {{ where_affected('fact_session', 'session_id') }}
),

joined as (
  select
    sales.session_id, sales.song_id,
    case when sales.user_key = coalesce(users.user_key, {{ unknown_key() }}) then 0 else 1 end as wrong_users,
    case when sales.song_key = coalesce(songs.song_key, {{ unknown_key() }}) then 0 else 1 end as wrong_songs,
    case when sales.artist_key = coalesce(artists.artist_key, {{ unknown_key() }}) then 0 else 1 end as wrong_artists
  from sales
  left join {{ ref('dim_users') }} as users
    on users.user_id = sales.user_id
    and sales.session_start_time >= users.valid_from
    and sales.session_start_time < users.valid_to
  left join {{ ref('dim_songs') }} as songs on songs.track_id = sales.song_id
  left join {{ ref('dim_artists') }} as artists on artists.artist_id = sales.artist_id
),

counted as (
  select
    session_id, song_id, count(*) as members,
    cast(sum(wrong_users) as bigint) as wrong_users,
    cast(sum(wrong_songs) as bigint) as wrong_songs,
    cast(sum(wrong_artists) as bigint) as wrong_artists
  from joined
  group by session_id, song_id
),

final as (
  select
    cast(session_id || ' ' || song_id as varchar(1024)) as subject,
    cast(
      cast(members as varchar(20)) || ' combinations of members; wrong users: ' || cast(wrong_users as varchar(20))
      || ', songs: ' || cast(wrong_songs as varchar(20)) || ', artists: ' || cast(wrong_artists as varchar(20)) as varchar(4096)
    ) as detail
  from counted
  where members > 1 or wrong_users > 0 or wrong_songs > 0 or wrong_artists > 0
)

select * from final
