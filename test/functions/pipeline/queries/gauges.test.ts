import { beforeEach, expect, test } from 'vitest';
import { publishGauges } from '../../../../functions/pipeline/queries/gauges.ts';
import { land, publish, putManifest } from '../../acts.ts';
import { goodBody, openStage, type Stage } from '../../stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = openStage();
  putManifest(stage);
});

const minutes = (count: number): number => count * 60_000;

/** The gauges now, and what is behind them. */
const measured = async ({ watchesSilence = true } = {}) => {
  const told: unknown[] = [];
  const metrics = { gauges: (...all: unknown[]) => void told.push(...all) };
  await publishGauges({ ...stage.ports, metrics, watchesSilence });
  const [gauges, behind] = told as [Record<string, number>, Record<string, string>];
  return { gauges, behind };
};

test('is zero before anything has landed', async () => {
  const { gauges, behind } = await measured();
  expect(gauges).toEqual({ OldestWaiting: 0, KpiAge: 0, RowsUnbalanced: 0, SinceLanded: 0 });
  expect(behind).toEqual({});
});

test('tells how long the oldest file has waited, and which it is', async () => {
  const first = await land(stage, 'a', goodBody());
  stage.pass(minutes(61));
  await land(stage, 'b', goodBody(200));
  const { gauges, behind } = await measured();
  expect(gauges).toMatchObject({ OldestWaiting: 61 * 60, SinceLanded: 0 });
  expect(behind.oldest).toBe(`${first.key}@${first.version}`);
});

test('does not count a file that has an end, or that waits for a person', async () => {
  await land(stage, 'bad', 'id,day\n1,yesterday\n');
  const file = await land(stage, 'a', goodBody());
  if (file.state !== 'accepted') throw new Error('it is not accepted');
  await stage.ports.ledger.files.move(file as never, 'parked', { reason: 'its runs fail' } as never);
  stage.pass(minutes(90));
  expect((await measured()).gauges).toMatchObject({
    OldestWaiting: 0,
    SinceLanded: 90 * 60,
  });
});

test('tells how long published rows have waited for their KPIs', async () => {
  await land(stage, 'a', goodBody());
  await publish(stage);
  stage.pass(minutes(30));
  await land(stage, 'b', goodBody(200));
  await publish(stage);
  const { gauges, behind } = await measured();
  expect(gauges.KpiAge).toBe(30 * 60);
  expect(behind.kpis).toBe('listening plays-00000001');
});

test('finds rows of a published file that are nowhere', async () => {
  const file = await land(stage, 'a', goodBody(100, 5));
  await publish(stage);
  expect((await measured()).gauges.RowsUnbalanced).toBe(0);
  const [record] = await stage.ports.ledger.files.published('plays');
  if (!record) throw new Error('it is not published');
  await stage.ports.ledger.files.amend(record, { rows: 3 });
  const { gauges, behind } = await measured();
  expect(gauges.RowsUnbalanced).toBe(2);
  expect(behind.unbalanced).toBe(`${file.key}@${file.version}`);
});

test('looks back for the last file that landed, but not for ever', async () => {
  await land(stage, 'a', goodBody());
  stage.pass(minutes(60 * 24 * 3));
  expect((await measured()).gauges.SinceLanded).toBe(3 * 86_400);
  stage.pass(minutes(60 * 24 * 300));
  expect((await measured()).gauges.SinceLanded).toBe(15 * 86_400);
});

test('does not measure for how long no file has landed where no alarm watches it', async () => {
  await land(stage, 'a', goodBody());
  stage.pass(minutes(60 * 24 * 3));
  const { gauges } = await measured({ watchesSilence: false });
  expect(Object.keys(gauges)).toEqual(['OldestWaiting', 'KpiAge', 'RowsUnbalanced']);
});
