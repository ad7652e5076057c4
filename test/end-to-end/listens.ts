import { generateStreams } from '../../local/generate/streams.ts';
import { generateTrackIds } from '../../local/generate/tracks.ts';

const trackIds = generateTrackIds({ count: 50, seed: 5 });
const userIds = Array.from({ length: 40 }, (_, index) => index + 1);

/** A small file of listens on 2024-06-25, other ones for each seed. */
export const smallStreams = (seed: number, rows = 30): string =>
  [...generateStreams({ rows, days: 1, seed, trackIds, userIds })].join('');

/** The rows of a file, without its header. */
export const rowsOf = (text: string): string[] => text.trimEnd().split('\n').slice(1);
