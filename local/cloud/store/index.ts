/**
 * A store of entries in SQLite in which damage is noticed: each page and each entry has a checksum that is verified whenever it
 * is read. It knows nothing of what the entries mean. Start with store.ts.
 */

export type { Cursor, Range } from './cursor.ts';
export { after } from './cursor.ts';
export { damageOfOpenStores, damageOfStores } from './damage-of-stores.ts';
export { DamagedStore } from './damaged-store.ts';
export type { Change, Store } from './entries.ts';
export { closeStoresIn } from './open-stores.ts';
export { openStore } from './store.ts';
