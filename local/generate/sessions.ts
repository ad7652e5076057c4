import type { Random } from './random.ts';
import { isoMicros, momentOf, monthWithoutLikes, recordOf, type Shop, shopSize, uuid, zipf } from './shop.ts';
import { soldSongAt } from './songs.ts';
import { userIdAt } from './users.ts';

/** An item of a session as the API answers it: `song_id` holds the catalogue's `track_id`. */
export type SessionItem = {
  readonly song_id: string;
  readonly song_name: string;
  readonly artist_id: string;
  readonly artist_name: string;
  readonly price: number;
  readonly currency: 'USD';
  readonly liked: boolean;
  readonly liked_since: string | null;
};

/** A session as the API answers it. */
export type Session = {
  readonly user_id: string;
  readonly session_id: string;
  readonly session_items: readonly SessionItem[];
  readonly user_agent: string;
  readonly session_start_time: string;
};

/** The only session of January 2020. */
const first = { time: Date.UTC(2020, 0, 17, 18, 5, 25), items: 5 };

/** Shares of all sessions or items. */
const shares = { liked: 0.35, unknownSong: 0.004, withoutItems: 0.002 };

/** Generates the session of a number. Accounts of users are often younger than their sessions, as in the real data. */
export const sessionAt = (shop: Shop, number: number): Session => {
  const random = recordOf(shop, 'session', number);
  const time = timeOf(random, number);
  const start = isoMicros(time, random);
  return {
    user_id: userIdAt(shop, number === 0 ? 0 : random.below(shop.users ?? shopSize.users)),
    session_id: uuid(random),
    session_items: itemsOf(shop, random, time, number === 0 ? first.items : countOf(random)),
    user_agent: userAgent(random),
    session_start_time: start,
  };
};

/** The moment at which a session started, in epoch milliseconds, without the rest. */
export const sessionTimeAt = (shop: Shop, number: number): number =>
  timeOf(recordOf(shop, 'session', number), number);

const timeOf = (random: Random, number: number): number => (number === 0 ? first.time : momentOf(random));

const countOf = (random: Random): number => (random.chance(shares.withoutItems) ? 0 : random.between(1, 8));

/** Each song at most once: a session's key is the session and the song. */
const itemsOf = (shop: Shop, random: Random, time: number, count: number): SessionItem[] => {
  const size = shop.songs ?? shopSize.songs;
  const songs = new Set<number>();
  while (songs.size < Math.min(count, size))
    songs.add(random.chance(shares.unknownSong) ? size + random.below(size) : zipf(random, size));
  return [...songs].map((song) => itemOf(shop, random, time, song));
};

const quiet = { from: Date.parse(monthWithoutLikes), to: Date.UTC(2020, 3, 1) };

/** A like may come years after the session. */
const likedWithinMs = 4 * 365 * 24 * 3_600_000;

const itemOf = (shop: Shop, random: Random, time: number, number: number): SessionItem => {
  const { track_id, title, artist_id, artist_name } = soldSongAt(shop, number);
  const price = random.between(33, 185) / 100;
  const liked = random.chance(shares.liked) && !(time >= quiet.from && time < quiet.to);
  return {
    ...{ song_id: track_id, song_name: title, artist_id, artist_name, price, currency: 'USD', liked },
    liked_since: liked ? isoMicros(time + random.below(likedWithinMs), random) : null,
  };
};

const systems = [
  ...[
    'Windows NT 11.0',
    'Windows NT 6.1; Win64; x64',
    'Macintosh; Intel Mac OS X 10_15_7',
    'X11; Linux x86_64',
  ],
  ...['iPhone; CPU iPhone OS 17_4 like Mac OS X', 'Linux; Android 14; Pixel 8'],
];

const userAgent = (random: Random): string =>
  `Mozilla/5.0 (${random.pick(systems)}) AppleWebKit/531.${random.below(9)} (KHTML, like Gecko) Chrome/${random.between(19, 120)}.0.${random.below(9_000)}.0 Safari/531.${random.below(9)}`;
