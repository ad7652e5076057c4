/**
 * Deploy: turns `rules/` and `sql/` into the catalog that the functions are packaged with, and says what is wrong with them;
 * the plugins that `sls` runs. Start with `render/render.ts`; `bind/` gives SQL types, `sql/` lints it.
 */

export { renderCatalog } from './render/render.ts';
