import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Catalog } from '../../functions/pipeline/index.ts';
import { bindingProblems } from '../bind/project.ts';
import { longName, reservedName } from '../redshift/names.ts';
import { rulesetProblems } from '../rulesets/problems.ts';
import { fieldNameProblems } from '../silver/field-names.ts';
import { silverFieldProblems } from '../silver/fields.ts';
import { readSqlFiles, type SqlFile } from '../sql/files.ts';
import { type Problem, ProjectProblems } from '../sql/problem.ts';
import { openTemplates, type SqlEngine, type Templates } from '../sql/templates.ts';
import { loadParser } from '../sql/tree.ts';
import { datasetOf, type Rules, readRules, silverProblems, unpairedDatasets } from './datasets.ts';
import { type RenderedFile, renderFile } from './file.ts';
import { martsFrom } from './marts.ts';
import type { Draft } from './model-draft.ts';
import { personalSilver } from './personal-columns.ts';
import { snapshotProblems } from './snapshots.ts';

/** The catalog, and what it was rendered from. */
export type RenderedProject = {
  readonly catalog: Catalog;
  readonly rules: readonly Rules[];
  readonly silver: readonly RenderedFile[];
  /** All models, in order of their references. */
  readonly drafts: readonly Draft[];
  /** For each dataset the columns of its silver table whose values may be personal. */
  readonly personal: ReadonlyMap<string, readonly string[]>;
};

/**
 * Renders `rules/` and `sql/` under a root into what the functions need, and checks manifests, rulesets, SQL, references, and
 * that each mart's rebuild fits into one transaction. Throws `ProjectProblems` with every problem and its place.
 */
export const readProject = async (
  root: string,
  target: Catalog['target'],
  engine: Catalog['engine'],
): Promise<RenderedProject> => {
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
  const personal = personalSilver(rules, silver.rendered);
  const { marts, problems: martProblems, drafts } = martsFrom(models.rendered, personal, models.broken);
  throwIfAny([
    ...problems,
    ...unpairedDatasets(rules, silverFiles),
    ...[...silverFiles, ...modelFiles].flatMap(fileNameProblems),
    ...rules.flatMap(fieldNameProblems),
    ...[...silver.problems, ...models.problems],
    ...silver.rendered.flatMap(silverProblems),
    ...silver.rendered.flatMap((file) =>
      rulesOf(rules, file).flatMap((own) => silverFieldProblems(file, own)),
    ),
    ...models.rendered.flatMap((model) => missingSilver(model, silverFiles)),
    ...rules.flatMap((own) => rulesetProblems(own, tables)),
    ...modelFiles.flatMap((file) => snapshotProblems(file, rules)),
    ...martProblems,
    ...bindingProblems({ rules, silver: silver.rendered, drafts, files }),
  ]);
  const datasets = datasetsFrom(silver.rendered, rules);
  const catalog = Catalog.parse({ engine, target, datasets, marts });
  return { catalog, rules, silver: silver.rendered, drafts, personal };
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

/** Throws `ProjectProblems` if there are problems. */
export const throwIfAny = (problems: readonly Problem[]): void => {
  if (problems.length > 0) throw new ProjectProblems(problems);
};

/** Variables of `dbt_project.yml`; none if the project has no such file. */
const readVars = async (root: string): Promise<Record<string, unknown>> => {
  const text = await readFile(join(root, 'sql', 'dbt_project.yml'), 'utf8').catch(() => '');
  const project: unknown = parse(text);
  return typeof project === 'object' && project !== null && 'vars' in project ? Object(project.vars) : {};
};

/** The name of a file is the name of a relation; checks have none. */
const fileNameProblems = ({ path, folder, name }: SqlFile): Problem[] => {
  const message = folder !== 'checks' && (reservedName(name) || longName(name));
  return message ? [{ file: path, message: message.replace(/:.*/, ': give the file another name') }] : [];
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
