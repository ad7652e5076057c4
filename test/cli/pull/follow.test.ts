import { beforeEach, expect, test } from 'vitest';
import { isInQuarantine } from '../../../cli/pull/follow.ts';
import type { PullRecord } from '../../../functions/pipeline/records/pull.ts';
import { land } from '../../functions/acts.ts';
import { bring, goodBody, manifest, manifestKey, openStage, type Stage } from '../../functions/stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = openStage();
  stage.lake.put(manifestKey, JSON.stringify(manifest));
});

const landedAs = (key: string): PullRecord => ({
  ...{ source: 'plays', from: '2024-01-01', to: '2024-01-31', rev: 3, attempt: 2, tries: 0, state: 'landed' },
  ...{ asked_at: '2024-02-01T03:00:00Z', checked_at: '2024-02-01T03:00:01Z' },
  content: { sha256: 'a1', records: 2, observed_at: '2024-02-01T03:00:00Z', key },
});

test('a window that is the same as before may have its file in quarantine', async () => {
  const rejected = await land(stage, 'plays1', 'id,day\nten,2024-06-25\n');
  expect(await isInQuarantine(stage.ports, landedAs(rejected.key))).toBe(true);
  await bring(stage, rejected, 'quarantined');
  expect(await isInQuarantine(stage.ports, landedAs(rejected.key))).toBe(true);
});

test('a file that is accepted, or that lands now, is followed instead', async () => {
  const accepted = await land(stage, 'plays2', goodBody());
  expect(await isInQuarantine(stage.ports, landedAs(accepted.key))).toBe(false);
  const key = 'data/plays/plays-2024-01-01-2024-01-31-2.jsonl';
  expect(await isInQuarantine(stage.ports, landedAs(key))).toBe(false);
});
