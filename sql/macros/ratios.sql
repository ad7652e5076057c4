{# numerator / denominator with that many decimals (one to nine), exact and rounded half up, from whole numbers: numerator >= 0,
   2 * numerator * 10^decimals + denominator below 10^38, the ratio below 10^(29 - decimals), which is enough for sums of 64-bit
   numbers. NULL if the denominator is 0. DuckDB divides decimals as floats, so it uses its own operator for whole numbers. #}
{% macro half_up_ratio(numerator, denominator, decimals=2) -%}
{%- set whole = 'hugeint' if target.type == 'duckdb' else 'decimal(38, 0)' -%}
{%- set dividend = 'cast(' ~ numerator ~ ' as ' ~ whole ~ ') * ' ~ (2 * 10 ** decimals) ~ ' + cast(' ~ denominator ~ ' as ' ~ whole ~ ')' -%}
{%- set divisor = 'nullif(2 * cast(' ~ denominator ~ ' as ' ~ whole ~ '), 0)' -%}
{%- set unit = 'cast(0.' ~ '0' * (decimals - 1) ~ '1 as decimal(' ~ decimals ~ ', ' ~ decimals ~ '))' -%}
{%- if target.type == 'duckdb' -%}
cast(({{ dividend }}) // {{ divisor }} as decimal({{ 38 - decimals }}, 0)) * {{ unit }}
{%- else -%}
cast((({{ dividend }}) - mod({{ dividend }}, {{ divisor }})) / {{ divisor }} as decimal({{ 38 - decimals }}, 0)) * {{ unit }}
{%- endif -%}
{%- endmacro %}
