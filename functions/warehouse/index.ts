/**
 * Warehouse: models, marts and KPIs, the statements of a rebuild, and the items made of KPI rows. Pure: it makes SQL and items;
 * `pipeline/steps/rebuild/` sends and writes them. Start with `rebuild/rebuild.ts` and `kpis/items.ts`.
 */

export { type CheckViolations, checksPrefix, readCheckViolations } from './check-violations.ts';
export { failureReason } from './failure-reason.ts';
export { rowsOfKpi } from './kpis/full-rows.ts';
export { groupColumn } from './kpis/groups.ts';
export {
  type KpiItem,
  type KpiRow,
  type KpiRows,
  kpiVersion,
  type ShapedItem,
  type Stamp,
  sequenceBefore,
  shapeItems,
} from './kpis/items.ts';
export {
  type LeftOut,
  LeftOutBefore,
  type LeftOutFacts,
  type LeftOutList,
  leftOutFacts,
  leftOutKey,
  leftOutReport,
  readLeftOut,
  Screening,
} from './kpis/left-out.ts';
export { itemSize, kpiProblem, possibleKeys } from './kpis/limits.ts';
export { lineLeftOut, rowReader } from './kpis/rows.ts';
export { martsOf, TwoMartsInOne } from './marts.ts';
export { bookkeepingTables } from './migration/bookkeeping.ts';
export { definitionsFor } from './migration/definitions.ts';
export { ChangedColumnType, composeMigration, definitionsOf, type Found } from './migration/migration.ts';
export { MigrationSpec } from './migration/migration-spec.ts';
export { KpiShape, Mart, Model, type ModelOf } from './model.ts';
export { hidden } from './rebuild/checks.ts';
export { inlinedName } from './rebuild/plan.ts';
export {
  appliedBy,
  composeRebuild,
  OversizedRebuild,
  pathsOfStatements,
  type RebuildRun,
  rebuildBatches,
  transactionLimits,
} from './rebuild/rebuild.ts';
export { widestSpine, widestValue } from './rebuild/touched.ts';
export { RebuildSpec } from './rebuild-spec.ts';
export {
  ancestorsOf,
  CircularReferences,
  datasetsOf,
  inOrderOfReferences,
} from './references.ts';
