import { QualityResult, type QualitySpec } from '../pipeline/index.ts';
import { retryConflicts } from './conflicts.ts';
import { FencedOut } from './errors.ts';
import { expectRows, rowsPerFile } from './rows-per-file.ts';
import type { Session } from './session.ts';
import { silverName } from './silver.ts';
import { columnList, list, literal } from './sql-text.ts';

/** The answer of the run that published a batch; undefined while none has. */
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
 * Replaces the rows of the files that passed by the rows of the relation `staged`, in one transaction that also records
 * the batch, its fence and the result. Twice is once: who comes second gets the first one's result. `FencedOut` when a
 * newer batch was published.
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
      // The error may hide a commit that succeeded.
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
    "cast(now() at time zone 'UTC' as timestamp)",
    literal(JSON.stringify(result)),
  ];
  await session.run('begin transaction');
  await raiseFence(session, spec);
  await replaceRows(session, spec, result);
  await session.run(`insert into silver.published_batches values ${list(record)}`);
  await session.run('commit');
};

/** The update comes first: a second publisher collides here, before it has done any work. */
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

/** Rows that hang on a file (`<key>#…`) are retracted with it; no key of a landed file holds a `#`. */
const hangingOn = (keys: readonly string[]): string => {
  const prefixes = keys.map((key) => `(${literal(`${key}#`)})`);
  return `contains(landed_file, '#') and exists (select 1 from (values ${prefixes.join(', ')}) as files(prefix) where starts_with(landed_file, prefix))`;
};

/** Keys of the files whose repaired rows go with their own: those of a version that is published once more stay right. */
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
  const hung = retracting(spec, passed);
  if (hung.length > 0) await session.run(`delete from ${table} where ${hangingOn(hung)}`);
  // Not in the table's order: a file's rows lie together as they are, and sorting ten million takes longer than all the rest.
  await session.run(`insert into ${table} (${columns}) select ${columns} from staged where ${theirs}`);
  const found = await rowsPerFile(session, `(select landed_file from ${table} where ${theirs}) as published`);
  expectRows(found, new Map(passed.map(({ key, rows }) => [key, rows])), 'in the silver table');
};
