{# A condition: a text is a number with one to three digits before its point, such as -0.45877. For sql/silver/, where a text may be
   no number and a cast of it would fail. #}
{% macro is_degrees(value) -%}
{%- set digits = "(case when left(" ~ value ~ ", 1) = '-' then substring(" ~ value ~ ", 2) else " ~ value ~ " end)" -%}
{%- set whole = "split_part(" ~ digits ~ ", '.', 1)" -%}
{%- set fraction = "split_part(" ~ digits ~ ", '.', 2)" -%}
(length({{ whole }}) between 1 and 3
    and length({{ fraction }}) <= 30
    and translate({{ whole }} || {{ fraction }}, '0123456789', '') = ''
    and ({{ digits }} = {{ whole }} or ({{ fraction }} <> '' and {{ digits }} = {{ whole }} || '.' || {{ fraction }})))
{%- endmacro %}
