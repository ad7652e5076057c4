import { createHash } from 'node:crypto';
import { halfUp } from '../../oracle/decimals.ts';
import { groupBy } from '../../oracle/groups.ts';
import type { Row, SilverFile } from '../warehouse.ts';
import { historyOf, isPulled, textOf, type Version } from './plain-history.ts';

/** The shop's sales, views and KPIs as a plain program computes them from the rows of its files. */

/** A sale, with what is known of its user, song and artist at that time. */
export type Sale = {
  readonly session: string;
  readonly song: string;
  readonly user: string;
  readonly artist: string;
  readonly start: string;
  readonly cents: number;
  readonly liked: boolean;
  readonly country: string;
  readonly artistName: string;
  readonly artistMember: string;
  readonly title: string | null;
};

type Origin = Pick<SilverFile, 'file' | 'version' | 'landedAt'>;
type Landed = { readonly row: Row; readonly origin: Origin };

const landedIn = (files: readonly SilverFile[], dataset: string): Landed[] =>
  files
    .filter((file) => file.dataset === dataset)
    .flatMap((file) => file.rows.map((row) => ({ row, origin: file })));

const text = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value);
const md5 = (values: Parameters<typeof textOf>[0]): string =>
  createHash('md5').update(textOf(values)).digest('hex');
const cents = (price: unknown): number => Math.round(Number(price) * 100);

const origin = ({ row, origin: { file, version, landedAt } }: Landed): readonly string[] => [
  moment(row.observed_at),
  landedAt,
  file,
  version,
];

/** A moment with six digits after the point. */
const moment = (value: unknown): string => {
  const [seconds = '', fraction = ''] = String(value).split('.');
  return `${seconds}.${fraction.padEnd(6, '0')}`;
};

const greatest = <Item>(items: readonly Item[], by: (item: Item) => readonly (string | number)[]): Item => {
  const [first, ...others] = items;
  if (first === undefined) throw new Error('nothing to choose from');
  return others.reduce((best, item) => (isLess(by(best), by(item)) ? item : best), first);
};

const isLess = (one: readonly (string | number)[], other: readonly (string | number)[]): boolean => {
  const at = one.findIndex((value, index) => value !== other[index]);
  return at >= 0 && (one[at] ?? '') < (other[at] ?? '');
};

/** All sales that these files say. */
export const salesOf = (files: readonly SilverFile[]): Sale[] => {
  const users = usersOf(files);
  const songs = songsOf(files);
  const titles = lastBy(songs, ({ track }) => track);
  const artists = artistsOf(songs);
  return soldItems(files).map(({ row }) => {
    const start = moment(row.session_start_time);
    const user = users
      .get(String(row.user_id))
      ?.find((one) => one.valid_from <= start && start < one.valid_to);
    const artist = text(row.artist_id) ?? 'unknown';
    const known = artists.has(artist);
    return {
      session: String(row.session_id),
      song: String(row.song_id),
      user: String(row.user_id),
      artist,
      start,
      cents: cents(row.price),
      liked: row.liked === true,
      country: (user && countryOf(user)) ?? 'unknown',
      artistName: artists.get(artist) ?? 'unknown',
      artistMember: known ? artist : 'unknown',
      title: text(titles.get(String(row.song_id))?.row.title),
    };
  });
};

/** The items of the newest version of each session, and for each position in it one row. */
const soldItems = (files: readonly SilverFile[]): Landed[] =>
  [...groupBy(landedIn(files, 'sessions'), ({ row }) => String(row.session_id)).values()].flatMap((rows) => {
    const newest = origin(greatest(rows, origin)).join();
    const items = rows.filter((row) => origin(row).join() === newest && row.row.item_number !== null);
    return [...groupBy(items, ({ row }) => String(row.item_number)).values()].map((same) =>
      greatest(same, ({ row }) => [hashOfItem(row)]),
    );
  });

const hashOfItem = (row: Row): string => {
  const names = ['user_id', 'song_id', 'artist_id', 'currency', 'item_number', 'price', 'session_start_time'];
  const liked = typeof row.liked === 'boolean' ? row.liked : null;
  return md5([...names.map((name) => text(row[name])), { boolean: liked }, text(row.liked_since)]);
};

const userColumns = [
  ...[
    'user_lastname',
    'user_name',
    'place_name',
    'country_code',
    'timezone',
    'latitude',
    'longitude',
    'user_since',
  ],
];
const countryOf = ({ values }: Version): string | null =>
  texts(values)[userColumns.indexOf('country_code')] ?? null;
const texts = (values: Version['values']): (string | null)[] =>
  values.map((value) => (typeof value === 'string' ? value : null));

/** Versions of each user. */
const usersOf = (files: readonly SilverFile[]): Map<string, Version[]> => {
  const versions = historyOf(
    landedIn(files, 'users').map(({ row, origin: { file, landedAt } }) => ({
      thing: String(row.user_id),
      at: moment(row.observed_at),
      landed_at: landedAt,
      landed_file: file,
      values: userColumns.map((name) => text(row[name])),
    })),
  );
  return groupBy(versions, ({ thing }) => thing);
};

const songColumns = ['song_id', 'title', 'release', 'artist_id', 'artist_mbid', 'artist_name', 'year'];
const songFloats = ['duration', 'artist_familiarity', 'artist_hotttnesss'];

type Song = { readonly track: string; readonly row: Row; readonly is_current: boolean; readonly to: string };

/** All versions of songs, in order of time; a song is gone when a pulled file lacks it. */
const songsOf = (files: readonly SilverFile[]): Song[] =>
  historyOf(
    landedIn(files, 'songs').map(({ row, origin: { file, landedAt } }) => ({
      thing: String(row.track_id),
      at: moment(row.observed_at),
      landed_at: landedAt,
      landed_file: file,
      values: songColumns.map((name) => text(row[name])),
      floats: songFloats.map((name) => (typeof row[name] === 'number' ? row[name] : null)),
    })),
    (file) => isPulled(file, 'songs'),
  ).map(({ thing, values, is_current, valid_to }) => ({
    track: thing,
    row: Object.fromEntries(texts(values).map((value, at) => [songColumns[at] ?? '', value])),
    is_current,
    to: valid_to,
  }));

/** The last one for each value. */
const lastBy = <Item>(items: readonly Item[], by: (item: Item) => string): Map<string, Item> =>
  new Map(items.map((item) => [by(item), item]));

/** The name of each artist: what most of its songs say, then the first by name. Songs that are gone count only if there are no others. */
const artistsOf = (songs: readonly Song[]): Map<string, string> => {
  const own = groupBy(
    [...lastBy(songs, ({ track, row }) => `${track} ${row.artist_id}`).values()],
    ({ row }) => String(row.artist_id),
  );
  return new Map(
    [...own].map(([artist, all]) => {
      const living = all.filter(({ is_current }) => is_current);
      const counts = [
        ...groupBy(living.length > 0 ? living : all, ({ row }) => text(row.artist_name) ?? ''),
      ].filter(([name]) => name !== '');
      const [name = 'unknown'] =
        counts.sort(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1))[0] ?? [];
      return [artist, name];
    }),
  );
};

/** For each song that was ever for sale, when a snapshot lacked it; null while it is for sale. */
export const deletedSongs = (files: readonly SilverFile[]): Row =>
  Object.fromEntries(
    [...lastBy(songsOf(files), ({ track }) => track)].map(([track, { is_current, to }]) => [
      track,
      is_current ? null : to,
    ]),
  );

const money = (sales: readonly { readonly cents: number }[]): number =>
  sales.reduce((sum, sale) => sum + sale.cents, 0) / 100;
const distinct = <Item>(items: readonly Item[], by: (item: Item) => unknown): number =>
  new Set(items.map(by)).size;
const mean = (sales: readonly Sale[]): number =>
  halfUp(Math.round(money(sales) * 100), 100 * sales.length, 2);

/** Rows of each view, without order; money and shares are numbers. */
export const viewsOf = (sales: readonly Sale[]): Readonly<Record<string, readonly Row[]>> => {
  const rowsBy = (key: (sale: Sale) => Row, rest: (own: readonly Sale[]) => Row): Row[] =>
    [...groupBy(sales, (sale) => JSON.stringify(key(sale)))].map(([text, own]) => ({
      ...JSON.parse(text),
      ...rest(own),
    }));
  return {
    sales_per_artist_vw: rowsBy(
      ({ artistName, start }) => ({ artist_name: artistName, year: Number(start.slice(0, 4)) }),
      (own) => ({ total_sales: money(own) }),
    ),
    sales_per_country_vw: rowsBy(
      ({ country, start }) => ({
        country_code: country,
        month: Number(start.slice(5, 7)),
        year: Number(start.slice(0, 4)),
      }),
      (own) => ({ total_sales: money(own) }),
    ),
    user_activity_vw: rowsBy(
      ({ user }) => ({ user_id: user }),
      (own) => ({
        total_sessions: distinct(own, ({ session }) => session),
        active_days: distinct(own, ({ start }) => start.slice(0, 10)),
        liked_songs_count: own.filter(({ liked }) => liked).length,
        total_spent: money(own),
        avg_purchase_value: mean(own),
        last_activity_date: own
          .map(({ start }) => start.slice(0, 10))
          .sort()
          .at(-1),
      }),
    ),
    music_preference_vw: rowsBy(
      ({ artist, artistName, song, title, country, start }) => ({
        ...{ artist_id: artist, artist_name: artistName, song_id: song, title, country_code: country },
        sales_month: start.slice(0, 7),
      }),
      (own) => ({
        purchases: own.length,
        liked_count: own.filter(({ liked }) => liked).length,
        like_percentage: halfUp(100 * own.filter(({ liked }) => liked).length, own.length, 2),
        avg_price: mean(own),
        total_sales: money(own),
      }),
    ),
  };
};

/** The measures of each KPI item under `"<pk> <sk>"`, without the version in the key. */
export const salesKpisOf = (sales: readonly Sale[]): Map<string, Row> =>
  new Map(
    [...groupBy(sales, ({ start }) => start.slice(0, 7))].flatMap(([month, own]) => itemsOf(month, own)),
  );

const itemsOf = (month: string, sales: readonly Sale[]): [string, Row][] => {
  const figures = (own: readonly Sale[]) => ({
    currency: 'USD',
    purchases: own.length,
    total_sales: money(own),
  });
  const artists = [...groupBy(sales, ({ artistMember }) => artistMember)].sort(
    ([a, one], [b, other]) => money(other) - money(one) || (a < b ? -1 : 1),
  );
  const users = (own: readonly Sale[]) => distinct(own, ({ user }) => user);
  return [
    [
      `SALES#${month} CURRENT`,
      { ...figures(sales), users: users(sales), sessions: distinct(sales, ({ session }) => session) },
    ],
    ...artists
      .slice(0, 5)
      .map(([artist, own], at): [string, Row] => [
        `SALES#${month} ARTIST#${at + 1}`,
        { artist_id: artist, artist_name: own[0]?.artistName, ...figures(own) },
      ]),
    ...[...groupBy(sales, ({ country }) => country)].map(([country, own]): [string, Row] => [
      `SALES#${month} COUNTRY#${country}`,
      { ...figures(own), users: users(own) },
    ]),
  ];
};
