import { expect, test } from 'vitest';
import { lagOf } from '../../../../functions/pipeline/queries/kpi-lag.ts';
import { land, publish, putManifest } from '../../acts.ts';
import { goodBody, openStage } from '../../stage.ts';

test('is the time since the oldest file of the batches landed', async () => {
  const stage = openStage();
  putManifest(stage);
  await land(stage, 'a', goodBody());
  stage.pass(600_000);
  await publish(stage);
  await land(stage, 'b', goodBody(200));
  await publish(stage);
  stage.pass(60_000);
  const [first = '', second = ''] = await stage.ports.ledger.rebuilds.pending('listening');
  expect(await lagOf(stage.ports, [second, first])).toBe(660);
  expect(await lagOf(stage.ports, [second])).toBe(60);
  expect(await lagOf(stage.ports, ['plays-00000099'])).toBeUndefined();
});
