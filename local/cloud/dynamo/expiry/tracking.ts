import { type Change, type Item, type Part, partNames, type Store } from '../dynalite.ts';
import { entryOf, expiryOf } from './entries.ts';
import type { Settings } from './settings.ts';

/** The entries that change with an item. */
export const entryChanges = (
  settings: Settings,
  table: string,
  key: string,
  before: Item | undefined,
  after: Item | undefined,
): Change[] => {
  const setting = settings.of(table);
  if (!setting) return [];
  const [old, now] = [expiryOf(before, setting.attribute), expiryOf(after, setting.attribute)];
  if (old === now) return [];
  return [
    ...(old === undefined ? [] : [{ type: 'del', key: entryOf(table, old, key) } as const]),
    ...(now === undefined ? [] : [{ type: 'put', key: entryOf(table, now, key), value: 0 } as const]),
  ];
};

/** Makes a store write the entry of an item in one batch with the item. */
export const trackExpiry = (store: Store, settings: Settings): void => {
  const { getItemDb, deleteItemDb } = store;

  const written = (part: Part, table: string, key: string, after: Item | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      part.get(key, (error, before) => {
        if (error) return reject(error);
        const item = partNames.items(table) + key;
        const change: Change =
          after === undefined ? { type: 'del', key: item } : { type: 'put', key: item, value: after };
        store.db.batch([change, ...entryChanges(settings, table, key, before, after)]).then(resolve, reject);
      });
    });

  store.getItemDb = (table) => {
    const part = getItemDb(table);
    if (!settings.of(table)) return part;
    return Object.assign(Object.create(part) as Part, {
      put: (key, item, done) => void written(part, table, key, item).then(() => done(null), done),
      del: (key, done) => void written(part, table, key, undefined).then(() => done(null), done),
    } satisfies Partial<Part>);
  };
  store.deleteItemDb = (table, done) => {
    settings.remove(table).then(() => deleteItemDb(table, done), done);
  };
};
