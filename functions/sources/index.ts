/**
 * Sources: where records are pulled from, and every decision of a pull: the schema of `source.json`, windows, what follows a page,
 * the records in a JSON body, the hash of a content. Pure: it opens no connection and reads no clock; adapters do. Start with
 * `rest-schema.ts`, then `paging.ts` and `json-records.ts`.
 */

export { BrokenBody } from './broken-body.ts';
export { ContentHash } from './content-hash.ts';
export { doubtOfRows, doubtOfServer } from './guards.ts';
export { JsonRecords } from './json-records.ts';
export type { Outside } from './outside.ts';
export type { PageSaid } from './page-signals.ts';
export { Pages } from './paging.ts';
export { parseSource } from './parse-source.ts';
export { pathKeys } from './paths.ts';
export type { PostgresSource } from './postgres-schema.ts';
export { Prefix } from './prefix.ts';
export type { RestSource } from './rest-schema.ts';
export { isRetried, retryWait } from './retries.ts';
export { Source } from './source.ts';
export { SourceFailed } from './source-failed.ts';
export { withVariables } from './variables.ts';
export { addDays, dueWindows, monthOf, monthsFrom, type Window, widened } from './window.ts';
export { withMoment } from './with-moment.ts';
