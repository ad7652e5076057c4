-- one row per song bought in a session: fact_session under the names that some reports use
{{ config(materialized='view', meta={'mart': 'shop'}) }}

select
  cast(fact_key as varchar(32)) as fact_key,
  cast(session_id as varchar(36)) as session_id,
  cast(song_key as varchar(32)) as song_key,
  cast(user_key as varchar(32)) as user_key,
  cast(artist_key as varchar(32)) as artist_key,
  cast(currency as varchar(3)) as currency,
  cast(price as decimal(10, 2)) as price,
  cast(liked as boolean) as liked,
  cast(session_start_time as timestamp) as session_start_time,
  cast(liked_since as timestamp) as liked_since,
  cast(date_key as date) as date_key
from {{ ref('fact_session') }}
