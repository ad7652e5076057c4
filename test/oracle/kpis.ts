import { halfUp } from './decimals.ts';
import { countDistinct, groupBy, largestGroups } from './groups.ts';
import { type Lake, type Listen, listensIn, type Track } from './lake.ts';

/** The measures of one KPI item, by attribute name: without its keys, its version, `seq`, `as_of` and `rebuild`. */
export type Measures = Readonly<Record<string, unknown>>;

/**
 * Computes every KPI of a lake from nothing, in plain code: the measures of each item under `"<pk> <sk>"`. The version
 * in the key of a day's items is left out (`DAY#2024-06-25 GENRE#rock`), and so is the sequence of a listener's
 * (`LISTENER#26213`). Averages and the index have 2 decimals, diversity 4, half up; ties go by id.
 */
export const kpisOf = (lake: Lake): Map<string, Measures> => {
  const listens = listensIn(lake);
  const days = [...groupBy(listens, ({ day }) => day)].flatMap(([day, ofDay]) => itemsOfDay(day, ofDay));
  const listeners = [...groupBy(listens, ({ userId }) => userId)].map(listenerItem);
  return new Map([...days, ...listeners]);
};

type Item = [key: string, measures: Measures];

const itemsOfDay = (day: string, listens: readonly Listen[]): Item[] => {
  const genres = groupBy(listens, ({ track }) => track.genre);
  const hours = groupBy(listens, ({ hour }) => hour);
  return [
    [`DAY#${day} CURRENT`, { ...totals(listens), genres: genres.size, top_genres: topGenres(genres) }],
    ...[...genres].flatMap(([genre, ofGenre]) => genreItems(day, genre, ofGenre)),
    ...[...hours].map(([hour, ofHour]): Item => [`DAY#${day} HOUR#${hour}`, hourMeasures(ofHour)]),
  ];
};

const totals = (listens: readonly Listen[]) => ({
  listens: listens.length,
  unique_listeners: countDistinct(listens, ({ userId }) => userId),
  listening_ms: sum(listens, ({ durationMs }) => durationMs),
});

const topGenres = (genres: ReadonlyMap<string, readonly Listen[]>) =>
  largestGroups(genres, 5).map(([genre, listens], index) => ({ rank: index + 1, genre, listens }));

const genreItems = (day: string, genre: string, listens: readonly Listen[]): Item[] => {
  const measures = genreMeasures(listens);
  return [
    [`DAY#${day} GENRE#${genre}`, { ...measures, top_songs: topSongs(listens) }],
    [`GENRE#${genre} ${day}`, measures],
  ];
};

const genreMeasures = (listens: readonly Listen[]): Measures => {
  const { listening_ms, unique_listeners, ...rest } = totals(listens);
  return {
    ...rest,
    unique_listeners,
    listening_ms,
    avg_listening_ms_per_listener: halfUp(listening_ms, unique_listeners, 2),
    popularity_index: halfUp(
      sum(listens, ({ popularity }) => popularity),
      100,
      2,
    ),
  };
};

const topSongs = (listens: readonly Listen[]) => {
  const tracks = new Map(listens.map(({ trackId, track }) => [trackId, track]));
  const songs = largestGroups(
    groupBy(listens, ({ trackId }) => trackId),
    3,
  );
  return songs.map(([trackId, count], index) => {
    const { name = null, artists = null } = tracks.get(trackId) ?? {};
    return { rank: index + 1, track_id: trackId, track_name: name, artists, listens: count };
  });
};

const hourMeasures = (listens: readonly Listen[]): Measures => {
  const tracks = countDistinct(listens, ({ trackId }) => trackId);
  const credited = listens.filter(({ track }) => track.artists !== null);
  const [topArtist] = largestGroups(
    groupBy(credited, ({ track }) => firstArtist(track)),
    1,
  );
  return {
    listens: listens.length,
    unique_listeners: countDistinct(listens, ({ userId }) => userId),
    distinct_tracks: tracks,
    track_diversity: halfUp(tracks, listens.length, 4),
    top_artist: topArtist?.[0] ?? null,
  };
};

const firstArtist = ({ artists }: Track): string => artists?.split(';')[0] ?? '';

const listenerItem = ([userId, listens]: [string, Listen[]]): Item => {
  const days = [...new Set(listens.map(({ day }) => day))].sort();
  const listeningMs = sum(listens, ({ durationMs }) => durationMs);
  return [
    `LISTENER#${userId}`,
    {
      listens: listens.length,
      listening_ms: listeningMs,
      avg_listening_ms: halfUp(listeningMs, listens.length, 2),
      active_days: days.length,
      avg_listening_ms_per_day: halfUp(listeningMs, days.length, 2),
      first_day: days.at(0),
      last_day: days.at(-1),
    },
  ];
};

const sum = (listens: readonly Listen[], measureOf: (track: Track) => number): number =>
  listens.reduce((total, { track }) => total + measureOf(track), 0);
