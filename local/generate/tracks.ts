import { csvLine } from './csv-line.ts';
import { type Random, randomAt, seededRandom } from './random.ts';
import { firstNames, genres, lastNames, qualities, things } from './words.ts';

/** Columns of the `tracks` dataset, in the order of the source. */
export const trackColumns = [
  ...['id', 'track_id', 'artists', 'album_name', 'track_name', 'popularity', 'duration_ms', 'explicit'],
  ...['danceability', 'energy', 'key', 'loudness', 'mode', 'speechiness', 'acousticness', 'instrumentalness'],
  ...['liveness', 'valence', 'tempo', 'time_signature', 'track_genre'],
];

type TracksOptions = {
  readonly trackIds: readonly string[];
  readonly seed: number;
  /** Share (0 to 1) of the ids that are not in the catalogue. */
  readonly unknownShare: number;
};

/**
 * Generates a catalogue as CSV lines, header first. It has names with commas, quotes and several artists and, as the real
 * catalogue, one row without artist, album and name.
 */
export function* generateTracks({ trackIds, seed, unknownShare }: TracksOptions): Generator<string> {
  const random = seededRandom(seed);
  const known = trackIds.filter(() => !random.chance(unknownShare));
  const nameless = random.below(known.length);
  yield csvLine(trackColumns);
  for (const [index, trackId] of known.entries())
    yield csvLine(fieldsOf(random, index, trackId, index === nameless));
}

/** The number of the track without artist, album and name. */
const namelessTrack = 65_900;

/** Generates the line of one track; its id is `trackIdAt`. */
export const trackAt = (seed: number, number: number): string =>
  csvLine(
    fieldsOf(randomAt(seed, 'track', number), number, trackIdAt(seed, number), number === namelessTrack),
  );

const fieldsOf = (
  random: Random,
  index: number,
  trackId: string,
  isNameless: boolean,
): (string | number)[] => {
  const names = isNameless ? ['', '', ''] : trackNames(random);
  return [index, trackId, ...names, ...measures(random), random.pick(genres)];
};

const trackNames = (random: Random): string[] => {
  const name = title(random);
  return [artists(random), random.chance(0.3) ? name : title(random), name];
};

const artists = (random: Random): string => {
  const names = [artist(random)];
  while (random.chance(0.25) && names.length < 4) names.push(artist(random));
  return [...new Set(names)].join(';');
};

const artist = (random: Random): string => {
  if (random.chance(0.03))
    return `${random.pick(lastNames)}, ${random.pick(lastNames)} & ${random.pick(lastNames)}`;
  if (random.chance(0.02))
    return `${random.pick(firstNames)} "${random.pick(things)}" ${random.pick(lastNames)}`;
  if (random.chance(0.5)) return `The ${random.pick(qualities)} ${random.pick(things)}`;
  return `${random.pick(firstNames)} ${random.pick(lastNames)}`;
};

const title = (random: Random): string => {
  const name = `${random.pick(qualities)} ${random.pick(things)}`;
  if (random.chance(0.04)) return `"${name}" (From the Motion Picture)`;
  if (random.chance(0.08)) return `${name}, Pt. ${random.between(1, 3)}`;
  return name;
};

const measures = (random: Random): (string | number)[] => {
  const share = () => decimal(random.below(1001), 3);
  return [
    ...[random.between(0, 100), random.between(60_000, 420_000), random.chance(0.09) ? 'True' : 'False'],
    ...[share(), share(), random.between(0, 11), decimal(-random.between(500, 30_000), 3), random.below(2)],
    ...[share(), share(), share(), share(), share()],
    ...[decimal(random.between(60_000, 210_000), 3), random.between(3, 5)],
  ];
};

const decimal = (units: number, places: number): string => (units / 10 ** places).toFixed(places);

const trackIdLetters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'.split('');

/** Generates so many track ids of 22 letters and digits. */
export const generateTrackIds = ({ count, seed }: { count: number; seed: number }): string[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => lettersOf(random));
};

/** The id of the track of a number. */
export const trackIdAt = (seed: number, number: number): string =>
  lettersOf(randomAt(seed, 'track id', number));

const lettersOf = (random: Random): string =>
  Array.from({ length: 22 }, () => random.pick(trackIdLetters)).join('');
