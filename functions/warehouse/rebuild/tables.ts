import { PipelineError } from '../../values/index.ts';
import type { Mart, Model, View } from '../model.ts';
import { forgetTexts, raiseFence } from './inputs.ts';
import {
  type Applied,
  columnList,
  fullText,
  goldTable,
  modelsOf,
  type Part,
  type Plan,
  type Text,
  withRelations,
} from './plan.ts';
import { touchedColumns, touchedTable } from './touched.ts';

/** The tables and views of gold: created if missing, extended if a model has new columns. */

/** A column whose type differs from that of its table. */
export class ChangedColumnType extends PipelineError {
  override readonly name = 'ChangedColumnType';

  constructor(
    readonly model: string,
    readonly column: string,
    readonly from: string,
    readonly to: string,
  ) {
    super(`${model}.${column} was ${from} and became ${to}: give the changed column a new name`);
  }
}

const bookkeeping: Readonly<Record<string, string>> = {
  fence: 'mart varchar(128) primary key, seq bigint, rebuild varchar(256)',
  applied_batches: 'mart varchar(128), batch_id varchar(256), rebuild varchar(256), seq bigint',
  applied_inputs:
    'mart varchar(128), origin varchar(256), name varchar(1024), version varchar(1024), batch_id varchar(256)',
  latest_items: 'mart varchar(128), model varchar(128), item varchar(256), seq bigint',
  [touchedTable]: touchedColumns,
};

/** Names of the tables in which rebuilds record what they have done. */
export const bookkeepingTables: readonly string[] = Object.keys(bookkeeping);

const keepBooks = ({ run: { previous } }: Plan): string[] => [
  ...(previous ? [] : ['create schema if not exists gold']),
  ...Object.entries(bookkeeping)
    .filter(([table]) => !previous?.bookkeeping?.includes(table))
    .map(([table, columns]) => `create table if not exists gold.${table} (${columns})`),
];

/**
 * Statements that give gold the shape of its models, each with the file of its model. Without `previous` everything that is
 * missing is created. With it only changes: a new model gets its table, a new column is added; a removed column stays in its
 * table and is NULL in new rows. Views come last, each after those that it reads. Throws `ChangedColumnType`.
 */
export const shapeGold = (plan: Plan): Part[] => [
  { path: '', statements: keepBooks(plan) },
  ...newTables(plan).map((model) => ({ path: model.path, statements: [createTable(model)] })),
  ...growGold(plan),
];

/** The part for existing tables, and for views. */
export const growGold = (plan: Plan): Part[] => [
  ...tablesOf(plan).map((model) => ({ path: model.path, statements: widenTable(plan, model) })),
  ...viewParts(plan, false),
];

/** The part for views that the warehouse stores, after the tables that they read have their rows. */
export const storeViews = (plan: Plan): Part[] => viewParts(plan, true);

const viewParts = (plan: Plan, isStored: boolean): Part[] =>
  modelsOf(plan, 'view')
    .filter(({ stored = false }) => stored === isStored)
    .map((view) => ({ path: view.path, statements: shapeView(plan, view) }));

/**
 * The other part, in a transaction before the rebuild's: new tables exist and are empty, even if an earlier attempt left tables
 * with their names, and none of their rows counts as applied.
 */
export const shapeAhead = (plan: Plan): Part[] => [
  { path: '', statements: [...keepBooks(plan), ...raiseFence(plan, 'ahead')] },
  ...newTables(plan).map((model) => ({
    path: model.path,
    statements: [`drop table if exists ${goldTable(model)}`, createTable(model)],
  })),
  { path: '', statements: forgetTexts(plan, newTables(plan)) },
];

const tablesOf = (plan: Plan): Model[] => [...modelsOf(plan, 'dimension'), ...modelsOf(plan, 'fact')];

const newTables = (plan: Plan): Model[] =>
  tablesOf(plan).filter(({ name }) => !plan.run.previous?.models[name]);

/** A select of a view's rows. */
export const rowsOfView = (view: View): Text => {
  const { sql, relations } = fullText(view);
  return { sql: `select ${columnList(view.columns)} from (\n${sql}\n) as model`, relations };
};

const shapeView = ({ run, engine }: Plan, view: View): string[] => {
  const held = run.previous?.models[view.name];
  if (held?.hash === view.hash) return [];
  const name = goldTable(view);
  const dropped = [
    ...(held?.stored ? [`drop materialized view ${name}`] : []),
    ...(held && !held.stored && view.stored ? [`drop view if exists ${name}`] : []),
  ];
  const create = view.stored ? engine.createStoredView : engine.createView;
  const { sql, relations } = rowsOfView(view);
  return [...dropped, create(name, `${withRelations(relations)}${sql}`)];
};

const widenTable = ({ run }: Plan, model: Model): string[] => {
  const held = run.previous?.models[model.name]?.columns;
  return model.columns.flatMap(({ name, type }) => {
    const known = held?.find((column) => column.name === name);
    if (known && known.type !== type) throw new ChangedColumnType(model.name, name, known.type, type);
    return known || !held ? [] : [`alter table ${goldTable(model)} add column ${name} ${type}`];
  });
};

const createTable = (model: Model): string =>
  `create table if not exists ${goldTable(model)} (${model.columns.map(({ name, type }) => `${name} ${type}`).join(', ')})`;

/** The state after a rebuild of the mart is applied, for the next one's `previous`. */
export const appliedBy = (mart: Mart, previous?: Applied): Applied => ({
  bookkeeping: Object.keys(bookkeeping),
  models: {
    ...previous?.models,
    ...Object.fromEntries(mart.models.map((model) => [model.name, appliedModel(model, previous)])),
  },
});

const appliedModel = (model: Model, previous: Applied | undefined): Applied['models'][string] => {
  const { name, hash, columns } = model;
  const lost = (previous?.models[name]?.columns ?? []).filter(
    (held) => !columns.some((now) => now.name === held.name),
  );
  const isStored = model.kind === 'view' && model.stored;
  return { hash, columns: [...columns, ...lost], ...(isStored && { stored: true }) };
};
