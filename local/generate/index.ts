/** Generated data: streams, tracks and listeners from a seed, and the sample that `npm start` lands. Start with `sample.ts`. */

export { generateListeners } from './listeners.ts';
export { seededRandom } from './random.ts';
export { writeSample } from './sample.ts';
export { generateStreams, streamsHeader } from './streams.ts';
export { generateTrackIds, generateTracks, trackColumns } from './tracks.ts';
