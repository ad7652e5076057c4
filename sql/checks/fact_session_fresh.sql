-- one row per dataset of the shop that was observed more than 40 days before the newest of them: a monthly pull of it is missing
{{ config(severity='warn') }}

with observed as (
  select 'users' as dataset, max(observed_at) as newest
  from {{ ref('stg_users') }}
  union all
  select 'songs', max(observed_at)
  from {{ ref('stg_songs') }}
  union all
  select 'sessions', max(observed_at)
  from {{ ref('stg_sessions') }}
),

everything as (
  select max(newest) as newest
  from observed
),

final as (
  select
    cast(observed.dataset as varchar(1024)) as subject,
    cast('last observed on ' || cast(cast(observed.newest as date) as varchar(10)) as varchar(4096)) as detail
  from observed
  cross join everything
  where cast(everything.newest as date) - cast(observed.newest as date) > 40
)

select * from final
