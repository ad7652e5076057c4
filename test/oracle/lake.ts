import { parse } from 'csv-parse/sync';
import { groupBy } from './groups.ts';

/** A file that was published: its name and its text; a later one of the same name replaces it whole. */
export type LandedFile = { readonly name: string; readonly text: string };

/** What was published so far, each list in landing order. */
export type Lake = { readonly streams: readonly LandedFile[]; readonly tracks: readonly LandedFile[] };

/** A track of the catalogue, or what stands for one that the catalogue does not know. */
export type Track = {
  readonly genre: string;
  readonly durationMs: number;
  readonly popularity: number;
  readonly name: string | null;
  readonly artists: string | null;
};

/** One listen together with its track. */
export type Listen = {
  readonly userId: string;
  readonly trackId: string;
  /** `YYYY-MM-DD`. */
  readonly day: string;
  /** `00` to `23`. */
  readonly hour: string;
  readonly track: Track;
};

type Row = Readonly<Record<string, string>>;

const unknownTrack: Track = { genre: 'unknown', durationMs: 0, popularity: 0, name: null, artists: null };

/** Every listen that counts: of the newest version of each file, each (user, track, time) once. */
export const listensIn = ({ streams, tracks }: Lake): Listen[] => {
  const catalogue = catalogueIn(tracks);
  const rows = newestVersions(streams).flatMap(rowsOf);
  const once = groupBy(rows, (row) => [row.user_id, row.track_id, row.listen_time].join('|'));
  return [...once.values()].flatMap(([row]) => (row ? [toListen(row, catalogue)] : []));
};

const newestVersions = (files: readonly LandedFile[]): LandedFile[] =>
  files.filter(({ name }, index) => !files.slice(index + 1).some((later) => later.name === name));

const rowsOf = ({ text }: LandedFile): Row[] => parse(text, { columns: true, bom: true });

const toListen = (row: Row, catalogue: ReadonlyMap<string, Track>): Listen => {
  const { user_id: userId = '', track_id: trackId = '', listen_time: time = '' } = row;
  const track = catalogue.get(trackId) ?? unknownTrack;
  return { userId, trackId, day: time.slice(0, 10), hour: time.slice(11, 13), track };
};

/** A track is what the catalogue that landed last says of it. */
const catalogueIn = (files: readonly LandedFile[]): Map<string, Track> =>
  new Map(
    newestVersions(files)
      .flatMap(rowsOf)
      .map((row) => [row.track_id ?? '', toTrack(row)]),
  );

const toTrack = (row: Row): Track => ({
  genre: row.track_genre || unknownTrack.genre,
  durationMs: Number(row.duration_ms),
  popularity: Number(row.popularity),
  name: row.track_name || null,
  artists: row.artists || null,
});
