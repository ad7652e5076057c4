import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { restSource } from '../../../functions/adapters/rest-source.ts';
import { dueWindows, monthsFrom, type Window, widened } from '../../../functions/sources/window.ts';
import { restSourceWith } from '../sources/source.ts';
import { type Api, json, manualClock, openApi } from './api.ts';

/** A record with its moment, and the moment from which the API shows it. */
type Kept = { readonly id: number; readonly at: string; readonly visible_at: string };

const hour = 3_600_000;
const later = (moment: string, hours: number): string =>
  new Date(Date.parse(moment) + hours * hour).toISOString();

/** How APIs understand `end_date`. */
const ends: Readonly<Record<string, (at: string, from: string, to: string) => boolean>> = {
  inclusive: (at, from, to) => at.slice(0, 10) >= from && at.slice(0, 10) <= to,
  exclusive: (at, from, to) => at >= from && at < to,
  'at midnight': (at, from, to) => at >= `${from}T00:00:00.000Z` && at <= `${to}T00:00:00.000Z`,
  'inclusive, in a zone 14 hours ahead': (at, from, to) => isBetween(later(at, 14), from, to),
  'inclusive, in a zone 12 hours behind': (at, from, to) => isBetween(later(at, -12), from, to),
};
const isBetween = (local: string, from: string, to: string): boolean =>
  local.slice(0, 10) >= from && local.slice(0, 10) <= to;

const months = monthsFrom('2024-01', '2024-04');
const borders = ['2024-01-31T23:59:59.999Z', '2024-02-01T00:00:00.000Z', '2024-03-31T00:00:00.000Z'];

/** 10,000 records on each border, and some in every hour. */
const records: readonly Kept[] = [
  ...borders.flatMap((at) => Array.from({ length: 10_000 }, () => at)),
  ...Array.from({ length: 24 * 119 }, (_, at) => later('2024-01-02T00:30:00.000Z', at)),
].map((at, id) => ({ id, at, visible_at: later(at, 1 + ((id * 7) % 72)) }));

let api: Api;
let clock = manualClock();
let failing = 0;
let isShown: (record: Kept, from: string, to: string) => boolean = () => true;

beforeAll(async () => {
  api = await openApi();
  let requests = 0;
  api.reply = ({ query }, response) => {
    if (failing > 0 && ++requests % failing === 0) return json(response, {}, {}, 503);
    const [from = '', to = ''] = [query.get('start_date') ?? '', query.get('end_date') ?? ''];
    const shown = records.filter((record) => isShown(record, from, to));
    json(response, `[${shown.map(({ id, at }) => `{"id":${id},"at":"${at}"}`).join(',')}]`);
  };
});
afterAll(() => api.close());

/** Pulls windows one after another; the ids of what they found. */
const pullAll = async (windows: readonly Window[], overlap: number, found: Set<number>): Promise<void> => {
  const source = restSourceWith({ url: api.url, overlap_days: overlap });
  const rest = restSource({ clock, env: (name) => name, secrets: { read: async (arn) => arn } });
  for (const window of windows) {
    const { pages } = await rest.open(source, widened(window, source.overlap_days));
    for await (const page of pages) for (const text of page) found.add(JSON.parse(text).id);
  }
};

describe.each(Object.keys(ends))('an API whose end date is %s', (name) => {
  test('loses no record, in whatever order months are pulled, with retries and repeated pulls', async () => {
    isShown = ({ at }, from, to) => ends[name]?.(at, from, to) ?? false;
    failing = 3;
    const orders = fc.sample(fc.shuffledSubarray([...months, ...months.slice(1, 3)], { minLength: 6 }), 3);
    for (const order of orders) {
      const found = new Set<number>();
      await pullAll(order, 1, found);
      expect(found.size).toBe(records.length);
    }
    failing = 0;
  });
});

test.each(['exclusive', 'at midnight'])(
  'an API whose end date is %s loses records if windows do not overlap',
  async (name) => {
    isShown = ({ at }, from, to) => ends[name]?.(at, from, to) ?? false;
    const found = new Set<number>();
    await pullAll(months, 0, found);
    expect(found.size).toBeLessThan(records.length - 10_000);
  },
);

describe('records that become visible 1 to 72 hours late', () => {
  /** Pulls at three o'clock on the first of each month, as the schedule does. */
  const scheduled = async (late_days: number): Promise<Set<number>> => {
    const found = new Set<number>();
    for (const { from } of monthsFrom('2024-02', '2024-06')) {
      const now = `${from}T03:00:00.000Z`;
      clock = { ...manualClock(), now: () => now };
      isShown = ({ at, visible_at }, first, last) => visible_at <= now && isBetween(at, first, last);
      await pullAll(dueWindows({ late_days, snapshot: false }, from), 1, found);
    }
    return found;
  };

  test('are all found with late_days 3', async () => {
    expect((await scheduled(3)).size).toBe(records.length);
  });

  test('are not without it', async () => {
    expect((await scheduled(0)).size).toBeLessThan(records.length);
  });
});
