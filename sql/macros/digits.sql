{# Ten rows, digit 0 to 9. #}
{% macro digits() -%}
{%- for digit in range(10) -%}
select {{ digit }} as digit{{ '' if loop.last else ' union all ' }}
{%- endfor -%}
{%- endmacro %}
