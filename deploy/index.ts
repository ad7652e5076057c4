/**
 * Deploy: turns `rules/` and `sql/` into the catalog that is included in each function's bundle, and reports their problems;
 * also the plugins that `sls` runs. Start with `render/render.ts`; `bind/` finds SQL types, `sql/` and `redshift/` lint,
 * `describe/` writes the page of the warehouse.
 */

export { renderCatalog } from './render/render.ts';
