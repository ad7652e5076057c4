import type { Mart, Model } from '../catalog.ts';
import { inOrderOfReferences } from './models.ts';
import { runChecks } from './rebuild-checks.ts';
import { rebuildDimension } from './rebuild-dimensions.ts';
import { noteTouched, rebuildFact } from './rebuild-facts.ts';
import { findChangedInputs, raiseFence, recordApplied } from './rebuild-inputs.ts';
import { unloadKpi } from './rebuild-kpis.ts';
import { noteLatest } from './rebuild-latest.ts';
import {
  factSettings,
  modelsOf,
  type Part,
  type Plan,
  planRebuild,
  type RebuildRun,
} from './rebuild-plan.ts';
import { shapeGold } from './rebuild-tables.ts';

export type { Applied, RebuildRun } from './rebuild-plan.ts';
export { appliedBy } from './rebuild-tables.ts';

/** What the warehouse takes in one transaction: so many statements, so many bytes of SQL. */
export const transactionLimits = { statements: 40, bytes: 100_000 } as const;

/** A transaction that is more than the warehouse takes at once. */
export class OversizedRebuild extends Error {
  override readonly name = 'OversizedRebuild';

  constructor(
    readonly mart: string,
    readonly statements: number,
    readonly bytes: number,
  ) {
    super(
      `rebuilding ${mart} takes ${statements} statements (of at most 40) and ${bytes} bytes (of less than 100,000)`,
    );
  }
}

/**
 * The statements of the one transaction that brings a mart up to date: the fence, what differs, dimensions, facts, KPIs
 * unloaded, checks, the record of what was applied. Each statement is complete and has no semicolon; they need a fresh
 * session for their temporary relations. Throws `OversizedRebuild`, `UnsafeValue` and `ChangedColumnType`.
 */
export const composeRebuild = (mart: Mart, run: RebuildRun): string[] => {
  const statements = partsOf(planRebuild(mart, run)).flatMap((part) => part.statements);
  const bytes = statements.reduce(
    (total, statement) => total + new TextEncoder().encode(statement).length,
    0,
  );
  if (statements.length > transactionLimits.statements || bytes >= transactionLimits.bytes)
    throw new OversizedRebuild(mart.name, statements.length, bytes);
  return statements;
};

/** For each statement of a rebuild the file of `sql/` that it runs, as far as it is one file; else empty. */
export const pathsOfStatements = (mart: Mart, run: RebuildRun): string[] =>
  partsOf(planRebuild(mart, run)).flatMap(({ path, statements }) => statements.map(() => path));

const partsOf = (plan: Plan): Part[] => [
  ...shapeGold(plan),
  { path: '', statements: [...raiseFence(plan), findChangedInputs(plan)] },
  ...tablesInOrder(plan).map((model) => ({ path: model.path, statements: rebuildTable(plan, model) })),
  ...modelsOf(plan, 'kpi').map((kpi) => ({
    path: kpi.path,
    statements: [unloadKpi(plan, kpi), ...noteLatest(plan, kpi)],
  })),
  { path: '', statements: noteTouched(plan) },
  { path: checksPath(plan), statements: runChecks(plan) },
  { path: '', statements: recordApplied(plan) },
];

/** A fact comes after what it and the KPIs on it are made of: what changed there says which of its rows are computed again. */
const tablesInOrder = ({ mart }: Plan): Model[] =>
  inOrderOfReferences(
    mart.models.map((model) => {
      const { dimensions, whole } =
        model.kind === 'fact' ? factSettings(model) : { dimensions: {}, whole: {} };
      return { model, name: model.name, refs: [...model.refs, ...Object.keys({ ...dimensions, ...whole })] };
    }),
  ).map(({ model }) => model);

/** All checks run in one statement. */
const checksPath = (plan: Plan): string => {
  const [only, ...others] = modelsOf(plan, 'check');
  return only && others.length === 0 ? only.path : 'sql/checks/';
};

const rebuildTable = (plan: Plan, model: Model): string[] => {
  if (model.kind === 'dimension') return rebuildDimension(plan, model);
  return model.kind === 'fact' ? rebuildFact(plan, model) : [];
};
