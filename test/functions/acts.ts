import { checkQuality } from '../../functions/check-quality.ts';
import { batchEvent, lookAgain } from '../../functions/pipeline/events.ts';
import type { FileVersion } from '../../functions/pipeline/lake-keys.ts';
import { repairKey, repairOf } from '../../functions/pipeline/queries/repairs.ts';
import { registerVersions } from '../../functions/pipeline/steps/validate-file.ts';
import { publishRebuild } from '../../functions/publish-kpis.ts';
import { rebuildModels } from '../../functions/rebuild-models.ts';
import { runTransform } from '../../functions/run-transform.ts';
import { settleBatch } from '../../functions/settle-batch.ts';
import { validateLanding } from '../../functions/validate-landing.ts';
import { objectCreated, runEnded, statementEnded } from './events.ts';
import type { StoredFile } from './records.ts';
import { fileIn, manifest, manifestKey, type Stage } from './stage.ts';

/** The steps of the pipeline on a stage, one function after the other, so that a test may begin anywhere. */

/** Lands a file and has it validated. */
export const land = async (stage: Stage, name: string, body: string) => {
  const file = stage.lake.put(`data/plays/${name}.csv`, body);
  await validateLanding(stage.ports)(objectCreated(file));
  return fileIn(stage, file);
};

/** Has a file's last row quarantined, as validating does where the manifest asks for it. */
export const quarantineRow = async (stage: Stage, { key, version }: FileVersion): Promise<StoredFile> => {
  const record = await fileIn(stage, { key, version });
  const clean_key = `staging/clean/plays/${key}@${version}`;
  const body = stage.lake.newest(clean_key)?.body ?? stage.lake.find(key, version)?.body ?? '';
  stage.lake.put(clean_key, body.replace(/.*\n$/, ''));
  stage.lake.put(`${clean_key}.rows.csv`, 'the row');
  stage.lake.put(`${clean_key}.report.json`, 'the report');
  const facts = record.facts && { ...record.facts, records: record.facts.records - 1 };
  const patch = { quarantined_rows: 1, clean_key, ...(facts && { facts }) };
  return (await stage.ports.ledger.files.amend(record, patch)) ?? record;
};

/** Lands repaired rows of a file, validated and accepted. */
export const landRepair = async (stage: Stage, source: StoredFile, body: string): Promise<StoredFile> => {
  const { key, version, dataset } = source;
  const stored = stage.lake.put(repairKey(source), body);
  const clean_key = `staging/clean/plays/${stored.key}@${stored.version}`;
  stage.lake.put(clean_key, body);
  await registerVersions(stage.ports, stored.key, dataset);
  const landed = await fileIn(stage, stored);
  const { facts, manifest_sha256 } = source;
  const known = { ...(facts && { facts }), ...(manifest_sha256 && { manifest_sha256 }), records: 1 };
  const patch = {
    ...known,
    accepted_at: stage.ports.clock.now(),
    clean_key,
    landed_as: repairOf(source),
    repairs: { key, version },
    quarantined_rows: 0,
  };
  return (await stage.ports.ledger.files.move(landed, 'accepted', patch)) ?? landed;
};

export const putManifest = (stage: Stage, changes: object = {}) =>
  stage.lake.put(manifestKey, JSON.stringify({ ...manifest, ...changes }));

/** Opens the next batch and gives the id of its transform run. */
export const transform = async ({ ports, engine }: Stage): Promise<string> => {
  await runTransform(ports)(lookAgain('dataset', 'plays'));
  return engine.running().at(-1)?.id ?? '';
};

/** Has the running transform run end and checked; gives the id of the quality run. */
export const check = async (stage: Stage, run: string): Promise<string> => {
  stage.endRuns();
  await checkQuality(stage.ports)(runEnded(run));
  return stage.engine.running().at(-1)?.id ?? '';
};

/** Everything from waiting files to a published batch. */
export const publish = async (stage: Stage): Promise<void> => {
  const run = await check(stage, await transform(stage));
  stage.endRuns();
  await settleBatch(stage.ports)(runEnded(run));
};

/** Everything from a published batch to its statement, which still runs; gives its event. */
export const rebuild = async (stage: Stage) => {
  await rebuildModels(stage.ports)(batchEvent('Batch Published', { dataset: 'plays', id: '' }));
  const statement = stage.statements.running()[0];
  return statement && statementEnded({ id: statement.id, state: 'finished' }, statement.name);
};

/** The statement ends and its KPIs are written. */
export const show = async (stage: Stage): Promise<void> => {
  const event = await rebuild(stage);
  stage.endStatements();
  if (event) await publishRebuild(stage.ports)(event);
};
