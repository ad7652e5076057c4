import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { type InferredDataset, inferDataset } from '../../cli/infer/dataset.ts';
import { writeTexts } from '../../cli/infer/write-texts.ts';
import { renderCatalog } from '../../deploy/render/render.ts';
import type { Catalog, Dataset } from '../../functions/pipeline/catalog.ts';
import { parseManifest } from '../../functions/validation/manifest/manifest.ts';
import { bankingFiles, bankingText } from '../cli/infer/banking.ts';
import { copyProject } from '../deploy/project.ts';
import { shop } from '../functions/engine/shop-project.ts';
import { describeSilverEngines } from './engines/describe-engines.ts';
import type { Answer, Question, Relation, Row, TestEngine } from './engines/engine.ts';
import { edgeRows, kindsOf, landedRelation, silverRow } from './landed-rows.ts';
import { shopSilver } from './shop/landed.ts';
import { shopRows } from './shop-rows.ts';
import { sqlWords } from './sql-words.ts';

/** Types of a catalog as each engine names those of what the SQL yields. */
const typeOn = (engine: TestEngine, type: string): string => {
  const plain = type
    .replace(/^varchar.*/, 'varchar')
    .replace('double precision', 'double')
    .replace(', ', ',');
  const onSpark: Readonly<Record<string, string>> = { varchar: 'string', timestamp: 'timestamp_ntz' };
  return engine.type === 'spark' ? (onSpark[plain] ?? plain) : plain;
};

const catalogOf = (root: string, engine: TestEngine): Promise<Catalog> =>
  renderCatalog(root, 'duckdb', engine.type === 'spark' ? 'spark' : 'duckdb');

type Expected = { readonly dataset: Dataset; readonly landed: Relation; readonly rows: readonly Row[] };

const byVersion = (rows: readonly Row[]): Row[] =>
  [...rows].sort((one, other) => (String(one.landed_version) < String(other.landed_version) ? -1 : 1));

const shownRows = (answer: Answer | undefined): unknown =>
  answer && 'rows' in answer ? byVersion(answer.rows) : answer;

/** Runs the silver SQL of datasets over landed rows: columns, their order and types, and the rows. */
const expectSilver = async (engine: TestEngine, all: readonly Expected[]): Promise<void> => {
  const questions = all.flatMap(({ dataset: { sql, table }, landed }): Question[] => [
    { relations: [landed], sql: `select * from (${sql}) as typed limit 0` },
    { relations: [landed], sql, columns: kindsOf(table) },
  ]);
  const answers = await engine.ask(questions);
  for (const [at, { dataset, landed, rows }] of all.entries()) {
    const types = dataset.table.columns.map(({ name, type }) => [name, typeOn(engine, type)]);
    const plain = answers[2 * at];
    expect(plain && 'types' in plain ? Object.entries(plain.types) : plain, landed.name).toEqual(types);
    expect(shownRows(answers[2 * at + 1]), landed.name).toEqual(rows);
  }
};

const datasetIn = (catalog: Catalog, name: string): Dataset => {
  const dataset = catalog.datasets[name];
  if (!dataset) throw new Error(`there is no dataset ${name}`);
  return dataset;
};

const flatColumns = (names: readonly string[]): Relation['columns'] =>
  Object.fromEntries(names.map((name) => [name, 'varchar']));

/** The field that a column has its value from. */
const fieldOf = (column: string): string => (column === 'is_explicit' ? 'explicit' : column);

/** The project's own datasets of CSV, with rows at the edges of every type. */
const ownDatasets = async (catalog: Catalog): Promise<Expected[]> =>
  Promise.all(
    ['listeners', 'streams', 'tracks'].map(async (name) => {
      const dataset = datasetIn(catalog, name);
      const parsed = parseManifest(await readFile(`rules/${name}/manifest.json`));
      if (!parsed.ok) throw new Error(parsed.problems.join());
      const { fields } = parsed.manifest;
      const landed = landedRelation(name, flatColumns(fields.map((field) => field.name)), edgeRows(fields));
      return {
        dataset,
        landed,
        rows: landed.rows.map((row) => silverRow(dataset.table, row, (column) => row[fieldOf(column)])),
      };
    }),
  );

const inferredFiles: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['customers', 'accounts', 'transactions'].map((name) => {
      const file = bankingFiles[name];
      if (!file) throw new Error(`there is no banking file ${name}`);
      return [name, bankingText(file, 60, 5)];
    }),
  ),
  odd: [
    'CustomerID|user|Annual Income|rate|code|seen|is_new|Ratio',
    '7|Ann|1200|NULL|0012|2020-02-29T10:00:00Z|1|1e-7',
    '8|Bob|1300|1.25|0013|2020-02-29T10:00:01.5Z|0|2.5E3',
    '',
  ].join('\n'),
  words: [
    sqlWords.join('|'),
    sqlWords.map((_, at) => at).join('|'),
    sqlWords.map((_, at) => -at).join('|'),
    '',
  ].join('\n'),
};

const inferAll = async (project: string): Promise<Map<string, InferredDataset>> => {
  const found = new Map<string, InferredDataset>();
  await mkdir(join(project, 'sql'), { recursive: true });
  await cp('sql/macros', join(project, 'sql/macros'), { recursive: true });
  for (const [name, text] of Object.entries(inferredFiles)) {
    const path = join(project, `${name}.csv`);
    await writeFile(path, text);
    const inferred = await inferDataset({ dataset: name, paths: [path] }, () => undefined);
    await writeTexts(inferred.texts, project, {});
    found.set(name, inferred);
  }
  return found;
};

/** A landed row as inferred silver means it: flags of 0 and 1, and a word where there is no number. */
const inferredRow = ({ table: { columns } }: InferredDataset, dataset: Dataset, landed: Row): Row =>
  silverRow(dataset.table, landed, (name) => {
    const column = columns.find(({ silver }) => silver?.name === name);
    const text = landed[column?.field ?? ''];
    if (column?.type.isFlag && typeof text === 'string') return String(text === '1');
    return text === column?.type.numbers?.word ? null : text;
  });

describeSilverEngines('silver', (engine) => {
  test('types the rows of the datasets of CSV', async () => {
    await expectSilver(engine, await ownDatasets(await catalogOf(process.cwd(), engine)));
  }, 120_000);

  test('types the users, sessions and songs of the shop', async () => {
    const catalog = await catalogOf(process.cwd(), engine);
    await expectSilver(
      engine,
      Object.entries(shopSilver).map(([name, rows]) => ({ dataset: datasetIn(catalog, name), ...rows })),
    );
  }, 120_000);

  test('types what was inferred, whatever the columns are called', async () => {
    const project = await mkdtemp(join(tmpdir(), 'inferred-'));
    try {
      const inferred = await inferAll(project);
      const catalog = await catalogOf(project, engine);
      const all = [...inferred].map(([name, one]): Expected => {
        const dataset = datasetIn(catalog, name);
        const records: Record<string, string>[] = parse(inferredFiles[name] ?? '', {
          columns: true,
          delimiter: '|',
        });
        const texts = records.map((record) =>
          Object.fromEntries(
            one.table.columns.map(({ name, field }) => [
              field,
              record[name] === '' ? null : (record[name] ?? null),
            ]),
          ),
        );
        const names = one.table.columns.map(({ field }) => field);
        const landed = landedRelation(name, flatColumns(names), texts);
        return { dataset, landed, rows: landed.rows.map((row) => inferredRow(one, dataset, row)) };
      });
      await expectSilver(engine, all);
    } finally {
      await rm(project, { recursive: true });
    }
  }, 120_000);

  test('types nested records, an element or a row for each', async () => {
    const project = await copyProject(shop);
    try {
      const catalog = await catalogOf(project, engine);
      const all = Object.entries(shopRows).map(([name, rows]) => ({
        dataset: datasetIn(catalog, name),
        ...rows,
      }));
      await expectSilver(engine, all);
    } finally {
      await rm(project, { recursive: true });
    }
  }, 120_000);
});
