import type { Dimension, Fact, Mart } from '../model.ts';
import { inOrderOfReferences } from '../references.ts';
import { runChecks } from './checks.ts';
import { rebuildDimension } from './dimensions.ts';
import { noteTouched, rebuildFacts } from './facts.ts';
import { findChangedInputs, raiseFence, recordApplied } from './inputs.ts';
import { unloadKpi } from './kpis.ts';
import { noteLatest } from './latest.ts';
import { batchOf, isWithinLimits, OversizedRebuild, type RebuildBatch } from './limits.ts';
import { modelsOf, type Part, type Plan, planRebuild, type RebuildRun } from './plan.ts';
import { forgetTouched } from './touched.ts';

export { OversizedRebuild, type RebuildBatch, transactionLimits } from './limits.ts';
export { appliedBy, type RebuildRun } from './plan.ts';

/**
 * The statements of a rebuild, batch after batch. Each is complete and has no semicolon. Throws the errors of `rebuildBatches`.
 */
export const composeRebuild = (mart: Mart, run: RebuildRun): string[] =>
  rebuildBatches(mart, run).flatMap(({ statements }) => statements);

/** For each statement of a rebuild the file of `sql/` that it runs; empty if it is not exactly one file. */
export const pathsOfStatements = (mart: Mart, run: RebuildRun): string[] =>
  rebuildBatches(mart, run).flatMap(({ paths }) => paths);

/**
 * The transactions that update a mart, in order: one if everything fits into one. Otherwise gold and its checks come first and
 * the KPIs, unloaded from it, last. Each needs a new session for its temporary relations. The tables exist: migrations create
 * them. Throws `OversizedRebuild` and `UnsafeValue`.
 */
export const rebuildBatches = (mart: Mart, run: RebuildRun): RebuildBatch[] => {
  const plan = planRebuild(mart, run);
  const [gold, kpis] = [goldParts(plan), kpiParts(plan)];
  const whole = batchOf('rebuild', [...gold, ...kpis]);
  if (isWithinLimits(whole)) return [whole];
  const batches = [batchOf('rebuild', kpis), batchOf('gold', gold)];
  for (const batch of batches) if (!isWithinLimits(batch)) throw new OversizedRebuild(mart.name, batch);
  return batches.reverse();
};

const goldParts = (plan: Plan): Part[] => [
  { path: '', statements: [raiseFence(plan), findChangedInputs(plan)] },
  ...rebuildTables(plan, tablesInOrder(plan)),
  { path: '', statements: noteTouched(plan) },
  { path: checksPath(plan), statements: runChecks(plan) },
  { path: '', statements: recordApplied(plan) },
];

const kpiParts = (plan: Plan): Part[] => [
  ...modelsOf(plan, 'kpi').map((kpi) => ({ path: kpi.path, statements: [unloadKpi(plan, kpi)] })),
  { path: '', statements: [...noteLatest(plan), ...forgetTouched(plan)] },
];

/** A fact comes after everything that it and its KPIs read: their changes decide which of its rows are computed again. */
const tablesInOrder = ({ mart }: Plan): (Dimension | Fact)[] =>
  inOrderOfReferences(
    mart.models.map((model) => {
      const joined = model.kind === 'fact' ? Object.keys({ ...model.dimensions, ...model.whole }) : [];
      return { model, name: model.name, refs: [...model.refs, ...joined] };
    }),
  )
    .map(({ model }) => model)
    .filter((model) => model.kind === 'dimension' || model.kind === 'fact');

/** All checks run in one statement. */
const checksPath = (plan: Plan): string => {
  const [only, ...others] = modelsOf(plan, 'check');
  return only && others.length === 0 ? only.path : 'sql/checks/';
};

/** Consecutive facts are handled together, because none of them needs another one's rows. */
const rebuildTables = (plan: Plan, [model, ...others]: readonly (Dimension | Fact)[]): Part[] => {
  if (!model) return [];
  if (model.kind === 'dimension')
    return [{ path: model.path, statements: rebuildDimension(plan, model) }, ...rebuildTables(plan, others)];
  const next = others.findIndex(({ kind }) => kind === 'dimension');
  const following = (next < 0 ? others : others.slice(0, next)).filter(({ kind }) => kind === 'fact');
  const facts = [model, ...(following as Fact[])];
  return [...rebuildFacts(plan, facts), ...rebuildTables(plan, next < 0 ? [] : others.slice(next))];
};
