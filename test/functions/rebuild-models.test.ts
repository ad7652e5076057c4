import { beforeEach, describe, expect, test } from 'vitest';
import { ourEvent, statementEnded } from '../../functions/domain/events.ts';
import { patience } from '../../functions/domain/ledger.ts';
import { RebuildSpec } from '../../functions/domain/spec.ts';
import { rebuildModels } from '../../functions/rebuild-models.ts';
import { land, publish, putManifest, show } from './acts.ts';
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
const wake = () => rebuildModels(stage.ports)(ourEvent('Batch Published', 'plays', batch));
const wakeMart = () => rebuildModels(stage.ports)(ourEvent('KPIs Published', 'listening', first));
const specOf = (rebuild: string): RebuildSpec =>
  RebuildSpec.parse(JSON.parse(stage.lake.newest(`runs/${rebuild}/rebuild.spec.json`)?.body ?? '{}'));
const failed = async (id = 's1'): Promise<void> => {
  const [statement] = stage.statements.running();
  if (!statement) throw new Error('no statement runs');
  Object.assign(statement, { state: 'failed', error: 'a check failed' });
  await rebuildModels(stage.ports)(statementEnded({ id, state: 'failed' }, statement.name));
};

test('sends one transaction for what is pending, under a name and a token of its own', async () => {
  await wake();
  expect(specOf(first)).toMatchObject({
    mart: 'listening',
    seq: 1,
    batches: [batch],
    unload: `kpis/${first}/1/`,
    kpis: [{ model: 'kpi_days' }],
  });
  expect(stage.statements.running()).toMatchObject([{ name: `app-rebuild-${first}`, token: first }]);
  expect(await stage.ports.ledger.rebuild(first)).toMatchObject({
    state: 'sent',
    statement_id: 's1',
    sql_hash: 'one',
  });
  expect(await stage.ports.ledger.lease('mart/listening')).toMatchObject({ fence: 1, holder: first });
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
  await rebuildModels(stage.ports)(ourEvent('Batch Published', 'unknown', 'b'));
  await rebuildModels(stage.ports)(ourEvent('KPIs Published', 'unknown', 'r'));
  await rebuildModels(stage.ports)(statementEnded({ id: 's', state: 'failed' }, 'strange'));
  await stage.ports.ledger.removePending('listening', batch);
  await wake();
  expect(stage.statements.running()).toEqual([]);
});

test('takes what was published meanwhile into the next rebuild, which follows the one that serves', async () => {
  await show(stage);
  await land(stage, 'b', goodBody(200));
  await publish(stage);
  await wakeMart();
  expect(specOf(second)).toMatchObject({ seq: 2, batches: ['plays-00000002'] });
  expect(await stage.ports.ledger.rebuild(second)).toMatchObject({ follows: first });
});

describe('a failed statement', () => {
  beforeEach(wake);

  test('leaves its batches pending, says where the report is, and frees the mart', async () => {
    const row = { check_name: 'totals', file: 'sql/checks/totals.sql', severity: 'error', found: 2 };
    const lines = ['b', 'a'].map((subject) => JSON.stringify({ ...row, subject, detail: 'is odd' }));
    await stage.lake.files.write(`kpis/${first}/1/checks/0000_part_00.json`, lines.join('\n'));
    await failed();
    expect(await stage.ports.ledger.rebuild(first)).toMatchObject({
      state: 'failed',
      reason: 'a check failed: totals',
      checks: [{ check: 'totals', rows: 2, first: [{ subject: 'a', detail: 'is odd' }, { subject: 'b' }] }],
      report: `kpis/${first}/1/checks/`,
    });
    expect(await stage.ports.ledger.pending('listening')).toEqual([batch]);
    expect(await stage.ports.ledger.lease('mart/listening')).toEqual({ name: 'mart/listening', fence: 1 });
    expect(stage.logged).toContainEqual({
      level: 'error',
      message: 'rebuild failed',
      facts: {
        rebuild: first,
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
    expect(stage.statements.running()).toMatchObject([{ name: `app-rebuild-${second}` }]);
  });

  test('is tried again when the deployed SQL has changed', async () => {
    await failed();
    const [mart] = Object.values(stage.ports.catalog.marts);
    if (!mart) throw new Error('no mart');
    const catalog = { ...stage.ports.catalog, marts: { listening: { ...mart, hash: 'two' } } };
    await rebuildModels({ ...stage.ports, catalog })(ourEvent('KPIs Published', 'listening', first));
    expect(await stage.ports.ledger.rebuild(second)).toMatchObject({ state: 'sent', sql_hash: 'two' });
  });
});

test('finds the statement whose answer was lost, and sends it once', async () => {
  const { warehouse } = stage.ports;
  const lost = {
    ...warehouse,
    send: async (...statement: Parameters<typeof warehouse.send>) => {
      await warehouse.send(...statement);
      throw new Error('timed out');
    },
  };
  const woken = rebuildModels({ ...stage.ports, warehouse: lost })(
    ourEvent('Batch Published', 'plays', batch),
  );
  await expect(woken).rejects.toThrow('timed out');
  expect(await stage.ports.ledger.rebuild(first)).toMatchObject({ state: 'open' });
  await wake();
  expect(await stage.ports.ledger.rebuild(first)).toMatchObject({ state: 'open' });
  stage.pass(4 * patience);
  const forgotten = async (): Promise<never> => {
    throw new Error('its token is forgotten by now');
  };
  const later = { ...stage.ports, warehouse: { ...warehouse, send: forgotten } };
  await rebuildModels(later)(ourEvent('Batch Published', 'plays', batch));
  expect(await stage.ports.ledger.rebuild(first)).toMatchObject({ state: 'sent', statement_id: 's1' });
  expect(stage.statements.running()).toHaveLength(1);
});

describe('a statement that the warehouse has forgotten', () => {
  const forget = (): void => {
    for (const statement of stage.statements.running()) statement.id = 'another';
  };

  test('is waited for as long as the warehouse keeps statements', async () => {
    await wake();
    forget();
    stage.pass(23 * 3_600_000);
    await wakeMart();
    expect(await stage.ports.ledger.rebuild(first)).toMatchObject({ state: 'sent' });
  });

  test('makes the next rebuild a full one, for nobody can say whether it committed', async () => {
    await wake();
    forget();
    stage.pass(25 * 3_600_000);
    await wakeMart();
    expect(await stage.ports.ledger.rebuild(first)).toMatchObject({ state: 'failed', is_forgotten: true });
    expect(specOf(second).statements.join()).toContain(
      "delete from gold.applied_inputs where mart = 'listening' and origin = 'model'",
    );
    expect(specOf(second).batches).toEqual([batch]);
  });
});
