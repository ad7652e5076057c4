import type { Random } from './random.ts';
import { hex, recordOf, type Shop, shopSize, uuid, zipf } from './shop.ts';
import { firstNames, lastNames, qualities, things } from './words.ts';

/** A row of `deftunes.songs`, its columns in order. */
export type Song = {
  readonly track_id: string;
  readonly title: string;
  readonly song_id: string;
  readonly release: string;
  readonly artist_id: string;
  readonly artist_mbid: string | null;
  readonly artist_name: string;
  readonly duration: number;
  readonly artist_familiarity: number | null;
  readonly artist_hotttnesss: number | null;
  /** 0 means unknown. */
  readonly year: number;
  readonly track_7digitalid: number;
  /** -1 means none. */
  readonly shs_perf: number;
  readonly shs_work: number;
};

/** Columns of `deftunes.songs` with their types in PostgreSQL, in order. */
export const songColumns: Readonly<Record<keyof Song, string>> = {
  track_id: 'varchar(18) primary key',
  title: 'text',
  song_id: 'varchar(18)',
  release: 'text',
  artist_id: 'varchar(18)',
  artist_mbid: 'text',
  artist_name: 'text',
  duration: 'double precision',
  artist_familiarity: 'double precision',
  artist_hotttnesss: 'double precision',
  year: 'integer',
  track_7digitalid: 'integer',
  shs_perf: 'integer',
  shs_work: 'integer',
};

/** What a session says about a song. */
export type SoldSong = Pick<Song, 'track_id' | 'title' | 'artist_id' | 'artist_name'>;

/** Generates the song of a number; songs beyond the catalogue's size exist, too, so that some sales find none. */
export const songAt = (shop: Shop, number: number): Song => {
  const random = recordOf(shop, 'song', number);
  const { song, artist } = soldBy(shop, number, random);
  return {
    track_id: song.track_id,
    title: song.title,
    song_id: idOf('SO', random, number),
    release: random.chance(0.2) ? song.title : title(random),
    artist_id: song.artist_id,
    artist_mbid: artist.mbid,
    artist_name: song.artist_name,
    duration: random.between(3_000_000, 60_000_000) / 100_000,
    artist_familiarity: artist.familiarity,
    artist_hotttnesss: artist.hotttnesss,
    year: random.chance(0.45) ? 0 : 2010 - Math.floor(random.fraction() ** 2 * 60),
    track_7digitalid: random.between(1_000, 9_999_999),
    shs_perf: random.chance(0.98) ? -1 : random.between(1, 120_000),
    shs_work: random.chance(0.98) ? 0 : random.between(1, 120_000),
  };
};

/** The part of `songAt` that a session needs; what is sold most is remembered, in bounded memory. */
export const soldSongAt = (shop: Shop, number: number): SoldSong => {
  const known = sold.get(shop) ?? new Map<number, SoldSong>();
  sold.set(shop, known);
  const song = known.get(number) ?? soldBy(shop, number, recordOf(shop, 'song', number)).song;
  if (known.size < songsRemembered) known.set(number, song);
  return song;
};

const sold = new WeakMap<Shop, Map<number, SoldSong>>();
const songsRemembered = 20_000;

const soldBy = (shop: Shop, number: number, random: Random): { song: SoldSong; artist: Artist } => {
  const artist = artistAt(shop, zipf(random, Math.max(1, Math.floor((shop.songs ?? shopSize.songs) / 3))));
  const track_id = idOf('TR', random, number);
  // One artist has several names, as in the real catalogue.
  const artist_name = random.chance(0.04) ? `${artist.name}_ ${personName(random)}` : artist.name;
  return { song: { track_id, title: title(random), artist_id: artist.id, artist_name }, artist };
};

type Artist = {
  readonly id: string;
  readonly name: string;
  readonly mbid: string | null;
  readonly familiarity: number | null;
  readonly hotttnesss: number | null;
};

const artistAt = (shop: Shop, number: number): Artist => {
  const random = recordOf(shop, 'artist', number);
  return {
    id: idOf('AR', random, number),
    name: artistName(random),
    mbid: random.chance(0.06) ? random.pick([null, '']) : uuid(random),
    familiarity: random.chance(0.01) ? null : random.below(100_000_000) / 1e8,
    hotttnesss: random.chance(0.05) ? 0 : random.below(10_000_000) / 1e7,
  };
};

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Two letters that say of what, five letters, and hexadecimal digits of which the last seven tell one number from every other. */
const idOf = (kind: string, random: Random, number: number): string => {
  const random5 = Array.from({ length: 5 }, () => letters.charAt(random.below(26))).join('');
  return `${kind}${random5}1${hex(0x280 + random.below(16), 3)}${hex(scrambled(number), 7)}`.toUpperCase();
};

/** A permutation of the numbers of 28 bits. */
const scrambled = (number: number): number => {
  const mask = 0xfff_ffff;
  let mixed = Math.imul(number ^ 0x5bd1e95, 0x9e3779b1) & mask;
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x85ebca6b) & mask;
  return mixed ^ (mixed >>> 13);
};

const personName = (random: Random): string => `${random.pick(firstNames)} ${random.pick(lastNames)}`;

/** In the catalogue, `_` stands for a comma and a slash. */
const artistName = (random: Random): string => {
  if (random.chance(0.06)) return `${personName(random)}_ ${personName(random)}`;
  if (random.chance(0.04)) return `${random.pick(things)}_${random.pick(things)}`;
  if (random.chance(0.5)) return `The ${random.pick(qualities)} ${random.pick(things)}`;
  return personName(random);
};

const title = (random: Random): string => {
  const name = random.chance(0.15)
    ? random.pick(foreignTitles)
    : `${random.pick(qualities)} ${random.pick(things)}`;
  if (random.chance(0.04)) return `"${name}" (From the Motion Picture)`;
  if (random.chance(0.06)) return `${name} (${random.pick(lastNames)} Version_ ${random.pick(things)})`;
  if (random.chance(0.05)) return `${name}_ Pt. ${random.between(1, 3)}`;
  return name;
};

const foreignTitles = [
  ...[
    'Världen É Din',
    'Corazón De Fuego',
    'Über Den Wolken',
    'Ça Va Aller',
    'Žluťoučký Kůň',
    'Ночь',
    '東京の夜',
  ],
  ...[
    'Saudade Não Tem Fim',
    'Ελληνικό Φως',
    'Gece Yağmuru',
    'Łódź Nocą',
    'Café D’été',
    'Smørrebrød & Jazz 🎷',
  ],
];
