{# An expression: the moment in UTC, without an offset, of a landed `timestamptz` such as 2024-06-25T17:43:13.5+02:00; NULL if
   that is NULL. #}
{% macro utc(value) -%}
{% set rest = 'substring(' ~ value ~ ', 20)' -%}
{% set fraction = "split_part(split_part(split_part(" ~ rest ~ ", 'Z', 1), '+', 1), '-', 1)" -%}
cast(replace(substring({{ value }}, 1, 19), 'T', ' ') || {{ fraction }} as timestamp)
    - ({{ offset_minutes(rest, '+') }} - {{ offset_minutes(rest, '-') }}) * interval '1' minute
{%- endmacro %}

{# Minutes of the offset after a sign, `+02`, `+0200` or `+02:00`; 0 if the text has no such sign. #}
{% macro offset_minutes(rest, sign) -%}
{% set digits = "replace(split_part(" ~ rest ~ ", '" ~ sign ~ "', 2), ':', '')" -%}
(cast(coalesce(nullif(substring({{ digits }}, 1, 2), ''), '0') as integer) * 60
      + cast(coalesce(nullif(substring({{ digits }}, 3, 2), ''), '0') as integer))
{%- endmacro %}
