import type { Items } from '../../functions/adapters/dynamo-items.ts';
import { ledgerOn } from '../../functions/adapters/dynamo-ledger.ts';
import type { Catalog } from '../../functions/pipeline/catalog.ts';
import type { LookAgain } from '../../functions/pipeline/events.ts';
import type { Functions, Pulled, Sources } from '../../functions/pipeline/ports.ts';
import { pullSources } from '../../functions/pull-sources.ts';
import type { Source, Window } from '../../functions/sources/index.ts';
import { SourceFailed } from '../../functions/sources/source-failed.ts';
import { sweep } from '../../functions/sweep.ts';
import { partly } from '../functions/partly.ts';
import { simulatedCatalog } from './catalog.ts';
import { type Dice, dice } from './dice.ts';
import { newLake } from './lake.ts';
import { newScheduler } from './scheduler.ts';
import { memoryItems } from './tables.ts';
import type { Weather } from './weather.ts';

/** Histories of pulls: windows are asked for, by many and twice, while processes crash and the source changes, fails and comes back. */

export type PullDefect = {
  readonly items?: (items: Items) => Items;
  readonly sources?: (sources: Sources) => Sources;
};

const source = { kind: 'rest', observed_at: 'observed_at', overlap_days: 1, late_days: 0, snapshot: false };
const catalog: Catalog = {
  ...simulatedCatalog,
  marts: {},
  datasets: {
    plays: { ...simulatedCatalog.datasets.plays, source: source as Source } as Catalog['datasets'][string],
  },
};

const windows: readonly Window[] = [
  { from: '2024-01-01', to: '2024-01-31' },
  { from: '2024-02-01', to: '2024-02-29' },
];

type Event = LookAgain | { source: string; from: string; to: string; confirm: boolean };

/** What is wrong at the end of a history; empty when all is well. */
export const runPulls = async (
  seed: number,
  weather: Weather,
  defect: PullDefect = {},
): Promise<{ violations: string[]; calls: readonly string[]; landed: number }> => {
  const luck = dice(seed);
  let time = Date.parse('2024-03-01T03:00:00Z');
  const now = (): string => new Date(time++).toISOString();
  const scheduler = newScheduler(luck, weather);
  const { items } = memoryItems();
  const lake = newLake(now, () => {});
  const waiting: Event[] = [];
  const world = newSource(luck);

  const portsOf = () => {
    const process = { hasEnded: false };
    const guard = <P extends object>(port: P): P => scheduler.guard(port, process);
    const functions: Functions = { invoke: async (_name, command) => void waiting.push(command) };
    return {
      files: guard({ ...lake.files, landed: async function* () {} }),
      ledger: ledgerOn(guard(defect.items?.(items) ?? items)),
      sources: guard(defect.sources?.(world.sources) ?? world.sources),
      functions: guard(functions),
      clock: { now },
      log: { follow: () => {}, info: () => {}, error: () => {} },
      catalog,
    };
  };
  const spawn = (work: () => Promise<unknown>): void =>
    scheduler.spawn(async () => {
      await work().catch(() => undefined);
    });
  const take = (): boolean => {
    const event = waiting.splice(luck.below(waiting.length), 1)[0];
    // Of an event that is delivered twice both calls have the same id, and any other event may be tried again.
    const invocation = luck.chance(0.3) ? undefined : luck.pick(['one', 'two']);
    if (event) spawn(() => pullSources(partly(portsOf()))(event as never, invocation));
    return event !== undefined;
  };
  const ask = (): void => {
    const event = { source: 'plays', ...luck.pick(windows), confirm: luck.chance(0.1) };
    for (let copies = luck.chance(0.3) ? 2 : 1; copies > 0; copies--) waiting.push(event);
  };
  const look = (): void => spawn(() => sweep(partly({ ...portsOf(), jobs: {}, warehouse: {} } as never))());

  for (let steps = 0; steps < 700; steps++) {
    const roll = luck.below(100);
    if (roll < 3) ask();
    else if (roll < 5) world.change(luck.pick(windows));
    else if (roll < 6) world.fail(luck.chance(0.5));
    else if (roll < 18) take();
    else if (roll < 20) look();
    else if (roll < 22) time += luck.pick([1_000, 60_000, 3_600_000, 86_400_000]);
    else if (!(await scheduler.step())) await scheduler.wake();
  }
  scheduler.calm(true);
  world.fail(false);
  const end = async (): Promise<void> => {
    while (take() || (await scheduler.step()) || (await scheduler.wake()) || waiting.length > 0);
  };
  const heal = async (): Promise<void> => {
    for (let round = 0; round < 4; round++) {
      await end();
      time += 86_400_000;
      look();
    }
    await end();
  };
  await heal();
  // A request that crashes before it is recorded is lost: whoever asks asks again.
  for (let asks = 0; asks < 2; asks++) {
    for (const window of windows) waiting.push({ source: 'plays', ...window, confirm: true });
    await heal();
  }
  return { ...(await aftermath()), calls: scheduler.calls() };

  async function aftermath() {
    const violations: string[] = [];
    const ledger = ledgerOn(items);
    let landed = 0;
    for (const window of windows) {
      const record = await ledger.pulls.find({ source: 'plays', ...window });
      const name = window.from;
      if (record?.state !== 'landed') violations.push(`${name} is ${record?.state}`);
      const prefix = `data/plays/plays-${window.from}-`;
      const files = lake
        .keys()
        .filter((key) => key.startsWith(prefix))
        .sort((one, other) => attemptOf(one) - attemptOf(other))
        .map((key) => ({ key, body: recordsOf(lake.newest(key)?.body ?? '') }));
      landed += files.length;
      for (const { key, body } of files)
        if (!world.had(window).includes(body))
          violations.push(`${key} is not what the source held at any time`);
      // Between two equal files the window may have been empty, which lands nothing.
      const neighbours = world.had(window).includes('') ? [] : [...files.entries()];
      for (const [at, { key, body }] of neighbours)
        if (body === files[at - 1]?.body) violations.push(`${key} says what the file before it said`);
      const last = world.holds(window);
      const shown = files.at(-1)?.body ?? '';
      if (record?.content?.records !== last.length)
        violations.push(`${name} counts ${record?.content?.records} records`);
      if (last.length > 0 && shown !== last.join('\n'))
        violations.push(`${name} landed ${shown}, not ${last.join(' ')}`);
    }
    return { violations, landed };
  }
};

const attemptOf = (key: string): number => Number(/-(\d+)\.jsonl$/.exec(key)?.[1]);

/** Records as the source sent them, sorted. */
const recordsOf = (body: string): string =>
  body
    .split('\n')
    .filter(Boolean)
    .map((line) => line.replace(/"observed_at":"[^"]*",/, ''))
    .sort()
    .join('\n');

/** A source whose windows change, and which fails in the middle of what it says. */
const newSource = (luck: Dice) => {
  const held = new Map(windows.map(({ from }) => [from, [[`{"id":1,"of":"${from}"}`]]]));
  let isDown = false;
  let count = 1;
  const history = ({ from }: Window): string[][] => held.get(from) ?? [];
  const holds = (window: Window): string[] => history(window).at(-1) ?? [];
  async function* pages(records: readonly string[]): Pulled['pages'] {
    const order = luck.chance(0.5) ? records : [...records].reverse();
    for (const record of order) {
      if (isDown && luck.chance(0.4)) throw new SourceFailed('the connection broke', {});
      yield [record];
    }
    if (isDown) throw new SourceFailed('the last page is missing', {});
  }
  const sources: Sources = {
    open: async (_source, { from }) => {
      const window = windows.find((one) => one.from > from) ?? windows[0];
      return { pages: pages([...holds(window as Window)]) };
    },
  };
  return {
    sources,
    holds,
    /** Everything that the source held at some time. */
    had: (window: Window): string[] => history(window).map((records) => [...records].sort().join('\n')),
    change: (window: Window): void => {
      const records = luck.chance(0.1)
        ? []
        : luck.chance(0.2)
          ? (history(window)[0] ?? [])
          : [...holds(window), `{"id":${++count},"of":"${window.from}"}`].sort();
      history(window).push(records);
    },
    fail: (isNow: boolean): void => {
      isDown = isNow;
    },
  };
};
