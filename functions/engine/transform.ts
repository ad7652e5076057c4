import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runKey, stagedPrefix, TransformResult, type TransformSpec } from '../pipeline/index.ts';
import type { SilverTable } from '../values/index.ts';
import { type EngineRun, stagedFile } from './engine.ts';
import { SpecMismatch } from './errors.ts';
import { createLanded, groupFiles, landedName, readingLanded } from './landed.ts';
import { parquetFiles, writeParquet } from './read-files.ts';
import { expectDistinctKeys, expectRows, rowsPerFile } from './rows-per-file.ts';
import { type Session, withSession } from './session.ts';

/**
 * Reads a batch's files as they were validated, runs the silver SQL over them and stages the rows as Parquet under
 * `staging/<batch>/<run>/`. The first run of a batch that finishes counts: any other returns its result. `RowsNotConserved` if
 * a file does not have as many records as the validator counted.
 */
export const runTransform = async (run: EngineRun, spec: TransformSpec): Promise<TransformResult> => {
  const earlier = await storedResult(run, spec);
  if (earlier) return earlier;
  expectDistinctKeys(spec.files);
  const scratch = join(run.scratch, run.run);
  await mkdir(scratch, { recursive: true });
  try {
    const files = await withSession(run, (session) => stage(session, run, spec, scratch));
    const result = { batch: spec.batch, run: run.run, staged: stagedPrefix(spec.batch, run.run), files };
    await run.store.store(`${result.staged}${stagedFile}`, join(scratch, stagedFile));
    return await answer(run, spec, result);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

const storedResult = async (
  { store }: EngineRun,
  { batch }: TransformSpec,
): Promise<TransformResult | undefined> => {
  const stored = await store.readJson(runKey(batch, 'transform', 'result'));
  return stored === undefined ? undefined : TransformResult.parse(stored);
};

const answer = async (
  run: EngineRun,
  spec: TransformSpec,
  result: TransformResult,
): Promise<TransformResult> => {
  const isFirst = await run.store.writeOnce(
    runKey(spec.batch, 'transform', 'result'),
    JSON.stringify(result),
  );
  return isFirst ? result : ((await storedResult(run, spec)) ?? result);
};

const stage = async (
  session: Session,
  { store }: EngineRun,
  spec: TransformSpec,
  scratch: string,
): Promise<TransformResult['files']> => {
  const path = join(scratch, stagedFile);
  const groups = await groupFiles(store, spec.files, join(scratch, 'plain'));
  await createLanded(session, spec, groups);
  return readingLanded(groups, async () => {
    await session.run(writeParquet(spec.sql, path));
    await expectColumns(session, path, spec.table);
    const staged = await rowsPerFile(session, parquetFiles([path]));
    const read = await rowsRead(session, spec, staged);
    return spec.files.map(({ key, version }) => ({
      key,
      version,
      read: read.get(key) ?? 0,
      staged: staged.get(key) ?? 0,
    }));
  });
};

/**
 * Rows read of each file, which must be as many as the validator counted. If each file staged exactly its records, no second
 * pass is needed.
 */
const rowsRead = async (
  session: Session,
  spec: TransformSpec,
  staged: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, number>> => {
  const validated = new Map(spec.files.map(({ key, facts }) => [key, facts.records]));
  const isOneToOne = spec.files.every(({ key, facts }) => (staged.get(key) ?? 0) === facts.records);
  const read = isOneToOne ? staged : await rowsPerFile(session, landedName(spec.dataset));
  expectRows(read, validated, 'read by the engine');
  return read;
};

const expectColumns = async (session: Session, path: string, { columns }: SilverTable): Promise<void> => {
  const described = await session.rows(`describe select * from ${parquetFiles([path])}`);
  const found = described.map(({ column_name }) => String(column_name)).sort();
  const wanted = columns.map(({ name }) => name).sort();
  if (found.join() === wanted.join()) return;
  throw new SpecMismatch(`the silver SQL yields ${found.join(', ')}, but the table has ${wanted.join(', ')}`);
};
