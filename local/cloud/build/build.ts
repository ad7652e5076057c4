import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Catalog } from '../../../functions/pipeline/index.ts';
import { isAsMade, isUpToDate, rememberSources, statesOf } from '../../build/index.ts';
import { DamagedState, writeWhole } from '../../state/index.ts';
import { type Bundles, bundleFunctions } from '../functions/bundle.ts';
import type { DeployedFunction } from '../template/deployment.ts';

/** What packaging makes, for this machine. */
export type Build = { readonly catalog: Promise<Catalog>; readonly bundles: Promise<Bundles> };

/**
 * Renders `rules/` and `sql/` for an engine and a DuckDB warehouse, and at the same time bundles every function with the
 * result, into the state folder; files that are up to date and as they were written are kept. If `accept` rejects the catalog, nothing is written.
 */
export const buildFunctions = (
  root: string,
  state: string,
  functions: readonly DeployedFunction[],
  engine: Catalog['engine'] = 'duckdb',
  accept: (catalog: Catalog) => Promise<void> = async () => {},
): Build => {
  const path = catalogPath(state);
  const catalog = readOrRender(root, path, engine, accept);
  const directory = join(state, 'bundles');
  const bundles = bundleFunctions({ root, functions, directory, catalog: { path, written: catalog } });
  return { catalog, bundles };
};

/** The path of a state's rendered catalog. */
export const catalogPath = (state: string): string => join(state, 'catalog.json');

const recordOf = (path: string): string => `${path}.sources`;

/** The catalog that a cloud on a state runs with, or the last one did. Throws `DamagedState`. */
export const catalogOfState = async (state: string): Promise<Catalog> => {
  const path = catalogPath(state);
  if (isAsMade(recordOf(path), path)) return Catalog.parse(JSON.parse(await readFile(path, 'utf8')));
  throw new DamagedState(
    path,
    'it is missing or has other bytes than were written',
    'stop the cloud and start it again, which makes this file again',
  );
};

const readOrRender = async (
  root: string,
  path: string,
  engine: Catalog['engine'],
  accept: (catalog: Catalog) => Promise<void>,
): Promise<Catalog> => {
  const record = recordOf(path);
  const paths = await sourcesUnder(root);
  const stamp = [engine, ...paths].join('\n');
  if (isUpToDate(record, stamp)) return Catalog.parse(JSON.parse(await readFile(path, 'utf8')));
  const files = statesOf(paths);
  // Its parsers load slowly and are rarely needed.
  const { renderCatalog } = await import('../../../deploy/index.ts');
  const catalog = await renderCatalog(root, 'duckdb', engine);
  await accept(catalog);
  await writeChanged(path, JSON.stringify(catalog));
  rememberSources(record, { stamp, files, made: [path] });
  return catalog;
};

/** Everything that a catalog is made from: the project's files and the code that renders them. */
const sourcesUnder = async (root: string): Promise<string[]> => {
  const folders = [join(root, 'rules'), join(root, 'sql'), ...renderers.map(besides)];
  return [...(await Promise.all(folders.map(filesIn))).flat().sort(), besides('package-lock.json')];
};

/** Folders of the code that renders. */
const renderers = [
  'deploy',
  ...['values', 'validation', 'quality', 'warehouse', 'pipeline'].map((room) => `functions/${room}`),
];

const besides = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

const filesIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
};

/** An unchanged file is not written, so that bundles made from it stay up to date. */
const writeChanged = async (path: string, text: string): Promise<void> => {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before !== text) writeWhole([{ path, content: text }]);
};
