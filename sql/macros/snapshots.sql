{# A condition: a file has the name that a pull of the dataset gives, such as data/songs/songs-2024-01-01-2024-01-31-1.jsonl; the
   rows that were repaired in it belong to it. #}
{% macro is_pulled(file, dataset) -%}
{%- set beginning = 'data/' ~ dataset ~ '/' ~ dataset ~ '-' -%}
left({{ file }}, {{ beginning | length }}) = '{{ beginning }}' and translate(substring({{ file }}, {{ beginning | length + 1 }}, 22), '123456789', '000000000') = '0000-00-00-0000-00-00-'
{%- endmacro %}
