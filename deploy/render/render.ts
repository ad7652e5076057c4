import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Catalog } from '../../functions/pipeline/index.ts';
import { documentationOf } from '../describe/documentation.ts';
import { pageOf } from '../describe/page.ts';
import { type Problem, ProjectProblems } from '../sql/problem.ts';
import { propertiesOf } from './properties.ts';
import { rebuildNotes, rebuildSize } from './rebuild-notes.ts';
import { readProject, throwIfAny } from './rendered-project.ts';
import { sourceNotes } from './source-notes.ts';

/**
 * The catalog of the project under a root. Silver's SQL is for the engine of its jobs, which is Spark on AWS. Throws
 * `ProjectProblems` with every problem and its place.
 */
export const renderCatalog = async (
  root: string,
  target: Catalog['target'],
  engine: Catalog['engine'] = target === 'duckdb' ? 'duckdb' : 'spark',
): Promise<Catalog> => (await readProject(root, target, engine)).catalog;

/**
 * Writes `.build/catalog.json` for Redshift, which is packaged, `sql/properties/relations.yml` for dbt and the page of the
 * warehouse; returns a summary as text. With `isCheck` a page that is out of date is a problem. Throws `ProjectProblems`.
 */
export const renderProject = async (root: string, { isCheck = false } = {}): Promise<string> => {
  const project = await readProject(root, 'redshift', 'spark');
  const { catalog } = project;
  await mkdir(join(root, '.build'), { recursive: true });
  await writeFile(join(root, '.build', 'catalog.json'), `${JSON.stringify(catalog, null, 1)}\n`);
  const documentation = await documentationOf(root, project);
  const page = pageOf(documentation);
  throwIfAny(documentation.problems);
  if (isCheck) throwIfAny(await stalePage(root, page));
  const written = [[properties, propertiesOf(documentation)], ...(isCheck ? [] : [[warehousePage, page]])];
  const updated = [];
  for (const [path = '', text = ''] of written)
    if (await writeChanged(join(root, path), text))
      updated.push(`${path} was out of date and has been updated: commit it with the SQL`);
  const marts = Object.values(catalog.marts).map(
    (mart) => `${mart.name} (${mart.models.length} models, ${rebuildSize(mart)})`,
  );
  const said = [
    `Rendered ${Object.keys(catalog.datasets).join(', ')} and ${marts.join(', ')}`,
    ...rebuildNotes(catalog),
    ...sourceNotes(catalog),
    ...(documentation.note === undefined ? [] : [documentation.note]),
    ...updated,
  ];
  return said.join('\n');
};

const properties = 'sql/properties/relations.yml';
const warehousePage = 'docs/warehouse.md';

/** A project without the page may stay without it until it is rendered. */
const stalePage = async (root: string, page: string): Promise<Problem[]> => {
  const before = await readFile(join(root, warehousePage), 'utf8').catch(() => page);
  if (before === page) return [];
  const [old, current] = [before.split('\n'), page.split('\n')];
  const line = old.findIndex((text, at) => text !== current[at]) + 1 || old.length;
  return [{ file: warehousePage, line, message: 'is out of date: run npm run render and commit it' }];
};

const writeChanged = async (path: string, text: string): Promise<boolean> => {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before === text) return false;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return true;
};

const main = async (root: string): Promise<void> => {
  try {
    console.log(await renderProject(root));
  } catch (error) {
    if (!(error instanceof ProjectProblems)) throw error;
    const { length } = error.problems;
    console.error(`${error.message}\n${length} problem${length === 1 ? '' : 's'}`);
    process.exitCode = 1;
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.cwd());
