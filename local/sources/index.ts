/**
 * The shop's sources on a laptop: its REST API in a process of its own, with switches for everything that real APIs do wrong, and
 * its PostgreSQL. They know nothing of the pipeline. Start with `api/server.ts` and `database.ts`.
 */

export { startShopApi } from './api/start.ts';
export { startShopDatabase } from './database.ts';
