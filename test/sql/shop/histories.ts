import fc from 'fast-check';
import { type Edits, type Landing, landing, type Step } from '../histories.ts';
import type { Row } from '../warehouse.ts';

/** What the shop's warehouse lives through: pulls in any order, corrections, late users and songs, edits of the SQL. */

/** The SQL as it is; other users; one more column in the fact and a dimension. */
export const shopEdits: Edits = {
  asItIs: [],
  abroad: [
    [
      'staging/stg_users.sql',
      'cast(country_code as varchar(2))',
      `cast(coalesce(country_code, 'XX') as varchar(2))`,
    ],
  ],
  wider: [
    [
      'marts/fact_session.sql',
      'cast(sales.session_start_time as date) as date_key',
      'cast(sales.session_start_time as date) as date_key,\n    cast(extract(hour from sales.session_start_time) as integer) as session_hour',
    ],
    [
      'marts/dim_songs.sql',
      'cast(deleted_at as timestamp) as deleted_at\n  from members',
      'cast(deleted_at as timestamp) as deleted_at,\n    cast(upper(title) as varchar(4096)) as headline\n  from members',
    ],
  ],
};

const observed_at = fc.constantFrom('2024-01-10 00:00:00', '2024-02-01 00:00:00.5', '2024-03-01 00:00:00');
const liked = fc.constantFrom(
  { liked: true, liked_since: '2025-01-01 00:00:00.25' },
  { liked: false, liked_since: null },
  { liked: null, liked_since: null },
);
const item = fc
  .record({
    song: fc.constantFrom('TR1', 'TR2', 'TR3', 'TR4', 'TRX'),
    artist_id: fc.constantFrom('AR1', 'AR2', 'ARX', null),
    price: fc.constantFrom('0.33', '1.85', '0.10', '2.00'),
    liked,
  })
  .map(({ song, liked: opinion, ...rest }) => ({ ...rest, ...opinion, song_id: song, currency: 'USD' }));
const noItem = {
  ...{ song_id: null, artist_id: null, currency: null, item_number: null, price: null, liked: null },
  liked_since: null,
};

const session = fc
  .record({
    session_id: fc.constantFrom('s1', 's2', 's3', 's4'),
    user_id: fc.constantFrom('u1', 'u2', 'u3', 'stranger'),
    session_start_time: fc.constantFrom(
      '2024-01-10 00:00:00',
      '2024-01-31 23:59:59.999999',
      '2024-02-01 00:00:00.5',
      '2024-03-05 12:00:00',
    ),
    observed_at,
    items: fc.array(item, { maxLength: 3 }),
  })
  .map(({ items, ...whole }) =>
    items.length === 0
      ? [{ ...whole, ...noItem }]
      : items.map((one, at) => ({ ...whole, ...one, item_number: at + 1 })),
  );

const user = fc.record({
  user_id: fc.constantFrom('u1', 'u2', 'u3'),
  user_name: fc.constantFrom('Ann', 'Zoë'),
  user_lastname: fc.constantFrom('Carey', ''),
  country_code: fc.constantFrom('FR', 'DE', null),
  latitude: fc.constantFrom('46.323130', null),
  user_since: fc.constant('2020-12-22 14:15:35.93609'),
  observed_at,
});
const song = fc.record({
  track_id: fc.constantFrom('TR1', 'TR2', 'TR3', 'TR4'),
  song_id: fc.constantFrom('SO1', 'SO2'),
  title: fc.constantFrom('One', 'Två', null),
  artist_id: fc.constantFrom('AR1', 'AR2', 'AR3'),
  artist_name: fc.constantFrom('Abba', 'Björk', null),
  year: fc.constantFrom(null, 2001),
  duration: fc.constantFrom(null, 268.22485, 1.5),
  observed_at,
});

/** All songs of one moment, as a pull gives them. */
const snapshot = fc
  .tuple(observed_at, fc.uniqueArray(song, { maxLength: 4, selector: ({ track_id }) => track_id }))
  .map(([moment, songs]) => songs.map((one) => ({ ...one, observed_at: moment })));

const rows = (row: fc.Arbitrary<Row>) => fc.array(row, { maxLength: 4 });
const late = fc.boolean();
const sessions = (least: number, ...names: readonly string[]) =>
  landing(
    'sessions',
    names,
    fc.array<Row[]>(session, { minLength: least, maxLength: 4 }).map((all) => all.flat()),
    late,
  );
const users = (...names: readonly string[]) => landing('users', names, rows(user), late);
const songs = (...names: readonly string[]) => landing('songs', names, rows(song), late);
/** A file of a dataset that was pulled, by its number. */
export const pulledFile = (dataset: string, number: number): string =>
  `data/${dataset}/${dataset}-2024-0${number}-01-2024-0${number}-28-${number}.jsonl`;
const snapshots = landing(
  'songs',
  [pulledFile('songs', 1), pulledFile('songs', 2), pulledFile('songs', 3)],
  snapshot,
  late,
);
const rebuild = fc.constant('rebuild' as const);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: sessions(0, 's-a', 's-b', 's-c') },
  { weight: 4, arbitrary: users('u-a', pulledFile('users', 1), pulledFile('users', 2)) },
  { weight: 2, arbitrary: songs('g-a', 'g-b') },
  { weight: 3, arbitrary: snapshots },
  { weight: 2, arbitrary: fc.record({ edit: fc.constantFrom(...Object.keys(shopEdits)) }) },
  { weight: 4, arbitrary: rebuild },
);

/** Histories of the shop, which has sales from the beginning. */
export const shopHistory: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.tuple(sessions(2, 's-a'), users('u-a'), snapshots, rebuild),
    fc.array(step, { minLength: 2, maxLength: 12 }),
  )
  .map((parts) => parts.flat());

const pulledRows: Readonly<Record<string, fc.Arbitrary<Row[]>>> = {
  users: fc.uniqueArray(user, { maxLength: 3, selector: ({ user_id }) => user_id }),
  songs: fc.uniqueArray(song, { maxLength: 4, selector: ({ track_id }) => track_id }),
  sessions: fc
    .uniqueArray<Row[], unknown>(session, { maxLength: 4, selector: ([first]) => first?.session_id })
    .map((all) => all.flat()),
};

/** Files of several pulls, each with a moment of its own and each thing at most once. */
export const pulls: fc.Arbitrary<Landing[]> = fc
  .array(
    fc
      .constantFrom('users', 'songs', 'sessions', 'sessions')
      .chain((land) =>
        fc.record({ land: fc.constant(land), rows: pulledRows[land] ?? fc.constant<Row[]>([]) }),
      ),
    { minLength: 3, maxLength: 8 },
  )
  .map((files) =>
    files.map(({ land, rows: own }, at) => ({
      ...{ land, file: pulledFile(land, at + 1), late: false },
      rows: own.map((row): Row => ({ ...row, observed_at: `2024-03-0${at + 1} 03:00:00` })),
    })),
  );

/** The same files and repetitions of some of them, whole or row by row, in any order. */
export const repeated = (files: readonly Landing[]): fc.Arbitrary<Landing[]> => {
  const again = fc
    .subarray([...files])
    .map((some) =>
      some.map((one, at) => ({ ...one, file: one.file.replace(/\d\.jsonl$/, `${at + 1}0.jsonl`) })),
    );
  return fc
    .tuple(again, fc.subarray([...files]))
    .chain(([copies, doubled]) =>
      fc.shuffledSubarray(
        [
          ...files.map((one) => (doubled.includes(one) ? { ...one, rows: [...one.rows, ...one.rows] } : one)),
          ...copies,
        ],
        { minLength: files.length + copies.length },
      ),
    );
};
