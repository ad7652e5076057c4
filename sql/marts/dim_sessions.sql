-- one row per session, with the file that has its newest version: the one that was observed last, and of those the one that landed last
{{ config(materialized='table', meta={'key': ['session_id'], 'mart': 'shop'}) }}

with versions as (
  select
    session_id, landed_file, landed_version, observed_at, landed_at, count(distinct item_number) as items
  from {{ ref('stg_sessions') }}
  group by session_id, landed_file, landed_version, observed_at, landed_at
),

ranked as (
  select
    session_id, landed_file, landed_version, items, observed_at,
    row_number() over (
      partition by session_id order by observed_at desc, landed_at desc, landed_file desc, landed_version desc
    ) as recency
  from versions
),

final as (
  select
    cast(session_id as varchar(36)) as session_id,
    cast(landed_file as varchar(1024)) as landed_file,
    cast(landed_version as varchar(1024)) as landed_version,
    cast(items as bigint) as items,
    cast(observed_at as timestamp) as observed_at
  from ranked
  where recency = 1
)

select * from final
