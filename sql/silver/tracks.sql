-- one row per track in a landed catalogue
{{ config(meta={'key': ['track_id'], 'order': ['track_id']}) }}

select
  cast(track_id as varchar(64)) as track_id,
  cast(artists as varchar(4096)) as artists,
  cast(album_name as varchar(4096)) as album_name,
  cast(track_name as varchar(4096)) as track_name,
  cast(track_genre as varchar(256)) as track_genre,
  cast(id as bigint) as id,
  cast(popularity as bigint) as popularity,
  cast(duration_ms as bigint) as duration_ms,
  cast(key as bigint) as key,
  cast(mode as bigint) as mode,
  cast(time_signature as bigint) as time_signature,
  cast(danceability as {{ double() }}) as danceability,
  cast(energy as {{ double() }}) as energy,
  cast(loudness as {{ double() }}) as loudness,
  cast(speechiness as {{ double() }}) as speechiness,
  cast(acousticness as {{ double() }}) as acousticness,
  cast(instrumentalness as {{ double() }}) as instrumentalness,
  cast(liveness as {{ double() }}) as liveness,
  cast(valence as {{ double() }}) as valence,
  cast(tempo as {{ double() }}) as tempo,
  cast(explicit as boolean) as is_explicit,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at,
  cast(batch_id as varchar(128)) as batch_id
from {{ source('landed', 'tracks') }}
