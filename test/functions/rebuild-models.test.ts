import { beforeEach, describe, expect, test } from 'vitest';
import { batchEvent, lookAgain, martEvent } from '../../functions/pipeline/events.ts';
import { martLease } from '../../functions/pipeline/records/lease.ts';
import type { RebuildIn } from '../../functions/pipeline/records/rebuild.ts';
import { patience } from '../../functions/pipeline/records/time.ts';
import { askRetry } from '../../functions/pipeline/steps/rebuild/retrying.ts';
import { rebuildModels } from '../../functions/rebuild-models.ts';
import type { Mart } from '../../functions/warehouse/model.ts';
import { RebuildSpec } from '../../functions/warehouse/rebuild-spec.ts';
import { wideCatalog } from '../simulation/catalog.ts';
import { land, publish, putManifest, show } from './acts.ts';
import { statementEnded } from './events.ts';
import { ledgerWith } from './partly.ts';
import type { StoredRebuild } from './records.ts';
import { goodBody, openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = openStage();
  putManifest(stage);
  await land(stage, 'a', goodBody());
  await publish(stage);
});

const first = 'listening-00000001';
const second = 'listening-00000002';
const batch = 'plays-00000001';
const wake = () => rebuildModels(stage.ports)(batchEvent('Batch Published', { dataset: 'plays', id: batch }));
const wakeMart = () =>
  rebuildModels(stage.ports)(martEvent('KPIs Published', { mart: 'listening', id: first }));
const specOf = (rebuild: string): RebuildSpec =>
  RebuildSpec.parse(JSON.parse(stage.lake.newest(`runs/${rebuild}/rebuild.spec.json`)?.body ?? '{}'));
const ended = async (state: 'failed' | 'lost', error: string): Promise<void> => {
  const [statement] = stage.statements.running();
  if (!statement) throw new Error('no statement runs');
  Object.assign(statement, { state, error });
  await rebuildModels(stage.ports)(statementEnded({ id: statement.id, state }, statement.name));
};
const failed = () => ended('failed', 'a check failed');
const lost = () => ended('lost', 'the process ended');
const recordOf = async (rebuild: string): Promise<StoredRebuild> => {
  const record = await stage.ports.ledger.rebuilds.find(rebuild);
  if (!record) throw new Error(`no record of ${rebuild}`);
  return record;
};
const sentNow = () => stage.statements.running().map(({ token }) => token);

test('sends one transaction for what is pending, under a name and a token of its own', async () => {
  await wake();
  expect(specOf(first)).toMatchObject({
    mart: 'listening',
    seq: 1,
    batches: [batch],
    unload: `kpis/${first}/1/`,
    generation: 1,
    kpis: [{ model: 'kpi_days' }, { model: 'kpi_latest' }],
  });
  expect(stage.statements.running()).toMatchObject([{ name: `app-rebuild-${first}/v2`, token: first }]);
  expect(await stage.ports.ledger.rebuilds.find(first)).toMatchObject({
    state: 'sent',
    statement_id: 's1',
    sql_hash: 'one',
  });
  expect(await stage.ports.ledger.leases.find('mart/listening')).toMatchObject({ fence: 1, holder: first });
});

test('does nothing more while the statement runs, however often it is woken', async () => {
  await wake();
  await wake();
  await wakeMart();
  stage.pass(4 * patience);
  await wake();
  expect(stage.statements.running()).toHaveLength(1);
});

test('has nothing to do for a dataset that feeds no mart, an unknown mart, or with nothing pending', async () => {
  await rebuildModels(stage.ports)(batchEvent('Batch Published', { dataset: 'unknown', id: 'b' }));
  await rebuildModels(stage.ports)(martEvent('KPIs Published', { mart: 'unknown', id: 'r' }));
  await rebuildModels(stage.ports)(statementEnded({ id: 's', state: 'failed' }, 'strange'));
  await stage.ports.ledger.rebuilds.removePending('listening', batch);
  await wake();
  expect(stage.statements.running()).toEqual([]);
});

test('takes what was published meanwhile into the next rebuild, which follows the one that serves', async () => {
  await show(stage);
  await land(stage, 'b', goodBody(200));
  await publish(stage);
  await wakeMart();
  expect(specOf(second)).toMatchObject({ seq: 2, batches: ['plays-00000002'] });
  expect(await stage.ports.ledger.rebuilds.find(second)).toMatchObject({ follows: first });
});

describe('a failed statement', () => {
  beforeEach(wake);

  test('leaves its batches pending, says where the report is, and frees the mart', async () => {
    const row = { check_name: 'totals', file: 'sql/checks/totals.sql', severity: 'error', found: 2 };
    const lines = ['b', 'a'].map((subject) => JSON.stringify({ ...row, subject, detail: 'is odd' }));
    await stage.lake.files.write(`kpis/${first}/1/checks/0000_part_00.json`, lines.join('\n'));
    await failed();
    expect(await stage.ports.ledger.rebuilds.find(first)).toMatchObject({
      state: 'failed',
      failure: 'sql',
      reason: 'a check failed: totals',
      checks: [{ check: 'totals', rows: 2, first: [{ subject: 'a', detail: 'is odd' }, { subject: 'b' }] }],
      report: `kpis/${first}/1/checks/`,
    });
    expect(await stage.ports.ledger.rebuilds.pending('listening')).toEqual([batch]);
    expect(await stage.ports.ledger.leases.find('mart/listening')).toEqual({
      name: 'mart/listening',
      fence: 1,
    });
    expect(stage.logged).toContainEqual({
      level: 'error',
      message: 'rebuild failed',
      facts: {
        rebuild: first,
        failure: 'sql',
        reason: 'a check failed: totals',
        report: `kpis/${first}/1/checks/`,
      },
    });
  });

  test('is not tried again at once, but with the next batch', async () => {
    await failed();
    await wake();
    expect(stage.statements.running()).toEqual([]);
    await land(stage, 'b', goodBody(200));
    await publish(stage);
    await wake();
    expect(specOf(second).batches).toEqual([batch, 'plays-00000002']);
  });

  test('is tried again after an hour', async () => {
    await failed();
    stage.pass(3_601_000);
    await wake();
    expect(stage.statements.running()).toMatchObject([{ name: `app-rebuild-${second}/v2` }]);
  });

  test('is tried again at once when somebody asks for it, and that once', async () => {
    await failed();
    const { ports } = stage;
    const before = (await recordOf(first)) as RebuildIn<'failed'>;
    expect(await askRetry(ports, before)).toMatchObject({ state: 'failed', failure: 'sql' });
    expect(await askRetry(ports, before)).toBeUndefined();
    await wakeMart();
    expect(specOf(second)).toMatchObject({ batches: [batch], shown: 0 });
    expect(await recordOf(first)).toMatchObject({ state: 'failed' });
    await failed();
    await wakeMart();
    expect(stage.statements.running()).toEqual([]);
    expect(await recordOf(second)).toMatchObject({ state: 'failed' });
  });

  test('is tried again when the deployed SQL has changed', async () => {
    await failed();
    const [mart] = Object.values(stage.ports.catalog.marts);
    if (!mart) throw new Error('no mart');
    const catalog = { ...stage.ports.catalog, marts: { listening: { ...mart, hash: 'two' } } };
    await rebuildModels({ ...stage.ports, catalog })(
      martEvent('KPIs Published', { mart: 'listening', id: first }),
    );
    expect(await stage.ports.ledger.rebuilds.find(second)).toMatchObject({ state: 'sent', sql_hash: 'two' });
  });
});

describe('the interval between rebuilds', () => {
  const interval = 300_000;
  const wakeLater = () => rebuildModels({ ...stage.ports, interval })(lookAgain('mart', 'listening'));
  beforeEach(async () => {
    await show(stage);
    await land(stage, 'b', goodBody(200));
    await publish(stage);
  });

  test('is counted from the beginning of the last one', async () => {
    await wakeLater();
    expect(sentNow()).toEqual([]);
    stage.pass(interval);
    await wakeLater();
    expect(sentNow()).toEqual([second]);
  });

  test('holds for a rebuild that failed by its SQL, and not for a lost one', async () => {
    stage.pass(interval);
    await wakeLater();
    await failed();
    await land(stage, 'c', goodBody(300));
    await publish(stage);
    await wakeLater();
    expect(sentNow()).toEqual([]);
    stage.pass(interval);
    await wakeLater();
    await lost();
    expect(sentNow()).toEqual(['listening-00000004']);
  });

  test('is not waited for when somebody asks, and that once', async () => {
    await askRetry(stage.ports, (await recordOf(first)) as RebuildIn<'published'>);
    await wakeLater();
    expect(sentNow()).toEqual([second]);
  });

  test('is not waited for with new SQL', async () => {
    const [mart] = Object.values(stage.ports.catalog.marts);
    const catalog = { ...stage.ports.catalog, marts: { listening: { ...mart, hash: 'two' } as Mart } };
    await rebuildModels({ ...stage.ports, catalog, interval })(lookAgain('mart', 'listening'));
    expect(sentNow()).toEqual([second]);
  });

  test('holds up nothing after a clock was a day ahead', async () => {
    stage.pass(-86_400_000);
    await wakeLater();
    expect(sentNow()).toEqual([second]);
  });
});

test('rebuilds with nothing pending when somebody asks, and that once', async () => {
  await show(stage);
  await wakeMart();
  expect(sentNow()).toEqual([]);
  await askRetry(stage.ports, (await recordOf(first)) as RebuildIn<'published'>);
  await wakeMart();
  expect(specOf(second)).toMatchObject({ batches: [] });
  await show(stage);
  await wakeMart();
  expect(sentNow()).toEqual([]);
});

test('waits for tables that are missing, and asks for them', async () => {
  const [mart] = Object.values(stage.ports.catalog.marts);
  const catalog = { ...stage.ports.catalog, marts: { listening: { ...mart, tables_hash: 'new' } as Mart } };
  stage.invoked.length = 0;
  await rebuildModels({ ...stage.ports, catalog })(lookAgain('mart', 'listening'));
  expect(stage.invoked).toEqual([{ name: 'migrate-tables', command: lookAgain('mart', 'listening') }]);
  expect(sentNow()).toEqual([]);
});

test('asks for the KPIs of a finished statement whose event was lost, unless they are being written', async () => {
  await wake();
  stage.endStatements();
  const look = async () => {
    stage.invoked.length = 0;
    await rebuildModels(stage.ports)(lookAgain('mart', 'listening'));
    return stage.invoked.map(({ name, command }) => [name, command.id]);
  };
  expect(await look()).toEqual([['publish-kpis', first]]);
  const { ledger, clock } = stage.ports;
  await ledger.rebuilds.amend(await recordOf(first), { publishing_at: clock.now() });
  stage.pass(60_000);
  expect(await look()).toEqual([]);
  stage.pass(-86_400_000);
  expect(await look()).toEqual([['publish-kpis', first]]);
});

test('finds the statement whose answer was lost at once, and sends it once', async () => {
  const { warehouse } = stage.ports;
  const lostAnswer = {
    ...warehouse,
    send: async (...statement: Parameters<typeof warehouse.send>) => {
      await warehouse.send(...statement);
      throw new Error('timed out');
    },
  };
  const woken = rebuildModels({ ...stage.ports, warehouse: lostAnswer })(
    batchEvent('Batch Published', { dataset: 'plays', id: batch }),
  );
  await expect(woken).rejects.toThrow('timed out');
  expect(await recordOf(first)).toMatchObject({ state: 'open' });
  const forgotten = async (): Promise<never> => {
    throw new Error('its token is forgotten by now');
  };
  const later = { ...stage.ports, warehouse: { ...warehouse, send: forgotten } };
  await rebuildModels(later)(batchEvent('Batch Published', { dataset: 'plays', id: batch }));
  expect(await recordOf(first)).toMatchObject({ state: 'sent', statement_id: 's1' });
  expect(sentNow()).toEqual([first]);
});

test('goes on at once with a mart that was taken and no more', async () => {
  const { ledger, clock } = stage.ports;
  await ledger.leases.acquire(await ledger.leases.find(martLease('listening')), first, clock.now());
  await wake();
  expect(await recordOf(first)).toMatchObject({ state: 'sent' });
});

describe('a statement whose executor was lost', () => {
  beforeEach(wake);

  test('is tried again at once, with the next fence', async () => {
    await lost();
    expect(await recordOf(first)).toMatchObject({
      state: 'failed',
      failure: 'lost',
      reason: 'the process ended',
      losses: 1,
    });
    expect(sentNow()).toEqual([second]);
    expect(specOf(second)).toMatchObject({ batches: [batch], shown: 0 });
  });

  test('is known by its event also while the ledger has not noted it', async () => {
    const { ledger } = stage.ports;
    await lost();
    const slow = ledgerWith(ledger, { rebuilds: { move: async () => undefined } });
    await rebuildModels({ ...stage.ports, ledger: slow })(
      martEvent('KPIs Published', { mart: 'listening', id: first }),
    );
    const { name = '' } = stage.statements.running()[0] ?? {};
    Object.assign(stage.statements.running()[0] ?? {}, { state: 'lost', error: 'again' });
    await rebuildModels(stage.ports)(statementEnded({ id: 's2', state: 'lost' }, name));
    expect(await recordOf(second)).toMatchObject({ failure: 'lost', losses: 2 });
    expect(sentNow()).toEqual(['listening-00000003']);
  });

  test('is tried again at once five times, then after growing pauses, each on record', async () => {
    for (let times = 1; times <= 5; times++) await lost();
    expect(sentNow()).toEqual(['listening-00000006']);
    await lost();
    expect(sentNow()).toEqual([]);
    expect(await recordOf('listening-00000006')).toMatchObject({ failure: 'lost', losses: 6 });
    await wake();
    expect(sentNow()).toEqual([]);
    stage.pass(5_001);
    await wake();
    await lost();
    expect(await recordOf('listening-00000007')).toMatchObject({ losses: 7 });
    stage.pass(5_001);
    await wake();
    expect(sentNow()).toEqual([]);
    stage.pass(5_001);
    await wake();
    expect(sentNow()).toEqual(['listening-00000008']);
  });

  test('does not count as lost in a row once its SQL has failed', async () => {
    await lost();
    await failed();
    expect(await recordOf(second)).toMatchObject({ failure: 'sql' });
    expect((await recordOf(second)).losses).toBeUndefined();
  });
});

describe('a clock that was a day ahead', () => {
  test('holds up no failed rebuild', async () => {
    stage.pass(86_400_000);
    await wake();
    await failed();
    stage.pass(-86_400_000);
    await wake();
    expect(sentNow()).toEqual([second]);
  });
});

describe('a statement that the warehouse has forgotten', () => {
  const forget = (): void => {
    for (const statement of stage.statements.running()) Object.assign(statement, { id: 'x', name: 'x' });
  };

  test('is lost, once the warehouse has had its time to know it', async () => {
    await wake();
    forget();
    await wakeMart();
    expect(await recordOf(first)).toMatchObject({ state: 'sent' });
    stage.pass(patience + 1_000);
    await wakeMart();
    expect(await recordOf(first)).toMatchObject({ state: 'failed', failure: 'lost' });
    expect(specOf(second).batches).toEqual([batch]);
  });
});

test('builds on gold as it is, and shows what was touched since the last KPIs', async () => {
  await show(stage);
  const { ledger, clock } = stage.ports;
  await land(stage, 'b', goodBody(200));
  await publish(stage);
  await wakeMart();
  const facts = {
    is_committed: true,
    failure: 'kpis',
    reason: 'no',
    publish_tries: 3,
    closed_at: clock.now(),
  } as const;
  await ledger.rebuilds.move(await recordOf(second), 'failed', facts);
  await ledger.leases.release(await ledger.leases.find(martLease('listening')));
  stage.pass(3_601_000);
  await wakeMart();
  const third = 'listening-00000003';
  expect(await recordOf(third)).toMatchObject({ follows: first, builds_on: second, unshown: [1] });
  expect(specOf(third)).toMatchObject({ shown: 1, unshown: [1] });
  expect(specOf(third).statements.join()).toContain('seq > 1');
});

describe('the generation of latest items', () => {
  const next = async () => {
    await land(stage, 'b', goodBody(200));
    await publish(stage);
    await wakeMart();
    return recordOf(second);
  };

  test('goes on after a publication that is settled', async () => {
    await show(stage);
    expect(await recordOf(first)).toMatchObject({ generation: 1, is_settled: true });
    expect(await next()).toMatchObject({ seq: 2, generation: 1 });
    expect(specOf(second).statements.join()).toContain(', 1 from (select cast(');
  });

  test('goes on after a rebuild that failed before anything was written', async () => {
    await show(stage);
    await next();
    await failed();
    stage.pass(3_601_000);
    await wakeMart();
    expect(await recordOf('listening-00000003')).toMatchObject({ seq: 3, generation: 1 });
  });

  test.each([
    ['another process may still write for it', { is_settled: false }],
    ['an older version of the function wrote it', { is_settled: undefined }],
  ])('is a new one where %s', async (_, patch) => {
    const { ledger } = stage.ports;
    await show({
      ...stage,
      ports: {
        ...stage.ports,
        ledger: ledgerWith(ledger, {
          rebuilds: {
            move: (record, to, facts) =>
              ledger.rebuilds.move(
                record,
                to,
                to === 'published' ? { ...facts, ...(patch as object) } : facts,
              ),
          },
        }),
      },
    });
    expect(await next()).toMatchObject({ seq: 2, generation: 2 });
  });
});

test('tries a failed rebuild again after an hour also where only its SQL was new', async () => {
  await show(stage);
  const [mart] = Object.values(stage.ports.catalog.marts);
  if (!mart) throw new Error('no mart');
  const catalog = { ...stage.ports.catalog, marts: { listening: { ...mart, hash: 'two' } } };
  const deployed = { ...stage, ports: { ...stage.ports, catalog } };
  const wakeDeployed = () =>
    rebuildModels(deployed.ports)(martEvent('KPIs Published', { mart: 'listening', id: first }));
  await wakeDeployed();
  const [statement] = stage.statements.running();
  Object.assign(statement ?? {}, { state: 'failed', error: 'a check failed' });
  await wakeDeployed();
  expect(sentNow()).toEqual([]);
  stage.pass(3_601_000);
  await wakeDeployed();
  expect(sentNow()).toEqual(['listening-00000003']);
});

describe('a mart that is too much for one transaction', () => {
  const finish = async (): Promise<void> => {
    const [statement] = stage.statements.running();
    if (!statement) throw new Error('no statement runs');
    stage.statements.end(statement, true);
    await rebuildModels(stage.ports)(statementEnded({ id: statement.id, state: 'finished' }, statement.name));
  };
  const namesNow = () => stage.statements.running().map(({ name }) => name);
  const [gold, last] = ['prepare-gold', 'rebuild'].map((step) => `app-${step}-${first}/v2`);
  beforeEach(async () => {
    const { marts } = wideCatalog(stage.ports.catalog);
    const [mart] = Object.values(marts);
    const tables_hash = 'tables';
    stage.ports.catalog = { ...stage.ports.catalog, marts: { listening: { ...mart, tables_hash } as Mart } };
    await wake();
  });

  test('gets gold, then the KPIs once gold is committed', async () => {
    expect(namesNow()).toEqual([gold]);
    await wake();
    expect(namesNow()).toEqual([gold]);
    await finish();
    expect(namesNow()).toEqual([last]);
    expect(await recordOf(first)).toMatchObject({ state: 'sent' });
    stage.endStatements();
    expect(stage.lake.newest(`kpis/${first}/1/kpi_days/0000_part_00.json`)?.body).toContain('2024-06-25');
  });

  test('is taken up by the sweep where an event was lost', async () => {
    stage.endStatements();
    await wakeMart();
    expect(namesNow()).toEqual([last]);
  });

  test('fails with the reason of the transaction that failed, and starts over', async () => {
    const at = specOf(first).before[0]?.paths.indexOf('sql/dim_3.sql') ?? 0;
    await ended('failed', `Query #${at + 1} failed with ERROR: it does not fit`);
    expect(await recordOf(first)).toMatchObject({
      state: 'failed',
      failure: 'sql',
      reason: 'sql/dim_3.sql: it does not fit',
    });
    expect((await recordOf(first)).is_committed).toBeUndefined();
    await askRetry(stage.ports, (await recordOf(first)) as RebuildIn<'failed'>);
    await wakeMart();
    expect(namesNow()).toEqual([`app-prepare-gold-${second}/v2`]);
  });

  test('keeps its new gold where only unloading its KPIs failed, and shows them with the next rebuild', async () => {
    await finish();
    await lost();
    expect(await recordOf(first)).toMatchObject({ state: 'failed', failure: 'lost', is_committed: true });
    expect(specOf(second)).toMatchObject({ shown: 0, batches: [batch] });
    expect(namesNow()).toEqual([`app-prepare-gold-${second}/v2`]);
  });
});
