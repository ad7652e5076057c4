import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { Catalog } from '../../functions/pipeline/index.ts';
import { bindingProblems } from '../bind/project.ts';
import { rulesetProblems } from '../rulesets/problems.ts';
import { silverFieldProblems } from '../silver/fields.ts';
import { readSqlFiles, type SqlFile } from '../sql/files.ts';
import { type Problem, ProjectProblems } from '../sql/problem.ts';
import { openTemplates, type SqlEngine, type Templates } from '../sql/templates.ts';
import { loadParser } from '../sql/tree.ts';
import { datasetOf, type Rules, readRules, silverProblems, unpairedDatasets } from './datasets.ts';
import { type RenderedFile, renderFile } from './file.ts';
import { martsFrom } from './marts.ts';
import { personalSilver } from './personal-columns.ts';
import { propertiesOf } from './properties.ts';
import { rebuildNotes, rebuildSize } from './rebuild-notes.ts';

/**
 * Renders `rules/` and `sql/` under a root into what the functions need, and checks manifests, rulesets, SQL, references, and
 * that each mart's rebuild fits into one transaction. Silver's SQL is for the engine of its jobs, which is Spark on AWS. Throws
 * `ProjectProblems` with every problem and its place.
 */
export const renderCatalog = async (
  root: string,
  target: Catalog['target'],
  engine: Catalog['engine'] = target === 'duckdb' ? 'duckdb' : 'spark',
): Promise<Catalog> => {
  await loadParser();
  const [{ rules, problems }, files, vars] = await Promise.all([
    readRules(root),
    readSqlFiles(root),
    readVars(root),
  ]);
  const templates = openTemplates({ files, vars });
  const silverFiles = files.filter(({ folder }) => folder === 'silver');
  const modelFiles = files.filter(({ folder }) => folder !== 'silver' && folder !== 'macros');
  const silver = renderAll(templates, silverFiles, engine);
  const models = renderAll(templates, modelFiles, target);
  const tables = silver.rendered.map(({ file, columns }) => ({ dataset: file.name, columns }));
  const {
    marts,
    problems: martProblems,
    drafts,
  } = martsFrom(models.rendered, personalSilver(rules, silver.rendered), models.broken);
  throwIfAny([
    ...problems,
    ...unpairedDatasets(rules, silverFiles),
    ...[...silver.problems, ...models.problems],
    ...silver.rendered.flatMap(silverProblems),
    ...silver.rendered.flatMap((file) =>
      rulesOf(rules, file).flatMap((own) => silverFieldProblems(file, own)),
    ),
    ...models.rendered.flatMap((model) => missingSilver(model, silverFiles)),
    ...rules.flatMap((own) => rulesetProblems(own, tables)),
    ...martProblems,
    ...bindingProblems({ rules, silver: silver.rendered, drafts, files }),
  ]);
  return Catalog.parse({ engine, target, datasets: datasetsFrom(silver.rendered, rules), marts });
};

const renderAll = (templates: Templates, files: readonly SqlFile[], engine: SqlEngine) => {
  const answers = files.map((file) => renderFile(templates, file, engine));
  return {
    rendered: answers.flatMap(({ rendered }) => rendered ?? []),
    problems: answers.flatMap(({ problems }) => problems),
    broken: answers.flatMap(({ rendered, refs }, at) =>
      rendered ? [] : [{ name: files[at]?.name ?? '', refs }],
    ),
  };
};

const throwIfAny = (problems: readonly Problem[]): void => {
  if (problems.length > 0) throw new ProjectProblems(problems);
};

/** Variables of `dbt_project.yml`; none if the project has no such file. */
const readVars = async (root: string): Promise<Record<string, unknown>> => {
  const text = await readFile(join(root, 'sql', 'dbt_project.yml'), 'utf8').catch(() => '');
  const project: unknown = parse(text);
  return typeof project === 'object' && project !== null && 'vars' in project ? Object(project.vars) : {};
};

const missingSilver = ({ file, sources }: RenderedFile, silver: readonly SqlFile[]): Problem[] =>
  sources
    .filter(({ table }) => !silver.some(({ name }) => name === table))
    .map(({ table }) => ({
      file: file.path,
      message: `reads silver.${table}, but there is no sql/silver/${table}.sql`,
    }));

const rulesOf = (rules: readonly Rules[], { file }: RenderedFile): Rules[] =>
  rules.filter(({ dataset }) => dataset === file.name);

const datasetsFrom = (silver: readonly RenderedFile[], rules: readonly Rules[]): Catalog['datasets'] =>
  Object.fromEntries(
    silver.flatMap((rendered) =>
      rulesOf(rules, rendered).map((own) => [own.dataset, datasetOf(rendered, own)]),
    ),
  );

/**
 * Writes `.build/catalog.json` for Redshift, which is packaged, and `sql/properties/relations.yml` for dbt; returns a summary
 * as text. Throws `ProjectProblems`.
 */
export const renderProject = async (root: string): Promise<string> => {
  const catalog = await renderCatalog(root, 'redshift');
  await mkdir(join(root, '.build'), { recursive: true });
  await writeFile(join(root, '.build', 'catalog.json'), `${JSON.stringify(catalog, null, 1)}\n`);
  const isNew = await writeChanged(join(root, properties), propertiesOf(catalog));
  const marts = Object.values(catalog.marts).map(
    (mart) => `${mart.name} (${mart.models.length} models, ${rebuildSize(mart)})`,
  );
  const said = [
    `Rendered ${Object.keys(catalog.datasets).join(', ')} and ${marts.join(', ')}`,
    ...rebuildNotes(catalog),
    ...(isNew ? [`${properties} was out of date and has been updated: commit it with the SQL`] : []),
  ];
  return said.join('\n');
};

const properties = 'sql/properties/relations.yml';

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
