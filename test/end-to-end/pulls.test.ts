import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type FileVersion, reportKey } from '../../functions/pipeline/lake-keys.ts';
import { addDays, monthOf } from '../../functions/sources/window.ts';
import { seededRandom } from '../../local/generate/random.ts';
import { type Session, sessionAt } from '../../local/generate/sessions.ts';
import { userAt } from '../../local/generate/users.ts';
import type { GivenSwitches } from '../../local/sources/api/switches.ts';
import type { StoredFile } from '../functions/records.ts';
import { digestIn, expectSessions, type ShopLaptop, sessions, shop, startShopLaptop } from './shop-laptop.ts';
import { queryWarehouse } from './warehouse.ts';

const seed = Number(process.env.PULLS_SEED ?? 3);
const random = seededRandom(seed);
const months = ['2020-01', '2020-03', '2020-08', '2024-05', '2024-06'];
const border = { time: '2024-05-31T23:59:59.999Z', rows: 10_000 };
const ever = { from: '2020-01-01', to: '2024-12-31' };
const windowOf = (month: string) => monthOf(`${month}-01`);

/** Each with what the API does at that time. */
const deployments = [
  { sessions: { kind: 'link_header' }, users: { kind: 'cursor', next: '$.next_cursor' } },
  {
    sessions: { kind: 'page', size_parameter: 'per_page', size: 1_000 },
    users: { kind: 'next_url', next: '$.next' },
  },
] as const;
const rootOf = { cursor: '$.data', next_url: '$.items' } as const;
const sourcesAt = ({ sessions, users }: (typeof deployments)[number]) => ({
  sessions: { paging: sessions, limits: { retries: 1 } },
  users: { paging: users, records: rootOf[users.kind], limits: { retries: 1 } },
});
const switchesOf = (kind: string, size: number) => ({
  paging: {
    kind,
    size,
    is_uneven: true,
    has_gaps: kind === 'cursor',
    has_long_cursors: kind === 'cursor',
  } as never,
});

const calm: GivenSwitches = { border: null, late: null, faults: [], repeat_every: 0, end: 'inclusive' };

const generated: readonly Session[] = [
  ...Array.from({ length: sessions }, (_, number) => sessionAt(shop, number)),
  ...Array.from({ length: border.rows }, (_, index) => ({
    ...sessionAt(shop, sessions + index),
    session_start_time: border.time,
  })),
];
const inMonths = (...wanted: readonly string[]) =>
  generated.filter(({ session_start_time }) => wanted.includes(session_start_time.slice(0, 7)));

let laptop: ShopLaptop;
beforeAll(async () => {
  laptop = await startShopLaptop({}, sourcesAt(deployments[0]));
}, 120_000);
afterAll(() => laptop?.stop());

const shuffled = <T>(list: readonly T[]): T[] => {
  const left = [...list];
  return list.map(() => left.splice(random.below(left.length), 1)[0] as T);
};

/** Every month twice: on the day after its end, when rows are still to come, and again a month later. */
const pulls = shuffled(months.flatMap((month) => [true, false].map((isEarly) => ({ month, isEarly }))));

const pullMonth = async (kind: string, { month, isEarly }: (typeof pulls)[number]): Promise<void> => {
  const window = windowOf(month);
  const late = isEarly ? { hours: 72, now: `${addDays(window.to, 1)}T03:00:00Z` } : null;
  const faults = [
    { kind: 'status', status: 429, retry_after: '0' } as const,
    { kind: 'cut', after_bytes: 700 } as const,
  ];
  await laptop.api({
    ...switchesOf(kind, 1_000),
    border,
    late,
    end: random.pick(['inclusive', 'exclusive', 'midnight']),
    repeat_every: random.pick([0, 7]),
    faults: random.chance(0.4) ? [random.pick(faults)] : [],
  });
  if (random.chance(0.4)) await laptop.endTokens();
  await Promise.all([laptop.pull('sessions', window), laptop.pull('sessions', window)]);
  await vi.waitFor(async () =>
    expect(await laptop.ledger.pulls.find({ source: 'sessions', ...window })).toMatchObject({
      state: 'landed',
    }),
  );
  if (random.chance(0.3)) await laptop.pull('sessions', window);
};

type Observed = { readonly edition: number; readonly at: string };
const editions: Observed[] = [];

const pullUsers = async (edition: number): Promise<void> => {
  const { kind } = deployments[edition > 0 ? 1 : 0].users;
  await laptop.api({ ...calm, ...switchesOf(kind, 7), edition });
  const users = await laptop.pull('users', ever);
  expect(users).toMatchObject({ state: 'landed', content: { records: shop.users } });
  editions.push({ edition, at: users.content?.observed_at ?? '' });
};

describe(`a shop that is pulled, seed ${seed}`, { timeout: 240_000 }, () => {
  test('loses no session and sells none twice, whatever the API does and however often a month is pulled', async () => {
    await pullUsers(0);
    for (const pull of pulls.slice(0, 5)) await pullMonth('link_header', pull);
    await laptop.configure(sourcesAt(deployments[1]));
    await pullUsers(1);
    for (const pull of pulls.slice(5)) await pullMonth('page', pull);
    await pullUsers(2);
    await laptop.settled('users', 'sessions');
    await expectSessions(inMonths(...months), months);
  });

  test('keeps every version of a user that a pull has shown, also of one whose location is missing or short', async () => {
    const numbers = Array.from({ length: shop.users }, (_, number) => number);
    expect(await versionsInGold()).toEqual(numbers.flatMap(versionsOf).sort());
    expect(numbers.flatMap(versionsOf).length).toBeGreaterThan(shop.users + 5);
    const odd = [1, 2, 3].map((number) => userAt(shop, number).user_id);
    const locations = await queryWarehouse(
      `select user_id, coalesce(country_code, 'none'), coalesce(place_name, 'none'), coalesce(timezone, 'none')
       from gold.dim_users where is_current and user_id in (${odd.map((id) => `'${id}'`).join(', ')})`,
    );
    expect(new Map(locations.map(([id = '', ...location]) => [id, location]))).toEqual(
      new Map([
        [odd[0], ['none', 'none', 'none']],
        [odd[1], [expect.stringMatching(/^[A-Z]{2}$/), 'none', expect.stringContaining('/')]],
        [odd[2], [expect.stringMatching(/^[A-Z]{2}$/), expect.not.stringMatching(/^none$/), 'none']],
      ]),
    );
  });

  test('takes a window without records for what it is', async () => {
    await laptop.api({ ...calm, ...switchesOf('page', 1_000) });
    const { code, stdout } = await laptop.soundcheck(
      'pull',
      'sessions',
      '--from',
      '2020-08-02',
      '--to',
      '2020-08-30',
    );
    expect([code, stdout]).toEqual([0, 'sessions 2020-08-02 to 2020-08-30: the source has no records\n']);
  });

  test('continues a backfill in the middle of which the API was down', async () => {
    const wanted = ['2022-01', '2022-02', '2022-03', '2022-04', '2022-05'];
    await laptop.api({ faults: [{ kind: 'slow', ms: 500, every: 1, path: '/sessions' }] });
    const backfill = () =>
      laptop.soundcheck(
        'backfill',
        'sessions',
        '--from',
        '2022-01',
        '--to',
        '2022-05',
        '--at-once',
        '1',
        '--no-wait',
      );
    const running = backfill();
    await vi.waitFor(async () => expect(await statesOf('2022')).toContain('landed'), {
      timeout: 30_000,
      interval: 20,
    });
    const twice = { times: 2, path: '/sessions' } as const;
    await laptop.api({
      faults: [
        { kind: 'status', status: 500, ...twice },
        { kind: 'cut', after_bytes: 1, ...twice },
        { kind: 'status', status: 429, times: 100 },
      ],
    });
    const { code, stdout } = await running;
    const states = await statesOf('2022');
    const landed = states.filter((state) => state === 'landed').length;
    expect(states).toEqual([...Array(landed).fill('landed'), ...Array(5 - landed).fill('failed')]);
    const reasons = [...stdout.matchAll(/^sessions (2022-\d\d)-01 to \S+: failed: (.*) \(url/gm)];
    expect(reasons.map(([, month]) => month)).toEqual(wanted.slice(landed));
    const [first, second, ...others] = reasons.map(([, , reason]) => reason);
    expect([code, first, second, new Set(others)]).toEqual([
      1,
      expect.stringContaining('500'),
      expect.stringMatching(/connection|early|broke/),
      new Set([others[0]]),
    ]);
    expect(others[0]).toContain('429');

    await laptop.api({ faults: [] });
    const again = await backfill();
    expect([again.code, again.stdout, again.stderr]).toEqual([
      0,
      expect.anything(),
      expect.stringContaining('landed before'),
    ]);
    expect(await statesOf('2022')).toEqual(Array(5).fill('landed'));
    await laptop.settled('sessions');
    await expectSessions(inMonths(...wanted), wanted);
  });

  test('lands records that have changed their shape byte for byte, and names line and field', async () => {
    const body = `[${drifted.join(' ,\n')}]`;
    await laptop.api({ faults: [{ kind: 'answer', body, path: '/sessions' }] });
    const { content } = await laptop.pull('sessions', windowOf('2019-05'));
    const key = content?.key ?? '';
    await laptop.settled('sessions');
    const record = (await laptop.ledger.files.versionsOf(key))[0] as StoredFile;
    expect(record).toMatchObject({ state: 'published', records: drifted.length, quarantined_rows: 6 });
    const first = `{"observed_at":"${content?.observed_at}",`;
    expect(await laptop.files.readText(record.stored_as ?? '')).toBe(
      drifted.map((text) => `${text.replaceAll(' ', '').replace('{', first)}\n`).join(''),
    );
    const report = JSON.parse((await laptop.files.readText(reportKey(record))) ?? '');
    const places = report.violations.map(
      ({ line, rule, column, value }: { line: number; rule: string; column?: string; value?: string }) =>
        `${line} ${rule} ${column ?? value ?? ''}`,
    );
    expect(places).toEqual([
      '2 type session_items[].price',
      '3 type session_items[].liked_since',
      '4 type session_items[]',
      '5 unknown_column loyalty',
      '6 required session_id',
      '8 record ',
    ]);
    const published = await queryWarehouse(
      `select session_id from gold.fact_session where landed_file = '${key}' order by session_id`,
    );
    expect(published.flat().map((id) => id.slice(0, 8))).toEqual(['00000001', '00000007', '00000009']);
  });

  test('comes to the same in another order', async () => {
    const rows = await factRows();
    const files = await laptop.settled('users');
    const texts = await Promise.all(files.map(async (file) => [file.key, await textOf(file)] as const));
    const versions = await versionsInGold();
    await laptop.stop();

    laptop = await startShopLaptop({}, sourcesAt(deployments[0]));
    await laptop.api({ border });
    for (const month of [...months].reverse()) await laptop.pull('sessions', windowOf(month));
    const landed = [];
    for (const [key, text] of texts.reverse()) landed.push(await laptop.land(key, text));
    await laptop.atRest(landed, { mart: 'shop' });
    await laptop.settled('sessions');
    expect(await versionsInGold()).toEqual(versions);
    expect(await factRows()).toEqual(rows);
  });
});

/** What the windows of sessions that begin in a year or month have come to, oldest first. */
const statesOf = async (prefix: string): Promise<string[]> =>
  (await laptop.ledger.pulls.of('sessions'))
    .filter(({ from }) => from.startsWith(prefix))
    .map(({ state }) => state);

const textOf = async (file: FileVersion): Promise<string> => {
  const { stored_as = '' } = (await laptop.ledger.files.find(file)) as StoredFile;
  return (await laptop.files.readText(stored_as)) ?? '';
};

const factRows = (): Promise<string[]> =>
  digestIn(
    `select concat_ws(' ', fact_key, session_id, song_id, user_key, artist_key, song_key, sales_month, currency, price, liked,
      session_start_time, liked_since, date_key) as said from gold.fact_session
     where sales_month in (${months.map((month) => `'${month}'`).join(', ')})`,
  );

const moment = "'%Y-%m-%dT%H:%M:%S.%gZ'";

const versionsInGold = async (): Promise<string[]> =>
  (
    await queryWarehouse(
      `select concat_ws(' | ', user_id, user_lastname, coalesce(place_name, 'none'), strftime(valid_from, ${moment}),
        strftime(valid_to, ${moment}), is_current) from gold.dim_users where user_id <> 'unknown'`,
    )
  )
    .flat()
    .sort();

/** The versions of a user as the pulls of all editions have shown them, by a plain program. */
const versionsOf = (number: number): string[] => {
  const seen = editions.map(({ edition, at }) => {
    const { user_id, user_lastname, user_location } = userAt(shop, number, edition);
    return { at, said: `${user_id} | ${user_lastname} | ${user_location?.[2] ?? 'none'}` };
  });
  const changes = seen.filter(({ said }, index) => said !== seen[index - 1]?.said);
  return changes.map(({ at, said }, index) => {
    const next = changes[index + 1]?.at;
    const from = index === 0 ? '1900-01-01T00:00:00.000Z' : at;
    return `${said} | ${from} | ${next ?? '9999-12-31T00:00:00.000Z'} | ${next === undefined}`;
  });
};

const drifting = (letter: string, from: string, to: string): string => {
  const item = `{"song_id":"TR${letter.repeat(16)}","artist_id":"AR${letter}","price":1.10,"currency":"USD","liked":false,"liked_since":null}`;
  const text = `{ "user_id":"${userAt(shop, 0).user_id}","session_id":"0000000${letter}-3a8c-4968-a3af-5362011ef7d5", "user_agent":"Mözilla","session_start_time":"2019-05-0${letter}T00:00:00","session_items":[${item}]}`;
  if (!text.includes(from)) throw new Error(`${text} has no ${from}`);
  return text.replace(from, to);
};

/** Records of an API that has changed, among others that are as ever. */
const drifted = [
  drifting('1', '', ''),
  drifting('2', '1.10', '"one"'),
  drifting('3', '"liked_since":null', '"liked_since":{"at":null}'),
  drifting('4', /(?<="session_items":)\[.*\]/.exec(drifting('4', '', ''))?.[0] ?? '', '"none"'),
  drifting('5', '"user_agent"', '"loyalty":3,"user_agent"'),
  drifting('6', '"session_id":"00000006-3a8c-4968-a3af-5362011ef7d5", ', ''),
  drifting('7', '"user_agent":"Mözilla",', ''),
  '42',
  drifting('9', '', ''),
];
