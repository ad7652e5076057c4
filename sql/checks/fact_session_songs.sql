-- one row per sale with another song than exactly its own, or the unknown song where there is none
{{ config(severity='error') }}

{{ wrong_members('fact_session', ['session_id', 'item_number'], 'session_id', 'song_key', 'dim_songs', {'track_id': 'song_id'}) }}
