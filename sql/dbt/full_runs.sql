{# Under dbt a run is a full one: what a rebuild affects is known to the pipeline alone. #}
{% macro is_incremental() -%}
{{ return(false) }}
{%- endmacro %}
