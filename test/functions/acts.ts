import { checkQuality } from '../../functions/check-quality.ts';
import { objectCreated, ourEvent, runEnded, statementEnded } from '../../functions/domain/events.ts';
import { publishRebuild } from '../../functions/publish-kpis.ts';
import { rebuildModels } from '../../functions/rebuild-models.ts';
import { runTransform } from '../../functions/run-transform.ts';
import { settleBatch } from '../../functions/settle-batch.ts';
import { validateLanding } from '../../functions/validate-landing.ts';
import { fileIn, manifest, manifestKey, type Stage } from './stage.ts';

/** The steps of the pipeline on a stage, one function after the other, so that a test may begin anywhere. */

/** Lands a file and has it judged. */
export const land = async (stage: Stage, name: string, body: string) => {
  const file = stage.lake.put(`data/plays/${name}.csv`, body);
  await validateLanding(stage.ports)(objectCreated(file));
  return fileIn(stage, file);
};

export const putManifest = (stage: Stage, changes: object = {}) =>
  stage.lake.put(manifestKey, JSON.stringify({ ...manifest, ...changes }));

/** Opens the next batch and gives the id of its transform run. */
export const transform = async ({ ports, engine }: Stage): Promise<string> => {
  await runTransform(ports)(ourEvent('File Accepted', 'plays', ''));
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
  await rebuildModels(stage.ports)(ourEvent('Batch Published', 'plays', ''));
  const statement = stage.statements.running()[0];
  return statement && statementEnded({ id: statement.id, state: 'finished' }, statement.name);
};

/** The statement ends and its KPIs are written. */
export const show = async (stage: Stage): Promise<void> => {
  const event = await rebuild(stage);
  stage.endStatements();
  if (event) await publishRebuild(stage.ports)(event);
};
