/**
 * Generated data, each record from a seed and its number: files of all datasets, the shop whose sources are in `local/sources/`,
 * and the sample that `npm start` lands. Start with `datasets.ts` and `sample.ts`.
 */

export { generateListeners } from './listeners.ts';
export { seededRandom } from './random.ts';
export { writeSample } from './sample.ts';
export { sessionAt, sessionTimeAt } from './sessions.ts';
export { type Shop, shopSize } from './shop.ts';
export { songAt, songColumns } from './songs.ts';
export { generateStreams, streamsHeader } from './streams.ts';
export { generateTrackIds, generateTracks, trackColumns } from './tracks.ts';
export { userAt, userTimeAt } from './users.ts';
