import { generateStreams } from './streams.ts';
import { generateTrackIds } from './tracks.ts';

type Mistake = (userId: string, trackId: string, listenTime: string) => string;

/** Typical mistakes of a source, by the line of the file. */
const mistakes: Readonly<Record<number, Mistake>> = {
  17: (userId, trackId, listenTime) => `${userId}.0,${trackId},${listenTime}`,
  43: (userId, trackId) => `${userId},${trackId},2024-02-30 08:15:00`,
  88: (userId, _trackId, listenTime) => `${userId},,${listenTime}`,
  131: (userId, trackId, listenTime) => `${userId},${trackId},${listenTime},mobile`,
};

/** Lines of `invalidStreams` with a mistake: a fraction as id, an impossible date, no track, one field too many. */
export const wrongLines: readonly number[] = Object.keys(mistakes).map(Number);

/** Generates a file of 150 listens, four of which have mistakes of different kinds. */
export const invalidStreams = (seed: number): string => {
  const trackIds = generateTrackIds({ count: 100, seed });
  const userIds = Array.from({ length: 1000 }, (_, index) => index + 1);
  const text = [...generateStreams({ rows: 150, days: 1, seed, trackIds, userIds })].join('');
  return text.split('\n').map(withMistake).join('\n');
};

const withMistake = (line: string, index: number): string => {
  const [userId = '', trackId = '', listenTime = ''] = line.split(',');
  return mistakes[index + 1]?.(userId, trackId, listenTime) ?? line;
};
