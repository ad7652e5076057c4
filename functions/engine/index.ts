/**
 * Engine: the jobs on DuckDB. They take a spec and return a result, as the jobs in `glue/` do on Spark. It opens
 * no lake and no catalog itself: `local/engines/` does. Start with `transform.ts` and `quality.ts`.
 */

export type { EngineRun, EngineStore } from './engine.ts';
export { MissingFile, RunFailed, SpecMismatch } from './errors.ts';
export { nestedColumns, recordStructure } from './landed-columns.ts';
export { pathPattern } from './read-files.ts';
export { qualityBySpec, tablesBySpec, transformBySpec } from './scripts.ts';
export { interruptible, openSession, type Session } from './session.ts';
export { createSilver, silverName } from './silver.ts';
