import { beforeEach, expect, test } from 'vitest';
import type { Mart, Model } from '../../functions/domain/catalog.ts';
import { statementEnded } from '../../functions/domain/events.ts';
import { publishRebuild } from '../../functions/publish-kpis.ts';
import { land, publish, putManifest, rebuild, show } from './acts.ts';
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
  expect(await stage.ports.ledger.pending('listening')).toEqual([]);
  expect(await stage.ports.ledger.rebuild(first)).toMatchObject({ state: 'published' });
  expect(await stage.ports.ledger.lease('mart/listening')).toEqual({ name: 'mart/listening', fence: 1 });
  expect(stage.news()).toEqual([`KPIs Published: listening ${first}`]);
});

test('records what the checks warn of; the next rebuild is told', async () => {
  const row = { check_name: 'odd', file: 'sql/checks/odd.sql', severity: 'warn', found: 1 };
  const line = JSON.stringify({ ...row, subject: 'a', detail: 'is odd' });
  await stage.lake.files.write(`kpis/${first}/1/checks/0000_part_00.json`, line);
  await show(stage);
  expect(await stage.ports.ledger.rebuild(first)).toMatchObject({
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

test('says it again when the event comes twice, and writes nothing', async () => {
  await show(stage);
  const items = structuredClone(stage.kpiItems());
  stage.news();
  await publishRebuild(stage.ports)(statementEnded({ id: 's1', state: 'finished' }, `app-rebuild-${first}`));
  expect(stage.kpiItems()).toEqual(items);
  expect(stage.news()).toEqual([`KPIs Published: listening ${first}`]);
});

test('needs no record of the statement: the event may be faster', async () => {
  const { ledger } = stage.ports;
  const slow = {
    ...stage,
    ports: { ...stage.ports, ledger: { ...ledger, moveRebuild: async () => undefined } },
  };
  const event = await rebuild(slow);
  expect(await ledger.rebuild(first)).toMatchObject({ state: 'open' });
  stage.endStatements();
  if (event) await publishRebuild(stage.ports)(event);
  expect(await ledger.rebuild(first)).toMatchObject({ state: 'published' });
  expect(await current()).toMatchObject({ listens: 2 });
});

test('writes nothing for a rebuild that has lost its mart', async () => {
  const event = await rebuild(stage);
  stage.endStatements();
  await stage.ports.ledger.release(await stage.ports.ledger.lease('mart/listening'));
  if (event) await publishRebuild(stage.ports)(event);
  expect(await current()).toBeUndefined();
  expect(stage.news()).toEqual([]);
});

test('ends what was cut off, with the same items', async () => {
  const event = await rebuild(stage);
  stage.endStatements();
  if (!event) throw new Error('nothing was sent');
  const cut = {
    ...stage.ports.ledger,
    removePending: async (): Promise<never> => {
      throw new Error('cut off');
    },
  };
  await expect(publishRebuild({ ...stage.ports, ledger: cut })(event)).rejects.toThrow('cut off');
  const before = structuredClone(stage.kpiItems());
  await publishRebuild(stage.ports)(event);
  expect(stage.kpiItems()).toEqual(before);
  expect(await stage.ports.ledger.pending('listening')).toEqual([]);
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
  await stage.ports.files.write(unloaded, `${before}\n{"cut off`);
  await publishRebuild(stage.ports)(event);
  expect(await current()).toMatchObject({ listens: 2 });
  const report = `kpis/${first}/1/left-out.json`;
  expect(await stage.ports.ledger.rebuild(first)).toMatchObject({
    state: 'published',
    left_out: 1,
    left_out_items: [expect.stringMatching(/^kpi_\w+: a line is no row: {"cut off$/)],
    left_out_report: report,
  });
  expect(JSON.parse((await stage.ports.files.readText(report)) ?? '')).toMatchObject({
    rebuild: first,
    left_out: 1,
    items: [{ pk: '', sk: '', reason: 'a line is no row: {"cut off' }],
  });
  expect(await stage.ports.ledger.pending('listening')).toEqual([]);
});
