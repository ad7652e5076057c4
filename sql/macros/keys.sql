{# One text for a list of values, different for different lists: each value after its length, `-` for NULL, which differs from an
   empty text. `types` names the types of values that not every engine casts to a text as they are: `boolean` and `double precision`.
   Those end with a semicolon. Redshift casts no boolean, and shows 15 of the 17 digits of a float: what it leaves out follows, for
   floats below 1e300. #}
{% macro key_text(values, types={}) -%}
{%- for value in values -%}
{%- set type = types[value] if value in types else '' -%}
{%- if type == 'boolean' -%}
case when {{ value }} then 'true;' when not {{ value }} then 'false;' else ';' end
{%- elif type == 'double precision' -%}
coalesce(cast({{ value }} as varchar(64)) || ' ' || case when abs({{ value }}) < 1e300 then cast({{ value }} - cast(cast({{ value }} as varchar(64)) as {{ double() }}) as varchar(64)) else '' end, '') || ';'
{%- else -%}
coalesce(cast(length(cast({{ value }} as varchar(65535))) as varchar(20)) || ':' || cast({{ value }} as varchar(65535)), '-')
{%- endif -%}
{%- if not loop.last %} || {% endif -%}
{%- endfor -%}
{%- endmacro %}

{# A surrogate key, 32 characters, made of the values of a key. #}
{% macro surrogate_key(values, types={}) -%}
md5({{ key_text(values, types) }})
{%- endmacro %}

{# The surrogate key of the member of a dimension that stands for everything unknown. It is no MD5. #}
{% macro unknown_key() -%}
'unknown'
{%- endmacro %}
