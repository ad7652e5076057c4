import { QualityResult, type QualitySpec } from '../pipeline/index.ts';
import { literal } from '../values/index.ts';
import { retryConflicts } from './conflicts.ts';
import { FencedOut } from './errors.ts';
import { expectRows, rowsPerFile } from './rows-per-file.ts';
import type { Session } from './session.ts';
import { silverName } from './silver.ts';
import { columnList, list, timestamp } from './sql-text.ts';

/** The result of the run that published a batch; undefined if none has. */
export const publishedResult = async (
  session: Session,
  batch: string,
): Promise<QualityResult | undefined> => {
  const [row] = await session.rows(
    `select outcome from silver.published_batches where batch_id = ${literal(batch)}`,
  );
  return row && QualityResult.parse(JSON.parse(String(row.outcome)));
};

/**
 * Replaces the rows of the files that passed by the rows of the relation `staged`, in one transaction that also records the
 * batch, its fence and the result. If the batch is already published, it returns the first result. `FencedOut` if a newer batch
 * was published.
 */
export const publish = (session: Session, spec: QualitySpec, result: QualityResult): Promise<QualityResult> =>
  retryConflicts(async () => {
    const published = await publishedResult(session, spec.batch);
    if (published) return published;
    try {
      await commitRows(session, spec, result);
      return result;
    } catch (error) {
      await session.connection.run('rollback').catch(() => undefined);
      // In spite of the error the commit may have succeeded.
      const hidden = await publishedResult(session, spec.batch);
      if (hidden) return hidden;
      throw error;
    }
  });

const commitRows = async (session: Session, spec: QualitySpec, result: QualityResult): Promise<void> => {
  const record = [
    literal(spec.batch),
    literal(spec.dataset),
    String(spec.fence),
    timestamp(new Date().toISOString()),
    literal(JSON.stringify(result)),
  ];
  await session.run('begin transaction');
  await raiseFence(session, spec);
  await replaceRows(session, spec, result);
  await session.run(`insert into silver.published_batches values ${list(record)}`);
  await session.run('commit');
};

/** The update comes first: a second publisher conflicts here, before it has done any work. */
const raiseFence = async (session: Session, { batch, dataset, fence }: QualitySpec): Promise<void> => {
  await session.run(
    `update silver.publish_fences set fence = greatest(fence, ${fence}) where dataset = ${literal(dataset)}`,
  );
  const [row] = await session.rows(
    `select fence from silver.publish_fences where dataset = ${literal(dataset)}`,
  );
  const raised = Number(row?.fence);
  if (raised !== fence) throw new FencedOut(batch, fence, raised);
};

/** Rows of a file's repairs (`<key>#…`) are removed with it; no key of a landed file contains a `#`. */
const ofRepairs = (keys: readonly string[]): string => {
  const prefixes = keys.map((key) => `(${literal(`${key}#`)})`);
  return `contains(landed_file, '#') and exists (select 1 from (values ${prefixes.join(', ')}) as files(prefix) where starts_with(landed_file, prefix))`;
};

/** Keys of the files whose repairs are replaced with them: a reprocess publishes the same version, so its repairs stay. */
const retracting = (spec: QualitySpec, passed: readonly { readonly key: string }[]): string[] => {
  const again = new Set(spec.files.flatMap(({ key, reprocessed }) => (reprocessed ? [key] : [])));
  return passed.flatMap(({ key }) => (again.has(key) ? [] : [key]));
};

const replaceRows = async (session: Session, spec: QualitySpec, { files }: QualityResult): Promise<void> => {
  const passed = files.filter(({ outcome }) => outcome === 'published');
  if (passed.length === 0) return;
  const [table, columns] = [silverName(spec.dataset), columnList(spec.table.columns.map(({ name }) => name))];
  const theirs = `landed_file in ${list(passed.map(({ key }) => literal(key)))}`;
  await session.run(`delete from ${table} where ${theirs}`);
  const repaired = retracting(spec, passed);
  if (repaired.length > 0) await session.run(`delete from ${table} where ${ofRepairs(repaired)}`);
  // Without sorting: a file's rows are together already, and sorting ten million takes longer than everything else.
  await session.run(`insert into ${table} (${columns}) select ${columns} from staged where ${theirs}`);
  const found = await rowsPerFile(session, `(select landed_file from ${table} where ${theirs}) as published`);
  expectRows(found, new Map(passed.map(({ key, rows }) => [key, rows])), 'in the silver table');
};
