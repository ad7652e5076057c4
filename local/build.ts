import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderCatalog } from '../deploy/render.ts';
import type { Catalog } from '../functions/domain/catalog.ts';
import { type Bundles, bundleFunctions } from './functions/bundle.ts';
import type { DeployedFunction } from './template/deployment.ts';

/** What packaging makes, made for this machine. */
export type Build = { readonly catalog: Catalog; readonly bundles: Bundles };

/** Renders `rules/` and `sql/` for DuckDB and bundles every function with the result, into the state folder. */
export const buildFunctions = async (
  root: string,
  state: string,
  functions: readonly DeployedFunction[],
): Promise<Build> => {
  const catalog = await renderCatalog(root, 'duckdb');
  const path = catalogPath(state);
  await writeChanged(path, JSON.stringify(catalog));
  const bundles = await bundleFunctions({
    root,
    functions,
    directory: join(state, 'bundles'),
    catalog: path,
  });
  return { catalog, bundles };
};

/** Where the rendered catalog of a state lies. */
export const catalogPath = (state: string): string => join(state, 'catalog.json');

/** An equal file stays as it is, so that what was bundled from it is still up to date. */
const writeChanged = async (path: string, text: string): Promise<void> => {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before !== text) await writeFile(path, text);
};
