import { beforeEach, describe, expect, test } from 'vitest';
import { migrateTables } from '../../functions/migrate-tables.ts';
import type { Catalog } from '../../functions/pipeline/catalog.ts';
import { lookAgain } from '../../functions/pipeline/events.ts';
import { anyMigration, type MigrationIn } from '../../functions/pipeline/records/migration.ts';
import { askMigration, isMigrated } from '../../functions/pipeline/steps/migration/migrating.ts';
import { MigrationSpec } from '../../functions/warehouse/migration/migration-spec.ts';
import type { Mart } from '../../functions/warehouse/model.ts';
import { runEnded, statementEnded } from './events.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = openStage({ isMigrated: false });
});

const deployed = lookAgain('deployment', 'app');
const migrate = (event: Parameters<ReturnType<typeof migrateTables>>[0] = deployed, catalog?: Catalog) =>
  migrateTables({ ...stage.ports, ...(catalog && { catalog }) })(event);
const recordOf = async (mart = 'listening') => {
  const record = await stage.ports.ledger.migrations.find(mart);
  return record && anyMigration(record);
};
const endRun = async (isLucky = true): Promise<void> => {
  const [run] = stage.engine.running();
  if (!run) throw new Error('no run');
  if (isLucky) stage.engine.end(run, true);
  else stage.engine.fail(run.id, 'no columns');
  await migrate(runEnded(run.id));
};
const endStatement = async (
  state: 'finished' | 'failed' | 'lost' = 'finished',
  catalog?: Catalog,
): Promise<void> => {
  const [statement] = stage.statements.running();
  if (!statement) throw new Error('no statement runs');
  if (state === 'finished') stage.statements.end(statement, true);
  else Object.assign(statement, { state, error: 'it broke' });
  await migrate(statementEnded({ id: statement.id, state }, statement.name), catalog);
};
const sentNow = () => stage.statements.running().map(({ name }) => name);
const invoked = () => stage.invoked.splice(0).map(({ name, command }) => [name, command.id]);
const withMart = (changes: Partial<Mart>, name = 'listening'): Catalog => {
  const [mart] = Object.values(stage.ports.catalog.marts);
  const changed = { ...mart, name, ...changes } as Mart;
  return { ...stage.ports.catalog, marts: { ...stage.ports.catalog.marts, [name]: changed } };
};

test('shapes silver by a job, then creates gold, then wakes the rebuild', async () => {
  await migrate();
  expect(stage.engine.running()).toMatchObject([{ job: 'tables' }]);
  expect(sentNow()).toEqual([]);
  await endRun();
  expect(stage.optimised).toEqual(['plays']);
  expect(sentNow()).toEqual(['app-migrate-listening-00000001-0']);
  await endStatement();
  expect(await recordOf()).toMatchObject({ state: 'applied', seq: 1, version: 'tables' });
  expect(stage.statements.tables.columnsOf('fact_plays')).toEqual(['listen_date']);
  expect(invoked()).toEqual([['rebuild-models', 'listening']]);
  await migrate();
  expect([stage.engine.running(), sentNow()]).toEqual([[], []]);
});

test('does nothing twice, however often it is woken', async () => {
  await Promise.all([migrate(), migrate()]);
  await migrate();
  expect(stage.engine.running()).toHaveLength(1);
  const [run] = stage.engine.running();
  stage.endRuns();
  await Promise.all([migrate(runEnded(run?.id ?? '')), migrate(lookAgain('mart', 'listening'))]);
  await migrate();
  expect(new Set(sentNow()).size).toBe(1);
});

test('adds the columns of a new version only, and follows the last applied one', async () => {
  await migrate();
  await endRun();
  await endStatement();
  const [mart] = Object.values(stage.ports.catalog.marts);
  const models = mart?.models.map((model) =>
    model.kind === 'fact'
      ? { ...model, columns: [...model.columns, { name: 'note', type: 'varchar(9)' }] }
      : model,
  ) as Mart['models'];
  const wider = withMart({ models, tables_hash: 'wider' });
  await migrate(deployed, wider);
  const spec = MigrationSpec.parse(
    JSON.parse(stage.lake.newest('runs/listening-00000002/migration.spec.json')?.body ?? '{}'),
  );
  const defining = spec.transactions.flat().filter((statement) => /^(create table|alter)/.test(statement));
  expect(defining).toEqual(['alter table gold.fact_plays add column note varchar(9)']);
  await endStatement('finished', wider);
  expect(await recordOf()).toMatchObject({ state: 'applied', seq: 2, builds_on: 1, version: 'wider' });
});

test('sets the optimisers again with each deployment: it may have changed how often they run', async () => {
  await migrate();
  expect(stage.optimised).toEqual([]);
  await endRun();
  await endStatement();
  expect(stage.optimised).toEqual(['plays']);
  await migrate();
  expect(stage.optimised).toEqual(['plays', 'plays']);
});

test('goes on without the optimisers of silver where they cannot be set', async () => {
  const denied = async (): Promise<never> => {
    throw new Error('denied');
  };
  const ports = { ...stage.ports, optimisers: { keep: denied } };
  await migrateTables(ports)(deployed);
  const [run] = stage.engine.running();
  stage.endRuns();
  await migrateTables(ports)(runEnded(run?.id ?? ''));
  expect(sentNow()).toEqual(['app-migrate-listening-00000001-0']);
  expect(stage.logged).toContainEqual(
    expect.objectContaining({ message: 'optimisers of silver tables could not be set' }),
  );
});

describe('another migration of the same version', () => {
  const ask = async () => {
    const last = await stage.ports.ledger.migrations.find('listening');
    if (last?.state !== 'applied' && last?.state !== 'failed') throw new Error('it has not ended');
    return askMigration(stage.ports, last);
  };
  const mart = () => stage.ports.catalog.marts.listening as Mart;

  test('follows when somebody asks, once, and rebuilds wait for it', async () => {
    await migrate();
    await endRun();
    await endStatement();
    expect(await isMigrated(stage.ports.ledger, mart())).toBe(true);
    await ask();
    expect(await isMigrated(stage.ports.ledger, mart())).toBe(false);
    await migrate(lookAgain('mart', 'listening'));
    expect(await recordOf()).toMatchObject({ state: 'sent', seq: 2, builds_on: 1 });
    await endStatement();
    expect(await recordOf()).toMatchObject({ state: 'applied', seq: 2 });
    expect((await recordOf())?.retry_asked_at).toBeUndefined();
    expect(await isMigrated(stage.ports.ledger, mart())).toBe(true);
    await migrate(lookAgain('mart', 'listening'));
    expect(sentNow()).toEqual([]);
  });

  test('follows one that failed, without its hour', async () => {
    await migrate();
    await endRun();
    await endStatement('failed');
    await ask();
    expect(await recordOf()).toMatchObject({ state: 'failed', reason: 'it broke' });
    await migrate(lookAgain('mart', 'listening'));
    expect(sentNow()).toEqual(['app-migrate-listening-00000002-0']);
  });

  test('does not follow a record that has changed meanwhile', async () => {
    await migrate();
    await endRun();
    await endStatement();
    const stale = await stage.ports.ledger.migrations.find('listening');
    await ask();
    expect(await askMigration(stage.ports, stale as MigrationIn<'applied'>)).toBeUndefined();
  });
});

describe('a migration that fails', () => {
  test('for a column of another type says which, and waits for other models', async () => {
    await migrate();
    await endRun();
    await endStatement();
    const [mart] = Object.values(stage.ports.catalog.marts);
    const models = mart?.models.map((model) =>
      model.kind === 'fact' ? { ...model, columns: [{ name: 'listen_date', type: 'varchar(9)' }] } : model,
    ) as Mart['models'];
    const changed = withMart({ models, tables_hash: 'changed' });
    await migrate(deployed, changed);
    expect(await recordOf()).toMatchObject({
      state: 'failed',
      failure: 'models',
      reason: 'fact_plays.listen_date was date and became varchar(9): give the changed column a new name',
    });
    await migrate(deployed, changed);
    expect(await recordOf()).toMatchObject({ seq: 2 });
    await migrate(deployed, withMart({ tables_hash: 'corrected' }));
    expect(await recordOf()).toMatchObject({ state: 'sent', seq: 3, builds_on: 1 });
    expect((await recordOf())?.reason).toBeUndefined();
  });

  test('in the job for silver says why, and is tried again five times at once, then after an hour', async () => {
    await migrate();
    for (let losses = 1; losses <= 5; losses++) {
      await endRun(false);
      expect(await recordOf()).toMatchObject({
        state: 'failed',
        failure: 'silver',
        reason: 'no columns',
        losses,
      });
      expect(invoked()).toEqual([['migrate-tables', 'listening']]);
      await migrate(lookAgain('mart', 'listening'));
    }
    await endRun(false);
    await migrate();
    expect([invoked(), stage.engine.running()]).toEqual([[], []]);
    stage.pass(3_601_000);
    await migrate();
    expect(stage.engine.running()).toMatchObject([{ job: 'tables' }]);
  });

  test('in its SQL is tried again after an hour', async () => {
    await migrate();
    await endRun();
    await endStatement('failed');
    expect(await recordOf()).toMatchObject({ state: 'failed', failure: 'sql', reason: 'it broke' });
    await migrate();
    expect(sentNow()).toEqual([]);
    stage.pass(3_601_000);
    await migrate();
    expect(sentNow()).toEqual(['app-migrate-listening-00000002-0']);
  });

  test('with its process is asked for again at once, five times', async () => {
    await migrate();
    await endRun();
    for (let losses = 1; losses <= 5; losses++) {
      await endStatement('lost');
      expect(invoked()).toEqual([['migrate-tables', 'listening']]);
      await migrate(lookAgain('mart', 'listening'));
    }
    await endStatement('lost');
    expect(invoked()).toEqual([]);
    expect(await recordOf()).toMatchObject({ failure: 'lost', losses: 6 });
  });
});

describe('two marts', () => {
  test('migrate one after the other', async () => {
    const both = withMart({}, 'other');
    await migrate(deployed, both);
    const [run] = stage.engine.running();
    stage.endRuns();
    await migrate(runEnded(run?.id ?? ''), both);
    expect(sentNow()).toEqual(['app-migrate-listening-00000001-0']);
    await endStatement('finished', both);
    expect(invoked()).toEqual([
      ['rebuild-models', 'listening'],
      ['migrate-tables', 'other'],
    ]);
    await migrate(lookAgain('mart', 'other'), both);
    expect(sentNow()).toEqual(['app-migrate-other-00000001-0']);
  });

  test('do not wait for one that ended without giving the turn back', async () => {
    const { ledger, clock } = stage.ports;
    await ledger.leases.acquire(await ledger.leases.find('migration/gold'), 'other', clock.now());
    await migrate();
    await endRun();
    expect(sentNow()).toEqual(['app-migrate-listening-00000001-0']);
  });
});
