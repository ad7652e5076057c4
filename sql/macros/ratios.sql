{# numerator / denominator with that many decimals (one to ten), exact and half up, from whole numbers: numerator >= 0, and
   2 * numerator * 10^decimals + denominator stays below 2^53. NULL where the denominator is 0. #}
{% macro half_up_ratio(numerator, denominator, decimals=2) -%}
{%- set scale = 10 ** decimals -%}
{%- set unit = '0.' ~ '0' * (decimals - 1) ~ '1' -%}
{%- set dividend = 'cast(' ~ numerator ~ ' as bigint) * ' ~ (2 * scale) ~ ' + cast(' ~ denominator ~ ' as bigint)' -%}
{%- set divisor = 'nullif(2 * cast(' ~ denominator ~ ' as bigint), 0)' -%}
cast((({{ dividend }}) - mod({{ dividend }}, {{ divisor }})) / {{ divisor }} as bigint) * cast({{ unit }} as decimal(10, {{ decimals }}))
{%- endmacro %}
