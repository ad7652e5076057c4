{# For `materialized` in the config of a heavy view: Redshift stores its rows and refreshes them after its tables have changed; elsewhere
   it is a plain view. #}
{% macro stored_view() -%}
{{ 'materialized_view' if target.type == 'redshift' else 'view' }}
{%- endmacro %}
