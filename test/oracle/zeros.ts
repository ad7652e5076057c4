import type { Measures } from './kpis.ts';

const nothingHeard = { listens: 0, unique_listeners: 0, listening_ms: 0 };

/**
 * What an item says once all of its listens have vanished: the explicit zero of a key of `kpisOf` that was published
 * and is computed no more. Undefined for the items of a day's version, of which nothing stays.
 */
export const zeroOf = (key: string): Measures | undefined => {
  if (key.startsWith('LISTENER#')) return noListens;
  if (key.startsWith('GENRE#'))
    return { ...nothingHeard, avg_listening_ms_per_listener: 0, popularity_index: 0 };
  return key.endsWith(' CURRENT') ? { ...nothingHeard, genres: 0, top_genres: [] } : undefined;
};

const noListens: Measures = {
  listens: 0,
  listening_ms: 0,
  avg_listening_ms: 0,
  active_days: 0,
  avg_listening_ms_per_day: 0,
  first_day: null,
  last_day: null,
};
