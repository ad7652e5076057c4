-- one row per account in a landed list of listeners
{{ config(meta={'key': ['user_id'], 'order': ['user_id']}) }}

select
  cast(user_id as bigint) as user_id,
  cast(user_name as varchar(1024)) as user_name,
  cast(user_country as varchar(256)) as user_country,
  cast(user_age as bigint) as user_age,
  cast(created_at as date) as created_at,
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at,
  cast(batch_id as varchar(128)) as batch_id
from {{ source('landed', 'listeners') }}
