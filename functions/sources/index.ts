/**
 * Sources: where records are pulled from, and every decision of a pull: the schema of `source.json`, windows, what follows a page,
 * the records in a JSON body, the hash of a content. Pure: it opens no connection and reads no clock; adapters do. Start with
 * `source.ts`, then `paging.ts` and `json-records.ts`.
 */

export { parseSource } from './parse-source.ts';
export { Source } from './source.ts';
export type { Window } from './window.ts';
