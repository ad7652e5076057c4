import { PipelineError, literal as quoted } from '../../values/index.ts';
import type { Fact, Kpi, Mart, Model, ModelOf } from '../model.ts';
import { type WarehouseEngine, type WarehouseTarget, warehouseEngine } from './engine.ts';

/** The state after a rebuild was applied: for each model the hash of its text. */
export type Applied = { readonly models: Readonly<Record<string, { readonly hash: string }>> };

/** The state after a rebuild of a mart is applied, for the next one's `previous`. */
export const appliedBy = (mart: Mart): Applied => ({
  models: Object.fromEntries(mart.models.map(({ name, hash }) => [name, { hash }])),
});

/** One rebuild of one mart. */
export type RebuildRun = {
  readonly rebuild: string;
  /** The fence of the mart's lease. */
  readonly seq: number;
  readonly batches: readonly string[];
  /** Where KPI rows and failed checks go, `s3://<bucket>/kpis/<rebuild>/<attempt>/`. */
  readonly unload: string;
  readonly target: WarehouseTarget;
  /** The role with which Redshift writes; default: its default role. */
  readonly iamRole?: string;
  /**
   * Sequence of the last rebuild whose KPIs are published: what later ones have touched is unloaded, too. Absent if there is
   * none.
   */
  readonly shown?: number;
  /** The number in the keys of its `latest` items; its sequence when absent. */
  readonly generation?: number;
  /** Generations in which publications that failed may have written some items. */
  readonly unshown?: readonly number[];
  /** The state after the last applied rebuild; absent if there was none. */
  readonly previous?: Applied;
  /** Checks that warned of something in it. */
  readonly warned?: readonly string[];
};

/** Everything that the statements of a rebuild are composed from. */
export type Plan = {
  readonly mart: Mart;
  readonly run: RebuildRun;
  readonly engine: WarehouseEngine;
};

/** Statements, and the file of `sql/` that they run; empty if it is not exactly one file. */
export type Part = { readonly path: string; readonly statements: readonly string[] };

/** A value that is not safe in a statement. */
export class UnsafeValue extends PipelineError {
  override readonly name = 'UnsafeValue';

  constructor(readonly value: string) {
    super(`${JSON.stringify(value)} has characters that no id, prefix or role of a rebuild has`);
  }
}

/** The plan of a run; throws `UnsafeValue`. */
export const planRebuild = (mart: Mart, run: RebuildRun): Plan => {
  for (const value of [mart.name, run.rebuild, run.unload, run.iamRole ?? '', ...run.batches]) literal(value);
  return { mart, run, engine: warehouseEngine(run.target, run.iamRole) };
};

/** A text as SQL; throws `UnsafeValue` for characters that could end it early. */
export const literal = (value: string): string => {
  if (!/^[\w.:/@=+ -]*$/.test(value)) throw new UnsafeValue(value);
  return quoted(value);
};

/** Relation of a model's rows. */
export const goldTable = ({ name }: Pick<Model, 'name'>): string => `gold.${name}`;

/** Names of columns, separated by commas. */
export const columnList = (columns: readonly { readonly name: string }[]): string =>
  columns.map(({ name }) => name).join(', ');

/** A condition: these columns are among the rows of a select. */
export const isAmong = (columns: readonly string[], select: string): string =>
  `${columns.length === 1 ? columns[0] : `(${columns.join(', ')})`} in (${select})`;

/** A select of a view's rows. */
export const rowsOfView = (view: Model): Text => {
  const { sql, relations } = fullText(view);
  return { sql: `select ${columnList(view.columns)} from (\n${sql}\n) as model`, relations };
};

/** Models of some kind, in order of their references. */
export const modelsOf = <Kind extends Model['kind']>(
  { mart }: Pick<Plan, 'mart'>,
  kind: Kind,
): ModelOf<Kind>[] => mart.models.filter((model): model is ModelOf<Kind> => model.kind === kind);

/** KPI models that are computed from a fact. */
export const kpisOn = (plan: Plan, fact: Fact): Kpi[] =>
  modelsOf(plan, 'kpi').filter((kpi) => kpi.fact === fact.name);

/** The fact of a KPI; packaging has checked that it exists. */
export const factOf = (plan: Plan, kpi: Kpi): Fact => {
  const fact = modelsOf(plan, 'fact').find(({ name }) => name === kpi.fact);
  if (!fact) throw new ReferenceError(`the mart ${plan.mart.name} has no fact ${kpi.fact}`);
  return fact;
};

/** The mart's model of that name; packaging has checked that it exists. */
export const modelNamed = ({ mart }: Pick<Plan, 'mart'>, name: string): Model => {
  const model = mart.models.find((candidate) => candidate.name === name);
  if (!model) throw new ReferenceError(`the mart ${mart.name} has no model ${name}`);
  return model;
};

/** The name under which others read a model without its own table. */
export const inlinedName = (name: string): string => `__dbt__cte__${name}`;

/** A relation defined in the statement itself; `how` is what stands between `as` and its select. */
export type Named = { readonly name: string; readonly sql: string; readonly how?: string };

/** A select without `with`, and the relations that it reads: all of them stand in the one `with` of a statement. */
export type Text = { readonly sql: string; readonly relations: readonly Named[] };

/** A model's text that reads everything. */
export const fullText = ({ sql, relations = [] }: Model): Text => ({ sql, relations });

/** A model's text that may read only what a rebuild touches. */
export const incrementalText = ({ incremental_sql, incremental_relations = [] }: Model): Text => ({
  sql: incremental_sql,
  relations: incremental_relations,
});

/** A select with its relations in front; `with` is left out if there are none. */
export const withRelations = (relations: readonly Named[]): string =>
  relations.length > 0 ? `with ${relations.map(asRelation).join(',\n')}\n` : '';

/**
 * `with` and the relations without a table that these names need, including the given ones; empty if there are none. If
 * `condition` is false, they are empty, and what reads them costs nothing.
 */
export const withInlined = (
  plan: Plan,
  names: readonly string[],
  before: readonly Named[] = [],
  after: readonly Named[] = [],
  condition?: string,
): string => {
  const needed = inlinedIn(plan, names);
  const inlined = plan.mart.models
    .filter(({ name }) => needed.has(name))
    .flatMap((model) => [
      ...incrementalText(model).relations,
      { name: inlinedName(model.name), sql: rowsWhere(model, condition), how: plan.engine.inlined },
    ]);
  return withRelations([...before, ...inlined, ...after]);
};

const rowsWhere = (model: Model, condition: string | undefined): string => {
  const { sql } = incrementalText(model);
  return condition === undefined
    ? sql
    : `select ${columnList(model.columns)} from (\n${sql}\n) as inlined where ${condition}`;
};

const asRelation = ({ name, how = '', sql }: Named): string => `${name} as ${how}(\n${sql}\n)`;

/** Those of the names, and of what they read, that have no table: staging and KPI models. */
const inlinedIn = (plan: Plan, names: readonly string[]): Set<string> => {
  const models = names
    .map((name) => modelNamed(plan, name))
    .filter(({ kind }) => kind === 'staging' || kind === 'kpi');
  return new Set(models.flatMap(({ name, refs }) => [name, ...inlinedIn(plan, refs)]));
};
