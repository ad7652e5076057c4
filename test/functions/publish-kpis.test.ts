import { beforeEach, describe, expect, test } from 'vitest';
import { martEvent } from '../../functions/pipeline/events.ts';
import { askRetry } from '../../functions/pipeline/steps/rebuild/retrying.ts';
import { publishRebuild } from '../../functions/publish-kpis.ts';
import { rebuildModels } from '../../functions/rebuild-models.ts';
import type { Mart, Model } from '../../functions/warehouse/model.ts';
import { Rejected, Throttled } from '../simulation/tables.ts';
import { land, publish, putManifest, rebuild, show } from './acts.ts';
import { statementEnded } from './events.ts';
import { ledgerWith } from './partly.ts';
import { goodBody, openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = openStage();
  putManifest(stage);
  await land(stage, 'a', goodBody());
  await publish(stage);
  stage.news();
});

const first = 'listening-00000001';
const current = () => stage.ports.kpis.get('DAY#2024-06-25', 'CURRENT');

test('shows what was unloaded, forgets what was pending and frees the mart', async () => {
  await show(stage);
  expect(await current()).toMatchObject({ listens: 2, seq: 1, version: '00000001', rebuild: first });
  expect(await stage.ports.ledger.rebuilds.pending('listening')).toEqual([]);
  expect(await stage.ports.ledger.rebuilds.find(first)).toMatchObject({ state: 'published' });
  expect(await stage.ports.ledger.leases.find('mart/listening')).toEqual({
    name: 'mart/listening',
    fence: 1,
  });
  expect(stage.news()).toEqual([`KPIs Published: listening ${first} v2`]);
});

test('records what the checks warn of; the next rebuild is told', async () => {
  const row = { check_name: 'odd', file: 'sql/checks/odd.sql', severity: 'warn', found: 1 };
  const line = JSON.stringify({ ...row, subject: 'a', detail: 'is odd' });
  await stage.lake.files.write(`kpis/${first}/1/checks/0000_part_00.json`, line);
  await show(stage);
  expect(await stage.ports.ledger.rebuilds.find(first)).toMatchObject({
    state: 'published',
    checks: [{ check: 'odd', severity: 'warn', rows: 1, first: [{ subject: 'a', detail: 'is odd' }] }],
    report: `kpis/${first}/1/checks/`,
  });
  const { catalog } = stage.ports;
  const models = Object.values(catalog.marts).flatMap((mart) => mart.models);
  const texts = { sql: 'every row', incremental_sql: 'rows of that day' };
  const odd = { ...models[0], kind: 'check', name: 'odd', refs: [], severity: 'warn', ...texts } as Model;
  const marts = { listening: { ...catalog.marts.listening, models: [...models, odd] } as Mart };
  await land(stage, 'b', goodBody(200));
  await publish(stage);
  await rebuild({ ...stage, ports: { ...stage.ports, catalog: { ...catalog, marts } } });
  const spec = stage.lake.newest('runs/listening-00000002/rebuild.spec.json')?.body;
  expect(spec).toContain('every row');
  expect(spec).not.toContain('rows of that day');
});

test('is settled when one try wrote it all, and not after two', async () => {
  await show(stage);
  expect(await stage.ports.ledger.rebuilds.find(first)).toMatchObject({ publish_tries: 1, is_settled: true });
  await land(stage, 'b', goodBody(200));
  await publish(stage);
  const event = await rebuild(stage);
  stage.endStatements();
  if (!event) throw new Error('nothing was sent');
  const busy = { ...stage.ports.kpis, put: async (): Promise<never> => Promise.reject(new Throttled('')) };
  await publishRebuild({ ...stage.ports, kpis: busy })(event).catch(() => {});
  await publishRebuild(stage.ports)(event);
  const second = await stage.ports.ledger.rebuilds.find('listening-00000002');
  expect(second).toMatchObject({ state: 'published', publish_tries: 2, is_settled: false });
});

test('is not settled when a request was sent twice', async () => {
  const event = await rebuild(stage);
  stage.endStatements();
  const put = async (items: Parameters<typeof stage.ports.kpis.put>[0]) =>
    (await stage.ports.kpis.put(items)) && false;
  if (event) await publishRebuild({ ...stage.ports, kpis: { ...stage.ports.kpis, put } })(event);
  expect(await stage.ports.ledger.rebuilds.find(first)).toMatchObject({
    state: 'published',
    is_settled: false,
  });
});

describe('when its time is over', () => {
  const pace = { rows: 1, characters: 1, pause: 0 };
  const again = { command: 'Look Again', kind: 'rebuild', id: first } as const;
  /** Enough time for so many looks at it. */
  const looks = (left: number) => () => (left-- > 0 ? Infinity : 0);
  const record = () => stage.ports.ledger.rebuilds.find(first);
  let event: ReturnType<typeof statementEnded>;
  beforeEach(async () => {
    const sent = await rebuild(stage);
    stage.endStatements();
    if (!sent) throw new Error('nothing was sent');
    event = sent;
  });

  test('it invokes itself and goes on from there, which is one try', async () => {
    const ports = { ...stage.ports, pace };
    await publishRebuild(ports)(event, '', looks(1));
    expect(await record()).toMatchObject({
      state: 'sent',
      publish_tries: 1,
      publish_continues: true,
      publish_done: { rows: 1, tries: 1 },
    });
    expect(stage.invoked.at(-1)).toEqual({ name: 'publish-kpis', command: again });
    expect(await current()).toBeUndefined();
    for (let turn = 0; turn < 20 && (await record())?.state === 'sent'; turn++)
      await publishRebuild(ports)(again, '', looks(1));
    expect(await current()).toMatchObject({ listens: 2 });
    expect(await record()).toMatchObject({ state: 'published', publish_tries: 1, is_settled: true });
  });

  test('a try that gets nothing done counts, and the last one fails', async () => {
    const ports = { ...stage.ports, pace };
    for (let turn = 1; turn <= 12; turn++) await publishRebuild(ports)(again, '', looks(0));
    expect(await record()).toMatchObject({ state: 'sent', publish_tries: 12 });
    await publishRebuild(ports)(again, '', looks(0));
    expect(await record()).toMatchObject({ state: 'failed', failure: 'lost' });
  });

  test('tries that get further do not use up the others', async () => {
    const ports = { ...stage.ports, pace };
    for (let turn = 1; turn <= 11; turn++) await publishRebuild(ports)(again, '', looks(0));
    await publishRebuild(ports)(again, '', looks(1));
    for (let turn = 1; turn <= 11; turn++) await publishRebuild(ports)(again, '', looks(0));
    await publishRebuild(ports)(again);
    expect(await record()).toMatchObject({ state: 'published', is_settled: false });
  });

  test('the earlier of two at once stops, and the other one publishes', async () => {
    const ports = { ...stage.ports, pace };
    let isOther = false;
    const slow = {
      ...ports,
      kpis: {
        ...ports.kpis,
        put: async (items: Parameters<typeof ports.kpis.put>[0]) => {
          if (!isOther) {
            isOther = true;
            await publishRebuild(ports)(again, '', looks(1));
          }
          return ports.kpis.put(items);
        },
      },
    };
    await publishRebuild(slow)(event);
    expect(await current()).toBeUndefined();
    expect(await record()).toMatchObject({ state: 'sent', publish_tries: 2, publish_begun: 2 });
    await publishRebuild(ports)(again);
    expect(await record()).toMatchObject({ state: 'published', publish_tries: 2, is_settled: false });
  });
});

test('says it again when the event comes twice, and writes nothing', async () => {
  await show(stage);
  const items = structuredClone(stage.kpiItems());
  stage.news();
  await publishRebuild(stage.ports)(statementEnded({ id: 's1', state: 'finished' }, `app-rebuild-${first}`));
  expect(stage.kpiItems()).toEqual(items);
  expect(stage.news()).toEqual([`KPIs Published: listening ${first} v2`]);
});

test('notes the statement that its event names: the event may be faster than the record', async () => {
  const { ledger } = stage.ports;
  const slow = {
    ...stage,
    ports: { ...stage.ports, ledger: ledgerWith(ledger, { rebuilds: { move: async () => undefined } }) },
  };
  const event = await rebuild(slow);
  expect(await ledger.rebuilds.find(first)).toMatchObject({ state: 'open' });
  stage.endStatements();
  if (event) await publishRebuild(stage.ports)(event);
  expect(await ledger.rebuilds.find(first)).toMatchObject({ state: 'published' });
  expect(await current()).toMatchObject({ listens: 2 });
});

test('writes nothing for a rebuild that has lost its mart', async () => {
  const event = await rebuild(stage);
  stage.endStatements();
  await stage.ports.ledger.leases.release(await stage.ports.ledger.leases.find('mart/listening'));
  if (event) await publishRebuild(stage.ports)(event);
  expect(await current()).toBeUndefined();
  expect(stage.news()).toEqual([]);
});

test('ends what was cut off, with the same items', async () => {
  const event = await rebuild(stage);
  stage.endStatements();
  if (!event) throw new Error('nothing was sent');
  const cut = ledgerWith(stage.ports.ledger, {
    rebuilds: { removePending: async () => Promise.reject(new Error('cut off')) },
  });
  await expect(publishRebuild({ ...stage.ports, ledger: cut })(event)).rejects.toThrow('cut off');
  const before = structuredClone(stage.kpiItems());
  await publishRebuild(stage.ports)(event);
  expect(stage.kpiItems()).toEqual(before);
  expect(await stage.ports.ledger.rebuilds.pending('listening')).toEqual([]);
});

test('knows nothing to do for statements of no rebuild', async () => {
  for (const name of ['app-rebuild-listening-00000009', 'strange', ''])
    await publishRebuild(stage.ports)(statementEnded({ id: 's9', state: 'finished' }, name));
  expect(stage.kpiItems()).toEqual([]);
  expect(stage.news()).toEqual([]);
});

test('leaves out what the table never takes, publishes the rest, and says what and why on the record', async () => {
  const event = await rebuild(stage);
  stage.endStatements();
  if (!event) throw new Error('nothing was sent');
  const [unloaded = ''] = (await stage.ports.files.list('kpis/')).filter((key) => key.includes('kpi_'));
  const before = (await stage.ports.files.readText(unloaded)) ?? '';
  await stage.ports.files.write(
    unloaded,
    `${before}\n{"cut off\n{"listen_date":"2024-06-30","listens":${'1'.repeat(39)}}`,
  );
  await publishRebuild(stage.ports)(event);
  expect(await current()).toMatchObject({ listens: 2 });
  const report = `kpis/${first}/1/left-out.json`;
  expect(await stage.ports.ledger.rebuilds.find(first)).toMatchObject({
    state: 'published',
    left_out: 2,
    left_out_items: [
      expect.stringMatching(/^kpi_\w+: a line is no row: {"cut off$/),
      expect.stringMatching(/^DAY#2024-06-30 CURRENT of kpi_days: listens has 39 digits of at most 38; /),
    ],
    left_out_report: report,
  });
  expect(JSON.parse((await stage.ports.files.readText(report)) ?? '')).toMatchObject({
    rebuild: first,
    left_out: 2,
    items: [
      { pk: '', sk: '', reason: 'a line is no row: {"cut off' },
      { pk: 'DAY#2024-06-30', sk: 'CURRENT', place: 'DAY#2024-06-30' },
    ],
  });
  expect(await stage.ports.ledger.rebuilds.pending('listening')).toEqual([]);
  await land(stage, 'b', goodBody(200));
  await publish(stage);
  await show(stage);
  expect(await stage.ports.ledger.rebuilds.find('listening-00000002')).toMatchObject({
    state: 'published',
    left_out: 1,
    left_out_items: [expect.stringContaining('DAY#2024-06-30')],
  });
});

describe('KPIs that cannot be written', () => {
  const finished = statementEnded({ id: 's1', state: 'finished' }, `app-rebuild-${first}`);
  const rejecting = (error: Error) => ({
    ...stage.ports,
    kpis: { ...stage.ports.kpis, put: async (): Promise<never> => Promise.reject(error) },
  });
  const record = () => stage.ports.ledger.rebuilds.find(first);
  const lease = () => stage.ports.ledger.leases.find('mart/listening');
  beforeEach(async () => {
    await rebuild(stage);
    stage.endStatements();
  });

  test('fail their rebuild after three tries with the reason, and the mart is free', async () => {
    const ports = rejecting(new Rejected('DAY#2024-06-25 is too large'));
    for (const tries of [1, 2]) {
      await expect(publishRebuild(ports)(finished)).rejects.toThrow('too large');
      expect(await record()).toMatchObject({
        state: 'sent',
        publish_tries: tries,
        publish_failures: tries,
        publish_reason: 'DAY#2024-06-25 is too large',
      });
    }
    await publishRebuild(ports)(finished);
    expect(await record()).toMatchObject({
      state: 'failed',
      failure: 'kpis',
      is_committed: true,
      reason: 'its KPIs could not be written in 3 tries: DAY#2024-06-25 is too large',
    });
    expect((await lease()).holder).toBeUndefined();
    expect(stage.news()).toEqual([`KPIs Failed: listening ${first} v2`]);
    expect(await stage.ports.ledger.rebuilds.pending('listening')).toHaveLength(1);
  });

  test('are shown with the next batch, together with what it touched', async () => {
    const ports = rejecting(new Rejected('too large'));
    for (let tries = 1; tries <= 3; tries++) await publishRebuild(ports)(finished).catch(() => {});
    await rebuildModels(stage.ports)(martEvent('KPIs Failed', { mart: 'listening', id: first }));
    expect((await lease()).holder).toBeUndefined();
    await land(stage, 'b', 'id,day\n7,2024-06-26\n');
    await publish(stage);
    await show(stage);
    expect(await current()).toMatchObject({ listens: 2, seq: 2 });
    expect(await stage.ports.kpis.get('DAY#2024-06-26', 'CURRENT')).toMatchObject({ listens: 1, seq: 2 });
    expect(await stage.ports.ledger.rebuilds.pending('listening')).toEqual([]);
  });

  test('are shown as soon as somebody asks for it, with nothing landing', async () => {
    const ports = rejecting(new Rejected('too large'));
    for (let tries = 1; tries <= 3; tries++) await publishRebuild(ports)(finished).catch(() => {});
    const failed = await record();
    if (failed?.state === 'failed') await askRetry(stage.ports, failed);
    await show(stage);
    expect(await current()).toMatchObject({ listens: 2, seq: 2 });
    expect(await stage.ports.ledger.rebuilds.pending('listening')).toEqual([]);
  });

  test('are tried more often when the table is only busy, and again at once after these', async () => {
    const ports = rejecting(new Throttled('slow down'));
    for (let tries = 1; tries < 12; tries++)
      await expect(publishRebuild(ports)(finished)).rejects.toThrow('slow down');
    expect(await record()).toMatchObject({ state: 'sent', publish_tries: 11, publish_failures: 0 });
    await publishRebuild(ports)(finished);
    expect(await record()).toMatchObject({ state: 'failed', failure: 'lost', losses: 1, is_committed: true });
    await rebuildModels(stage.ports)(martEvent('KPIs Failed', { mart: 'listening', id: first }));
    expect(stage.statements.running()).toMatchObject([{ token: 'listening-00000002' }]);
  });

  test('fail also when each try is cut off without a word', async () => {
    const { ledger } = stage.ports;
    const cutOff = {
      ...rejecting(new Rejected('')),
      ledger: ledgerWith(ledger, {
        rebuilds: { amend: async () => Promise.reject(new Error('the process ended')) },
      }),
    };
    for (let tries = 1; tries <= 12; tries++)
      await expect(publishRebuild(cutOff)(finished)).rejects.toThrow('the process ended');
    await publishRebuild(stage.ports)(finished);
    expect(await record()).toMatchObject({
      state: 'failed',
      failure: 'lost',
      reason: 'its KPIs could not be written in 12 tries: each try was interrupted',
    });
  });

  test('are closed by whoever comes next when that was cut off', async () => {
    const cut = ledgerWith(stage.ports.ledger, {
      rebuilds: { removePending: async () => Promise.reject(new Error('cut off')) },
    });
    await expect(publishRebuild({ ...stage.ports, ledger: cut })(finished)).rejects.toThrow('cut off');
    expect(await record()).toMatchObject({ state: 'published' });
    await rebuildModels(stage.ports)(martEvent('KPIs Published', { mart: 'listening', id: first }));
    expect(await stage.ports.ledger.rebuilds.pending('listening')).toEqual([]);
    expect((await lease()).holder).toBeUndefined();
  });
});
