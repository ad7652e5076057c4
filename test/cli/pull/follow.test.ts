import { beforeEach, expect, test } from 'vitest';
import { isInQuarantine, pullWindows } from '../../../cli/pull/follow.ts';
import { type PullRecord, parsePullId } from '../../../functions/pipeline/records/pull.ts';
import { Source } from '../../../functions/sources/index.ts';
import { monthsFrom } from '../../../functions/sources/window.ts';
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

test('windows are pulled so many at once, and each is told until it has ended', async () => {
  const { ledger, catalog } = stage.ports;
  const source = Source.parse({ version: '1', kind: 'rest', url: 'https://a.example', records: '$' });
  const plays = { ...catalog.datasets.plays, source } as (typeof catalog.datasets)[string];
  let [atWork, most] = [0, 0];
  const invoke = async (_: string, { id }: { readonly id: string }): Promise<void> => {
    most = Math.max(most, ++atWork);
    const asked = await ledger.pulls.find(parsePullId(id));
    const started_at = '2024-02-01T03:00:00Z';
    const pulling = asked && (await ledger.pulls.move(asked, 'pulling', { attempt: 1, started_at }));
    const content = { sha256: 'a1', records: 0, observed_at: started_at };
    setTimeout(async () => {
      atWork--;
      if (pulling) await ledger.pulls.move(pulling, 'landed', { content, checked_at: started_at, tries: 0 });
    }, 20);
  };
  const told: string[] = [];
  const ended = await pullWindows(
    {
      ...{ ledger, functions: { invoke }, isLaptop: true },
      catalog: async () => ({ ...catalog, datasets: { plays } }),
    },
    'plays',
    monthsFrom('2024-01', '2024-07'),
    { atOnce: 3, tell: ({ from, state }) => told.push(`${from} ${state}`) },
  );
  expect(ended.map(({ state }) => state)).toEqual(Array(7).fill('landed'));
  expect(most).toBe(3);
  expect(told).toEqual(
    expect.arrayContaining(['2024-01-01 asked', '2024-01-01 landed', '2024-07-01 landed']),
  );
});
