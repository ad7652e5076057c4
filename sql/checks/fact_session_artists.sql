-- one row per sale with another artist than exactly its own, or the unknown artist where there is none
{{ config(severity='error') }}

{{ wrong_members(
  'fact_session', ['session_id', 'item_number'], 'session_id', 'artist_key', 'dim_artists', {'artist_id': 'artist_id'}
) }}
