import { QualityResult, type QualitySpec, runKey } from '../pipeline/index.ts';
import { type EngineRun, stagedFile } from './engine.ts';
import { NotPublished } from './errors.ts';
import { publish, publishedResult } from './publish.ts';
import { parquetFiles } from './read-files.ts';
import { expectDistinctKeys, expectRows, rowsPerFile } from './rows-per-file.ts';
import { type Session, withSession } from './session.ts';
import { createSilver } from './silver.ts';
import { validateStaged } from './verdicts.ts';

/**
 * Validates a batch's staged rows file by file and publishes the rows of the files that passed; a quarantined file does not
 * affect the others. The result is written last, with If-None-Match; if the batch is already published, the run returns the
 * result recorded in that transaction. `NotPublished`, with the reason, if no run of the batch has published it.
 */
export const runQuality = async (run: EngineRun, spec: QualitySpec): Promise<QualityResult> => {
  const key = runKey(spec.batch, 'quality', 'result');
  const earlier = await run.store.readJson(key);
  if (earlier !== undefined) return QualityResult.parse(earlier);
  expectDistinctKeys(spec.files);
  const result = await withSession(run, (session) => validateAndPublish(session, run, spec));
  await run.store.writeOnce(key, JSON.stringify(result));
  return result;
};

const validateAndPublish = async (
  session: Session,
  run: EngineRun,
  spec: QualitySpec,
): Promise<QualityResult> => {
  await createSilver(session.connection, spec.dataset, spec.table);
  const published = await publishedResult(session, spec.batch);
  if (published) return published;
  try {
    return await publish(session, spec, await validate(session, run, spec));
  } catch (error) {
    run.signal?.throwIfAborted();
    throw new NotPublished(error);
  }
};

const validate = async (session: Session, run: EngineRun, spec: QualitySpec): Promise<QualityResult> => {
  const path = await run.store.locate(`${spec.staged}${stagedFile}`);
  await session.run(`create or replace temp view staged as select * from ${parquetFiles([path])}`);
  expectRows(
    await rowsPerFile(session, 'staged'),
    new Map(spec.files.map((file) => [file.key, file.staged])),
    'staged',
  );
  const verdicts = await validateStaged(session, spec);
  const files = spec.files.map(({ key, version, staged }) => {
    const violations = [...(verdicts.get(key) ?? [])];
    return violations.length > 0
      ? { key, version, outcome: 'rejected' as const, rows: 0, violations }
      : { key, version, outcome: 'published' as const, rows: staged, violations };
  });
  return { batch: spec.batch, run: run.run, files };
};
