import { randomAt, seededRandom } from './random.ts';
import { zipf } from './shop.ts';
import { trackIdAt } from './tracks.ts';

/** The header of the `streams` dataset. */
export const streamsHeader = 'user_id,track_id,listen_time\n';

type StreamsOptions = {
  readonly rows: number;
  /** Number of days over which listens are spread. */
  readonly days: number;
  /** The first of them, `YYYY-MM-DD`. */
  readonly firstDay?: string;
  readonly seed: number;
  readonly trackIds: readonly string[];
  readonly userIds: readonly number[];
};

const rowsPerBlock = 2_000;

/**
 * Generates a file of listens as text in blocks of whole lines, header first, so that ten million rows need no more memory than
 * ten.
 */
export function* generateStreams(options: StreamsOptions): Generator<string> {
  const { rows, days, firstDay = '2024-06-25', seed, trackIds, userIds } = options;
  const random = seededRandom(seed);
  const dates = consecutiveDates(firstDay, days);
  const times = timesOfDay();
  yield streamsHeader;
  for (let written = 0; written < rows; written += rowsPerBlock) {
    let block = '';
    for (let row = written; row < Math.min(rows, written + rowsPerBlock); row++)
      block += `${random.pick(userIds)},${random.pick(trackIds)},${random.pick(dates)} ${random.pick(times)}\n`;
    yield block;
  }
}

const consecutiveDates = (firstDay: string, days: number): string[] =>
  Array.from({ length: days }, (_, day) =>
    new Date(Date.parse(firstDay) + day * 86_400_000).toISOString().slice(0, 10),
  );

const timesOfDay = (): string[] => {
  const hours = twoDigits(24);
  const sixty = twoDigits(60);
  return hours.flatMap((hour) =>
    sixty.flatMap((minute) => sixty.map((second) => `${hour}:${minute}:${second}`)),
  );
};

const twoDigits = (count: number): string[] =>
  Array.from({ length: count }, (_, number) => String(number).padStart(2, '0'));

/** The record of a line, as an application puts it into the stream of listens. */
export const listenOf = (line: string): string => {
  const [user = '', track_id, listen_time] = line.trimEnd().split(',');
  return `${JSON.stringify({ user_id: Number(user), track_id, listen_time })}\n`;
};

/** Listeners and tracks of the real catalogue, and the days on which they listen. */
const world = { listeners: 50_000, tracks: 89_741, firstDay: Date.UTC(2024, 5, 1), days: 30 };

/** Gives a function that generates the line of one listen: of June 2024, a few tracks far more often than the others. */
export const streamsOf = (seed: number): ((number: number) => string) => {
  const trackIds = new Map<number, string>();
  const trackId = (number: number): string => {
    const id = trackIds.get(number) ?? trackIdAt(seed, number);
    trackIds.set(number, id);
    return id;
  };
  return (number) => {
    const random = randomAt(seed, 'stream', number);
    const seconds = random.below(world.days * 86_400);
    const time = new Date(world.firstDay + seconds * 1_000).toISOString();
    const user = 1 + random.below(world.listeners);
    return `${user},${trackId(zipf(random, world.tracks))},${time.slice(0, 10)} ${time.slice(11, 19)}\n`;
  };
};
