-- one row per day from 2000-01-01 to 2049-12-31; weeks are ISO weeks and Monday is day 1
{{ config(materialized='view', meta={'key': ['date_key']}) }}

with digits as (
  select digit from ({{ digits() }}) as ten
),

days as (
  select
    date '2000-01-01'
    + (ones.digit + 10 * tens.digit + 100 * hundreds.digit + 1000 * thousands.digit + 10000 * myriads.digit) as day_date
  from digits as ones
  cross join digits as tens
  cross join digits as hundreds
  cross join digits as thousands
  cross join digits as myriads
  where myriads.digit < 2
),

numbered as (
  select
    day_date,
    mod(cast(day_date - date '2000-01-03' + 7 as integer), 7) + 1 as day_of_week
  from days
  where day_date < date '2050-01-01'
),

final as (
  select
    cast(day_date as date) as date_key,
    cast(extract(day from day_date) as integer) as day,
    cast(extract(week from day_date) as integer) as week,
    cast(extract(month from day_date) as integer) as month,
    cast(extract(quarter from day_date) as integer) as quarter,
    cast(extract(year from day_date) as integer) as year,
    cast(day_of_week as integer) as day_of_week,
    cast(case when day_of_week > 5 then true else false end as boolean) as is_weekend,
    cast(date_trunc('month', day_date) as date) as month_start
  from numbered
)

select * from final
