import type { Relation, Row } from '../engines/engine.ts';
import { landedRelation } from '../landed-rows.ts';

/** Landed rows of the shop's users, sessions and songs, and what silver makes of them. */

type Example = { readonly landed: Row; readonly silver: Row | readonly Row[] };

const exampleOf = (
  dataset: string,
  columns: Relation['columns'],
  examples: readonly Example[],
): { readonly landed: Relation; readonly rows: readonly Row[] } => {
  const landed = landedRelation(
    dataset,
    columns,
    examples.map((example) => example.landed),
  );
  const rows = examples.flatMap(({ silver }, at) => {
    const { landed_file, landed_version, landed_at, batch_id } = landed.rows[at] ?? {};
    const lineage = { observed_at: landed_at, landed_file, landed_version, landed_at, batch_id };
    return [silver].flat().map((row) => ({ ...lineage, ...row }));
  });
  return { landed, rows };
};

const texts = (...names: readonly string[]): Relation['columns'] =>
  Object.fromEntries(names.map((name) => [name, 'varchar']));

const user = {
  observed_at: null,
  user_id: 'u1',
  user_name: 'Zoë',
  user_lastname: 'O Neill',
  user_since: '2020-12-22T14:15:35.936090',
};
const { observed_at: _, ...plainUser } = { ...user, user_since: '2020-12-22 14:15:35.936090' };
const nowhere = { latitude: null, longitude: null, place_name: null, country_code: null, timezone: null };
const place = { place_name: 'Niort', country_code: 'FR', timezone: 'Europe/Paris' };

/** A user with this location, and what silver says of it. */
const located = (user_location: readonly (string | null)[] | null, silver: Row): Example => ({
  landed: { ...user, user_location },
  silver: { ...plainUser, ...nowhere, ...silver },
});
/** A user with this latitude, which silver shows as a number or not at all. */
const latitude = (text: string, shown: string | null): Example =>
  located([text, '0', 'Niort', 'FR', 'Europe/Paris'], { ...place, latitude: shown, longitude: '0.000000' });

const users = exampleOf(
  'users',
  {
    ...texts('observed_at', 'user_id', 'user_name', 'user_lastname', 'user_since'),
    user_location: 'varchar[]',
  },
  [
    located(['46.32313', '-0.45877', 'Niort', 'FR', 'Europe/Paris'], {
      ...place,
      latitude: '46.323130',
      longitude: '-0.458770',
    }),
    {
      landed: { ...user, observed_at: '2024-02-01T03:00:00.000Z', user_location: null },
      silver: { ...plainUser, ...nowhere, observed_at: '2024-02-01 03:00:00.000000' },
    },
    located([], {}),
    located(['1', '-2'], { latitude: '1.000000', longitude: '-2.000000' }),
    located([null, '179.999999', null, 'de', ''], { longitude: '179.999999', timezone: '' }),
    located(['x', '1e3', 'Niort', 'Europe/Paris'], { place_name: 'Niort' }),
    latitude('', null),
    latitude('-', null),
    latitude('.5', null),
    latitude('5.', null),
    latitude('1.2.3', null),
    latitude('--1', null),
    latitude('+1', null),
    latitude('1234', null),
    latitude('１', null),
    latitude(`1.${'9'.repeat(31)}`, null),
    latitude(`1.${'1'.repeat(30)}`, '1.111111'),
    latitude('-0', '0.000000'),
    latitude('-999.9999994', '-999.999999'),
  ],
);

const session = {
  observed_at: '2024-02-01T03:00:00.5Z',
  user_id: 'u1',
  session_id: 's1',
  user_agent: 'Mozilla',
  session_start_time: '2020-02-07T18:05:25.824461',
};
const plainSession = {
  ...session,
  observed_at: '2024-02-01 03:00:00.500000',
  session_start_time: '2020-02-07 18:05:25.824461',
};
const item = {
  song_id: 'TRXKAGX128F9342DD7',
  song_name: '3 Cards',
  artist_id: 'AR475MP1187B9A5449',
  artist_name: 'The Balancing Act',
  price: '1.03',
  currency: 'USD',
  liked: 'true',
  liked_since: '2023-01-27T08:29:54.970697',
};
const noItem = { ...Object.fromEntries(Object.keys(item).map((name) => [name, null])), item_number: null };

const sessions = exampleOf(
  'sessions',
  {
    ...texts('observed_at', 'user_id', 'session_id', 'user_agent', 'session_start_time'),
    session_items: `struct(${Object.keys(item)
      .map((name) => `${name} varchar`)
      .join(', ')})[]`,
  },
  [
    {
      landed: {
        ...session,
        session_items: [item, { ...item, song_id: 'TR2', price: '0.5', liked: 'false', liked_since: null }],
      },
      silver: [
        {
          ...plainSession,
          ...item,
          item_number: '1',
          liked: true,
          liked_since: '2023-01-27 08:29:54.970697',
        },
        {
          ...plainSession,
          ...{ ...item, song_id: 'TR2', price: '0.50', liked: false, liked_since: null },
          item_number: '2',
        },
      ],
    },
    { landed: { ...session, session_items: [] }, silver: { ...plainSession, ...noItem } },
    { landed: { ...session, session_items: null }, silver: { ...plainSession, ...noItem } },
  ],
);

const song = {
  track_id: 'TRMBFTN128F42665EA',
  title: 'Världen É Din',
  song_id: 'SOKFZOR12A8C1306B0',
  release: 'Omérta',
  artist_id: 'ARZ6UKQ1187B9B0E35',
  artist_mbid: 'a432b2e7-7598-419b-8760-e8accff3c725',
  artist_name: 'The Latin Kings',
  duration: '268.22485',
  artist_familiarity: '0.54002666',
  artist_hotttnesss: '0.0',
  year: '2001',
  track_7digitalid: '3164205',
  shs_perf: '-1',
  shs_work: '0',
};
const plainSong = {
  ...song,
  ...{ duration: 268.22485, artist_familiarity: 0.54002666, artist_hotttnesss: 0, shs_perf: null },
};

const songs = exampleOf('songs', texts('observed_at', ...Object.keys(song)), [
  { landed: { observed_at: null, ...song }, silver: plainSong },
  {
    landed: { observed_at: null, ...song, year: '0', shs_perf: '0' },
    silver: { ...plainSong, year: null, shs_perf: '0' },
  },
]);

export const shopSilver = { users, sessions, songs } as const;
