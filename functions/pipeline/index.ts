/**
 * Pipeline: the way of a file from landing to KPIs. It has the ports to the outside (`ports.ts`), the records of the ledger
 * (`records.ts`), keys of the lake, specs and events; `steps/` awaits ports and changes states, `queries/` only reads. It uses
 * no SDK: adapters do. Start with `records.ts`, then the function files one level above.
 */

export { Catalog, type Dataset, SilverCatalog } from './catalog.ts';
export { ForbiddenMove, NotInCatalog } from './errors.ts';
export {
  BatchEvent,
  batchEvent,
  FileEvent,
  fileEvent,
  lookAgain,
  lookAgainFor,
  MartEvent,
  martEvent,
  ObjectCreated,
  RunEnded,
  StatementEnded,
} from './events.ts';
export {
  archiveKey,
  correlationOf,
  deployedKey,
  type FileVersion,
  fileId,
  fitted,
  kpiPrefix,
  type LandedName,
  landingPrefix,
  landingRoot,
  manifestKey,
  parseFileId,
  quarantineFolder,
  quarantineKey,
  readName,
  reportKey,
  restingPlaces,
  rowsBeside,
  runKey,
  sourceOfRows,
  stagedPrefix,
} from './lake-keys.ts';
export type {
  Batches,
  BatchJob,
  Cell,
  Clock,
  Events,
  FileLedger,
  FileReader,
  Files,
  Functions,
  JobName,
  Jobs,
  Kpis,
  LandedVersion,
  Landings,
  Leases,
  Ledger,
  Log,
  Metrics,
  Migrations,
  Optimisers,
  Pulled,
  Pulls,
  Queries,
  Rebuilds,
  Rows,
  Run,
  RunState,
  Secrets,
  Sources,
  Statement,
  StatementState,
  Texts,
  Timer,
  Warehouse,
} from './ports.ts';
export { type DatasetRuns, datasetRuns, nameBehind } from './queries/dataset-runs.ts';
export { leftInQuarantine } from './queries/dismissed.ts';
export { reportOf, reportsOf, rowsFileOf } from './queries/file-places.ts';
export { correlationIdsOf } from './queries/files-of-batches.ts';
export { publishGauges } from './queries/gauges.ts';
export { byLanding, inQuarantine } from './queries/in-quarantine.ts';
export { lagOf } from './queries/kpi-lag.ts';
export { type LastRebuilds, lastRebuilds } from './queries/last-rebuilds.ts';
export {
  type KpiKind,
  type KpiPorts,
  kpisMadeOf,
  type LatestKpis,
  latestKpis,
} from './queries/latest-kpis.ts';
export { type MartRuns, martRuns } from './queries/mart-runs.ts';
export { failedBatch, needingPerson } from './queries/needs-person.ts';
export { newlyLanded } from './queries/newly-landed.ts';
export { rebuildSpec } from './queries/rebuild-spec.ts';
export { type Balance, balanceOf, hangsOn, landedFile, repairKey, repairsOf } from './queries/repairs.ts';
export { pullerOf, sourceNamed } from './queries/source-named.ts';
export { openUnloaded, usualPart } from './queries/unloaded-rows.ts';
export { lacksSilver } from './reasons.ts';
export {
  type AnyBatch,
  type BatchIn,
  type BatchRecord,
  type BatchState,
  batchMoves,
} from './records/batch.ts';
export {
  type AnyFile,
  anyFile,
  type FileIn,
  type FileRecord,
  type FileState,
  fileMoves,
  type Reprocess,
  type Reprocessed,
} from './records/file.ts';
export { batchId, type Lease, martLease, rebuildId } from './records/lease.ts';
export {
  type MigrationFailure,
  type MigrationIn,
  type MigrationRecord,
  migrationId,
  migrationMoves,
} from './records/migration.ts';
export { withNewNames } from './records/older.ts';
export {
  type PullIn,
  type PullRecord,
  parsePullId,
  pullId,
  pullMoves,
} from './records/pull.ts';
export {
  type AnyRebuild,
  anyRebuild,
  type RebuildFailure,
  type RebuildIn,
  type RebuildRecord,
  type RebuildState,
  rebuildMoves,
} from './records/rebuild.ts';
export { isOver, patience } from './records/time.ts';
export { functionName, kpiTable, stackOf, stackOfLedger } from './resource-names.ts';
export {
  inLedger,
  QualityResult,
  QualitySpec,
  type SpecFile,
  saysUnpublished,
  TablesResult,
  TablesSpec,
  TransformResult,
  TransformSpec,
  unpublished,
} from './spec.ts';
export { askPull } from './steps/ask-pull.ts';
export {
  asRunning,
  batchOfRun,
  cleanUp,
  failBatch,
  followBatch,
  freeDataset,
  giveBack,
  isClaimed,
  isStillRunning,
  retryParked,
  startRun,
  transformSpec,
} from './steps/batch-run.ts';
export { isBeingValidated, largestBatch } from './steps/choose-batch.ts';
export { isBatchDue, readOrWriteSpec } from './steps/compose-batch.ts';
export type { Verdict } from './steps/conclude-verdict.ts';
export { deployedManifests, isOfOtherDeployment, waitsForDeployment } from './steps/deployed-manifests.ts';
export { type Dismissable, dismiss, takeBack } from './steps/dismiss.ts';
export { madeBy } from './steps/made-by.ts';
export {
  askMigration,
  continueMigration,
  isMigrated,
  type MigrationProgress,
  martOfMigration,
} from './steps/migration/migrating.ts';
export { shapeSilver } from './steps/migration/shape-silver.ts';
export { endTurn, takeTurn } from './steps/migration/turn.ts';
export { personalColumns } from './steps/personal-columns.ts';
export { isPullDue, pullTime, pullWindow } from './steps/pull-window.ts';
export { quarantineRows } from './steps/quarantine-rows.ts';
export { checkedRecord } from './steps/rebuild/check-violations.ts';
export { isGoldBefore, prepareRebuild, sentBatch } from './steps/rebuild/preparing.ts';
export { type Published, publishKpis } from './steps/rebuild/publish-kpis.ts';
export { beginTry, type PublishTry, usualPause } from './steps/rebuild/publish-try.ts';
export {
  closeRebuild,
  failRebuild,
  followRebuild,
  isRebuildDue,
  isRebuildOver,
  isTooSoon,
  martOfRebuild,
  rebuildOfStatement,
  statementName,
} from './steps/rebuild/rebuilding.ts';
export { askRetry, publishingEnd } from './steps/rebuild/retrying.ts';
export { isRepair } from './steps/repair-source.ts';
export {
  askReprocess,
  isAt,
  type Reprocessing,
  readyAgain,
  stepReprocess,
} from './steps/reprocess/reprocess.ts';
export { settleReprocessed } from './steps/reprocess/settle.ts';
export { validateAgain } from './steps/reprocess/validate.ts';
export { renderRuleReport } from './steps/rule-report.ts';
export { type Accepted, splitFile } from './steps/split/records.ts';
export {
  manifestInForce,
  manifestOfBatches,
  registerVersions,
  validateLanded,
} from './steps/validate-file.ts';
