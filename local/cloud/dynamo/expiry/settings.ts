import type { Store } from '../dynalite.ts';
import { allEntries } from './entries.ts';

/** Which attribute of a table's items says when they expire. */
export type Setting = {
  readonly table: string;
  readonly attribute: string;
  /** The last item, by its key, that has its entry from the time before the setting; undefined if all have theirs. */
  readonly indexedTo?: string;
};

export type Settings = Awaited<ReturnType<typeof openSettings>>;

const range = { gte: 'ttl-of~', lt: 'ttl-of~\xff' };
const keyOf = (table: string): string => `ttl-of~${table}`;

/** Opens the settings of all tables; they are few, and also kept in memory. */
export const openSettings = async ({ db }: Store) => {
  const stored = await db.iterator(range).all();
  const settings = new Map(stored.map(([, value]) => [(value as Setting).table, value as Setting]));
  return {
    of: (table: string): Setting | undefined => settings.get(table),
    all: (): Setting[] => [...settings.values()],

    async put(setting: Setting): Promise<void> {
      settings.set(setting.table, setting);
      await db.batch([{ type: 'put', key: keyOf(setting.table), value: setting }]);
    },

    /** Items of the table expire no more. */
    async remove(table: string): Promise<void> {
      if (!settings.delete(table)) return;
      await db.batch([{ type: 'del', key: keyOf(table) }]);
      await removeEntries(db, table);
    },
  };
};

const removeEntries = async (db: Store['db'], table: string): Promise<void> => {
  for (;;) {
    const entries = await db.iterator({ ...allEntries(table), limit: 500 }).all();
    if (entries.length === 0) return;
    await db.batch(entries.map(([key]) => ({ type: 'del', key })));
  }
};
