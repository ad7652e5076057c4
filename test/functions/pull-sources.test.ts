import { beforeEach, describe, expect, test } from 'vitest';
import { lookAgain } from '../../functions/pipeline/events.ts';
import type { Pulled } from '../../functions/pipeline/ports.ts';
import type { PullRecord } from '../../functions/pipeline/records/pull.ts';
import { mostTries, pauseAfter } from '../../functions/pipeline/steps/pull-window.ts';
import { pullSources } from '../../functions/pull-sources.ts';
import { Source, type Window } from '../../functions/sources/index.ts';
import { SourceFailed } from '../../functions/sources/source-failed.ts';
import { openStage, type Stage } from './stage.ts';

const api = {
  version: '1',
  kind: 'rest',
  url: 'https://shop.example.com/plays',
  records: '$',
  observed_at: 'observed_at',
};
const table = {
  ...{ version: '1', kind: 'postgres', host: 'h', database: 'd', user: 'u', table: 't', order: ['id'] },
  ...{ snapshot: true, max_lost_share: 0.1, auth: { kind: 'rds_iam' } },
};
const january: Window = { from: '2024-01-01', to: '2024-01-31' };
const minute = 60_000;

let stage: Stage;
/** What the source says next, and the windows that it was asked for. */
let says: { identity?: string; pages: readonly (readonly string[] | Error)[] };
let asked: Window[];

const ports = (source: object = api) => ({
  ...stage.ports,
  catalog: {
    ...stage.ports.catalog,
    datasets: { plays: { ...stage.ports.catalog.datasets.plays, source: Source.parse(source) } },
  } as typeof stage.ports.catalog,
  sources: {
    open: async (_source: Source, window: Window): Promise<Pulled> => {
      asked.push({ from: window.from, to: window.to });
      const { identity, pages } = says;
      return { ...(identity ? { identity } : {}), pages: pagesOf(pages) };
    },
  },
});

async function* pagesOf(pages: typeof says.pages): AsyncGenerator<readonly string[]> {
  for (const page of pages) {
    if (page instanceof Error) throw page;
    yield page;
  }
}

const pull = (source?: object, confirm = false) =>
  pullSources(ports(source))({ source: 'plays', ...january, confirm });
const record = async (): Promise<PullRecord> => {
  const found = await stage.ports.ledger.pulls.find({ source: 'plays', ...january });
  if (!found) throw new Error('no record');
  return found;
};
const landed = (): string[] => stage.lake.keys().filter((key) => key.startsWith('data/'));
const rows = (...ids: number[]): string[] => ids.map((id) => `{"id":${id}}`);

beforeEach(() => {
  stage = openStage();
  says = { pages: [rows(1, 2), [], rows(3)] };
  asked = [];
});

describe('a window', () => {
  test('lands as one file, each record with the moment of the pull, asked for with a day more at both ends', async () => {
    await pull();
    expect(asked).toEqual([{ from: '2023-12-31', to: '2024-02-01' }]);
    expect(landed()).toEqual(['data/plays/plays-2024-01-01-2024-01-31-1.jsonl']);
    const lines = stage.lake.newest(landed()[0] ?? '')?.body.split('\n') ?? [];
    expect(lines).toEqual([
      ...[1, 2, 3].map((id) =>
        expect.stringMatching(RegExp(`^\\{"observed_at":"2024-06-25T[\\d:.]+Z","id":${id}\\}$`)),
      ),
      '',
    ]);
    expect(await record()).toMatchObject({
      state: 'landed',
      attempt: 1,
      content: { records: 3, key: landed()[0] },
    });
  });

  test('lands nothing more while its records stay the same, in whatever order', async () => {
    await pull();
    says = { pages: [rows(3, 1), rows(2)] };
    await pull();
    expect(landed()).toHaveLength(1);
    expect(await record()).toMatchObject({ state: 'landed', attempt: 2, content: { key: landed()[0] } });
  });

  test('lands as another file when a record comes, goes or changes', async () => {
    await pull();
    says = { pages: [rows(1, 2)] };
    await pull();
    expect(landed()).toHaveLength(2);
    expect(await record()).toMatchObject({ content: { records: 2, key: landed()[1] } });
  });

  test('without records lands nothing, and is no failure', async () => {
    says = { pages: [] };
    await pull();
    expect(landed()).toEqual([]);
    expect(await record()).toMatchObject({ state: 'landed', content: { records: 0 } });
  });

  test('keeps other values than objects as they are: validation reports them', async () => {
    says = { pages: [['[1]', '{}', '{ "id":1}', '"text"', 'null']] };
    await pull();
    const moment = expect.stringMatching(/^\{"observed_at":"[^"]+"(,"id":1)?\}$/);
    expect(stage.lake.newest(landed()[0] ?? '')?.body.split('\n')).toEqual([
      '[1]',
      moment,
      moment,
      '"text"',
      'null',
      '',
    ]);
  });

  test('gets no moment where the source names no field for it', async () => {
    const { observed_at: _, ...without } = api;
    await pull(without);
    expect(stage.lake.newest(landed()[0] ?? '')?.body).toBe('{"id":1}\n{"id":2}\n{"id":3}\n');
  });

  test.each([
    ['2024-02-30', '2024-03-01'],
    ['2024-01-31', '2024-01-01'],
    ['January', 'February'],
  ])('from %s to %s is an error that says how to write it', async (from, to) => {
    const request = { source: 'plays', from, to, confirm: false };
    await expect(pullSources(ports())(request)).rejects.toThrow('write two days such as 2024-01-01');
  });

  test('of an unknown source is an error that names the known ones', async () => {
    const request = { source: 'play', ...january, confirm: false };
    await expect(pullSources(ports())(request)).rejects.toThrow('the sources are plays');
  });
});

describe('a source that fails', () => {
  const broken = { pages: [rows(1), new SourceFailed('the connection broke', { page: 2 })] };

  test('lands nothing, and is asked again when its next try is due', async () => {
    says = broken;
    await pull();
    expect(landed()).toEqual([]);
    expect(await record()).toMatchObject({
      state: 'failed',
      reason: 'the connection broke (page 2)',
      tries: 1,
    });
    says = { pages: [rows(1, 2)] };
    const look = lookAgain('pull', 'plays/2024-01-01/2024-01-31');
    await pullSources(ports())(look);
    expect(await record()).toMatchObject({ state: 'failed' });
    stage.pass(minute);
    await pullSources(ports())(look);
    expect(await record()).toMatchObject({ state: 'landed', tries: 0, content: { records: 2 } });
  });

  test('waits longer each time, an hour at most, and for a person after half a day', async () => {
    says = broken;
    await pull();
    for (let tries = 1; tries < mostTries; tries++) {
      const { retry_at, failed_at } = (await record()) as PullRecord & { state: 'failed' };
      expect(Date.parse(retry_at ?? '') - Date.parse(failed_at)).toBe(pauseAfter(tries));
      stage.pass(pauseAfter(tries));
      await pullSources(ports())(lookAgain('pull', 'plays/2024-01-01/2024-01-31'));
    }
    expect(pauseAfter(mostTries)).toBe(60 * minute);
    expect(await record()).toMatchObject({ state: 'failed', tries: mostTries });
    expect(await record()).not.toHaveProperty('retry_at', expect.any(String));
    expect(stage.logged.at(-1)).toMatchObject({ level: 'error', message: 'pull is given up' });
  });

  test('that is down for an hour loses nothing: its windows land with the first try afterwards', async () => {
    const windows = ['01', '02'].map((month) => ({ from: `2024-${month}-01`, to: `2024-${month}-28` }));
    says = { pages: [new SourceFailed('it does not accept the connection')] };
    const request = (window: Window) => ({ source: 'plays', ...window, confirm: false });
    for (const window of windows) await pullSources(ports())(request(window));
    const sweep = async () => {
      for (const { from, to } of windows)
        await pullSources(ports())(lookAgain('pull', `plays/${from}/${to}`));
    };
    for (let down = 0; down < 60; down++) {
      stage.pass(minute);
      await sweep();
    }
    expect(landed()).toEqual([]);
    expect(asked.length).toBeLessThan(20);
    says = { pages: [rows(1, 2)] };
    stage.pass(60 * minute);
    await sweep();
    await sweep();
    expect(landed()).toEqual(windows.map(({ from, to }) => expect.stringContaining(`plays-${from}-${to}`)));
  });

  test('throws what is no failure of a source, so that the call is made again', async () => {
    says = { pages: [new Error('no room')] };
    await expect(pull()).rejects.toThrow('no room');
    expect(await record()).toMatchObject({ state: 'pulling' });
  });

  test('begins again at once when the same invocation is tried again, and for no other one', async () => {
    const request = { source: 'plays', ...january, confirm: false };
    says = { pages: [new Error('no room')] };
    await expect(pullSources(ports())(request, 'one')).rejects.toThrow('no room');
    says = { pages: [rows(1)] };
    await pullSources(ports())(request, 'two');
    await pullSources(ports())(request);
    expect(await record()).toMatchObject({ state: 'pulling', attempt: 1, invocation: 'one' });
    await pullSources(ports())(request, 'one');
    expect(await record()).toMatchObject({ state: 'landed', attempt: 2 });
  });
});

describe('a database', () => {
  const full = Array.from({ length: 100 }, (_, id) => id);

  test.each<[string, typeof says, string]>([
    [
      'on another server',
      { identity: 'two', pages: [rows(...full, 100)] },
      'it is another server, two; the last pull was from one',
    ],
    [
      'that lost many rows',
      { identity: 'one', pages: [rows(...full.slice(0, 80))] },
      'it has 80 rows, 20 fewer than the 100 of the last pull; more than a share of 0.1 may not be lost',
    ],
  ])('%s is parked until somebody confirms it', async (_, change, reason) => {
    says = { identity: 'one', pages: [rows(...full)] };
    await pull(table);
    says = change;
    await pull(table);
    expect(await record()).toMatchObject({ state: 'parked', reason });
    expect(landed()).toHaveLength(1);
    await pull(table);
    expect(await record()).toMatchObject({ state: 'parked' });
    await pull(table, true);
    expect(await record()).toMatchObject({ state: 'landed', content: { key: landed()[1] } });
    says = { ...says, pages: [rows(1)] };
    await pull(table);
    expect(await record()).toMatchObject({ state: 'parked' });
  });

  test('that is pulled in full lands nothing in another window while it stays the same', async () => {
    says = { identity: 'one', pages: [rows(...full)] };
    await pull(table);
    const february = { source: 'plays', from: '2024-02-01', to: '2024-02-29' };
    await pullSources(ports(table))({ ...february, confirm: false });
    expect(landed()).toHaveLength(1);
    const later = await stage.ports.ledger.pulls.find(february);
    expect(later).toMatchObject({ state: 'landed', content: { records: 100, key: landed()[0] } });
    says = { identity: 'one', pages: [rows(...full, 100)] };
    await pull(table);
    expect(landed()).toHaveLength(2);
  });

  test('that lost few rows lands', async () => {
    says = { identity: 'one', pages: [rows(...full)] };
    await pull(table);
    says = { identity: 'one', pages: [rows(...full.slice(0, 90))] };
    await pull(table);
    expect(await record()).toMatchObject({ state: 'landed', content: { records: 90 } });
  });
});

describe('the schedule', () => {
  const scheduled = { 'detail-type': 'Scheduled Event' as const, time: '2024-02-01T03:00:00Z' };

  test('asks for the last month, each window by a call of its own', async () => {
    await pullSources(ports())(scheduled);
    expect(stage.invoked).toEqual([
      { name: 'pull-sources', command: lookAgain('pull', 'plays/2024-01-01/2024-01-31') },
    ]);
    expect(await record()).toMatchObject({ state: 'asked' });
  });

  test('asks for older months while their records may be late, and calls into the network for a database', async () => {
    await pullSources(ports({ ...table, snapshot: false, late_days: 5 }))(scheduled);
    expect(stage.invoked).toEqual([
      { name: 'pull-databases', command: lookAgain('pull', 'plays/2023-12-01/2023-12-31') },
      { name: 'pull-databases', command: lookAgain('pull', 'plays/2024-01-01/2024-01-31') },
    ]);
  });
});
