{# One text for a list of values, different for different lists: each value after its length, `-` for NULL, which differs from an
   empty text. The values are texts, whole numbers, decimals, dates or timestamps. #}
{% macro key_text(values) -%}
{%- for value in values -%}
coalesce(cast(length(cast({{ value }} as varchar(65535))) as varchar(20)) || ':' || cast({{ value }} as varchar(65535)), '-')
{%- if not loop.last %} || {% endif -%}
{%- endfor -%}
{%- endmacro %}

{# A surrogate key, 32 characters, made of the values of a key. #}
{% macro surrogate_key(values) -%}
md5({{ key_text(values) }})
{%- endmacro %}

{# The surrogate key of the member of a dimension that stands for everything unknown. It is no MD5. #}
{% macro unknown_key() -%}
'unknown'
{%- endmacro %}
