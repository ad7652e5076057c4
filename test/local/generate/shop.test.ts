import { describe, expect, it } from 'vitest';
import { sessionAt, sessionTimeAt } from '../../../local/generate/sessions.ts';
import { emptyMonth, monthWithoutLikes } from '../../../local/generate/shop.ts';
import { songAt, songColumns } from '../../../local/generate/songs.ts';
import { userAt, userTimeAt } from '../../../local/generate/users.ts';

const shop = { seed: 7 };
const numbers = (count: number): number[] => Array.from({ length: count }, (_, number) => number);
const users = numbers(5_000).map((number) => userAt(shop, number));
const sessions = numbers(20_000).map((number) => sessionAt(shop, number));
const songs = numbers(10_000).map((number) => songAt(shop, number));
const items = sessions.flatMap(({ session_items }) => session_items);
const micros = /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const shareOf = <T>(list: readonly T[], isCounted: (one: T) => boolean): number =>
  list.filter(isCounted).length / list.length;
const monthOf = (time: string): string => time.slice(0, 7);

describe('a record of the shop', () => {
  it('is the same whenever and wherever it is asked for, and another for another seed', () => {
    const again = { seed: 7 };
    for (const at of [userAt, sessionAt, songAt]) {
      const alone = JSON.stringify(at(again, 4_321));
      expect(JSON.stringify(at(shop, 4_321))).toBe(alone);
      expect(JSON.stringify(at({ seed: 8 }, 4_321))).not.toBe(alone);
    }
  });

  it('has an identity of its own, far beyond four billion, too', () => {
    const far = numbers(200).map((number) => number + 5e12);
    for (const ids of [
      users.map(({ user_id }) => user_id),
      sessions.map(({ session_id }) => session_id),
      songs.map(({ track_id }) => track_id),
      songs.map(({ song_id }) => song_id),
      [...numbers(200), ...far].map((number) => sessionAt(shop, number).session_id),
    ])
      expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('users', () => {
  it('have the shape of the API', () => {
    expect(Object.keys(users[0] ?? {})).toEqual([
      ...['user_id', 'user_name', 'user_lastname', 'user_location', 'user_since'],
    ]);
    for (const [number, { user_id, user_since }] of users.entries()) {
      expect(user_id).toMatch(uuid);
      expect(user_since).toMatch(micros);
      expect(new Date(userTimeAt(shop, number)).toISOString().slice(0, 23)).toBe(user_since.slice(0, 23));
    }
    expect(users.slice(4).every(({ user_location }) => user_location?.length === 5)).toBe(true);
  });

  it('include one without a location, and two whose location lacks an element', () => {
    expect(users[1]?.user_location).toBeNull();
    expect(users[2]?.user_location?.[2]).toBeNull();
    expect(users[3]?.user_location).toHaveLength(4);
  });

  it('move or change their name from edition to edition, and nothing else', () => {
    const later = users.map((_, number) => userAt(shop, number, 2));
    const changed = later.filter((user, number) => JSON.stringify(user) !== JSON.stringify(users[number]));
    expect(changed.length / users.length).toBeGreaterThan(0.15);
    expect(changed.length / users.length).toBeLessThan(0.21);
    for (const [number, { user_id, user_name, user_since }] of later.entries())
      expect(users[number]).toMatchObject({ user_id, user_name, user_since });
  });
});

describe('sessions', () => {
  it('have the shape of the API', () => {
    expect(Object.keys(sessions[0] ?? {})).toEqual([
      ...['user_id', 'session_id', 'session_items', 'user_agent', 'session_start_time'],
    ]);
    expect(Object.keys(items[0] ?? {})).toEqual([
      ...['song_id', 'song_name', 'artist_id', 'artist_name', 'price', 'currency', 'liked', 'liked_since'],
    ]);
    for (const [number, { session_id, session_start_time }] of sessions.entries()) {
      expect(session_id).toMatch(uuid);
      expect(session_start_time).toMatch(micros);
      const time = new Date(sessionTimeAt(shop, number)).toISOString();
      expect(time.slice(0, 23)).toBe(session_start_time.slice(0, 23));
    }
  });

  it('span 2020 to 2024, with one session of five items in January 2020 and an empty month', () => {
    const months = new Set(sessions.map(({ session_start_time }) => monthOf(session_start_time)));
    expect([...months].sort().at(-1)).toBe('2024-12');
    expect(months.size).toBe(59);
    expect(months.has(emptyMonth)).toBe(false);
    expect(users.some(({ user_since }) => monthOf(user_since) === emptyMonth)).toBe(false);
    const january = sessions.filter(({ session_start_time }) => session_start_time < '2020-02');
    expect(january.map(({ session_items }) => session_items.length)).toEqual([5]);
  });

  it('are of users whose account is younger, often, and of users who exist', () => {
    const since = new Map(users.map(({ user_id, user_since }) => [user_id, user_since]));
    const younger = shareOf(
      sessions,
      ({ user_id, session_start_time }) => (since.get(user_id) ?? '') > session_start_time,
    );
    expect(sessions.filter(({ user_id }) => !since.has(user_id))).toEqual([]);
    expect(younger).toBeGreaterThan(0.3);
    expect(younger).toBeLessThan(0.7);
  });

  it('cost 0.33 to 1.85 dollars an item, in cents', () => {
    const prices = items.map(({ price }) => price);
    expect([Math.min(...prices), Math.max(...prices)]).toEqual([0.33, 1.85]);
    expect(prices.filter((price) => !/^\d(\.\d{1,2})?$/.test(String(price)))).toEqual([]);
    expect(new Set(items.map(({ currency }) => currency))).toEqual(new Set(['USD']));
  });

  it('say since when a song is liked, maybe years later, and nothing of songs that are not', () => {
    expect(items.filter(({ liked, liked_since }) => liked !== (liked_since !== null))).toEqual([]);
    const delays = sessions.flatMap(({ session_start_time, session_items }) =>
      session_items.flatMap(({ liked_since }) =>
        liked_since ? [Date.parse(`${liked_since}Z`) - Date.parse(`${session_start_time}Z`)] : [],
      ),
    );
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeGreaterThan(2 * 365 * 86_400_000);
    const quiet = sessions.filter(
      ({ session_start_time }) => monthOf(session_start_time) === monthWithoutLikes,
    );
    expect(quiet.length).toBeGreaterThan(50);
    expect(quiet.flatMap(({ session_items }) => session_items).filter(({ liked }) => liked)).toEqual([]);
  });

  it('hold a track id of the catalogue, with its names, in all but a few items', () => {
    const catalogue = new Map(songs.map((song) => [song.track_id, song]));
    const known = items.filter(({ song_id }) => catalogue.has(song_id));
    expect(known.length / items.length).toBeGreaterThan(0.99);
    expect(known.length).toBeLessThan(items.length);
    for (const { song_id, song_name, artist_id, artist_name } of known)
      expect(catalogue.get(song_id)).toMatchObject({ title: song_name, artist_id, artist_name });
  });

  it('never hold a song twice; few have no items', () => {
    for (const { session_items } of sessions)
      expect(new Set(session_items.map(({ song_id }) => song_id)).size).toBe(session_items.length);
    const without = shareOf(sessions, ({ session_items }) => session_items.length === 0);
    expect(without).toBeGreaterThan(0.0005);
    expect(without).toBeLessThan(0.005);
  });

  it('sell songs by the law of Zipf', () => {
    const sold = new Map<string, number>();
    for (const { song_id } of items) sold.set(song_id, (sold.get(song_id) ?? 0) + 1);
    const of = (number: number): number => sold.get(songs[number]?.track_id ?? '') ?? 0;
    expect(of(0) / of(9)).toBeGreaterThan(3.5);
    expect(of(0) / of(9)).toBeLessThan(8);
    expect(of(0)).toBeGreaterThan(60 * of(999));
  });
});

describe('songs', () => {
  it('have the 14 columns and ids of the catalogue', () => {
    for (const song of songs) {
      expect(Object.keys(song)).toEqual(Object.keys(songColumns));
      expect(song.track_id).toMatch(/^TR[A-Z]{5}[0-9A-F]{11}$/);
      expect(song.song_id).toMatch(/^SO[A-Z]{5}[0-9A-F]{11}$/);
      expect(song.artist_id).toMatch(/^AR[A-Z]{5}[0-9A-F]{11}$/);
    }
  });

  it('have years 0, codes -1, names with _ and beyond ASCII, NULL beside empty texts', () => {
    expect(shareOf(songs, ({ year }) => year === 0)).toBeCloseTo(0.45, 1);
    expect(songs.filter(({ year }) => year !== 0 && (year < 1950 || year > 2010))).toEqual([]);
    expect(shareOf(songs, ({ shs_perf }) => shs_perf === -1)).toBeCloseTo(0.98, 1);
    expect(shareOf(songs, ({ artist_name }) => artist_name.includes('_'))).toBeGreaterThan(0.05);
    expect(shareOf(songs, ({ title }) => /[^\x20-\x7e]/.test(title))).toBeGreaterThan(0.05);
    expect(songs.some(({ artist_mbid }) => artist_mbid === null)).toBe(true);
    expect(songs.some(({ artist_mbid }) => artist_mbid === '')).toBe(true);
  });

  it('are of fewer artists, of whom some have several names', () => {
    const names = new Map<string, Set<string>>();
    for (const { artist_id, artist_name } of songs)
      names.set(artist_id, (names.get(artist_id) ?? new Set()).add(artist_name));
    expect(names.size).toBeLessThan(3_334);
    expect([...names.values()].some((several) => several.size > 1)).toBe(true);
  });
});
