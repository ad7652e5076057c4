import type { Retention } from '../../retention/retention.ts';
import {
  type Change,
  type Item,
  indexChanges,
  type Positions,
  partNames,
  type Store,
  type StoredTable,
} from '../dynalite.ts';
import { locked } from '../locks.ts';
import { entriesBetween, entryOf, expiryOf, readEntry } from './entries.ts';
import type { Setting, Settings } from './settings.ts';

const minute = 60_000;
/** Items that expired longer ago stay, as in DynamoDB: such a time is more likely a mistake. */
const oldestSeconds = 5 * 365.25 * 24 * 60 * 60;
const itemsPerStep = 100;

/** Deletes expired items a minute after their time at the earliest; a table of any size costs only what has expired. */
export const itemRetention = (store: Store, settings: Settings): Retention => ({
  name: 'Items',
  every: minute,
  async *round(now) {
    for (const { table } of settings.all()) {
      yield* indexOlderItems(store, settings, table);
      yield* deleteExpired(store, settings, table, Math.floor(now / 1_000));
    }
  },
});

/** Gives an entry to each item that was there before the table had a setting. */
const indexOlderItems = async function* (
  store: Store,
  settings: Settings,
  table: string,
): AsyncGenerator<void> {
  const items = partNames.items(table);
  for (;;) {
    const setting = settings.of(table);
    if (setting?.indexedTo === undefined) return;
    const page = { gt: items + setting.indexedTo, lt: `${items}\xff`, limit: itemsPerStep };
    const found = await store.db.iterator(page).all();
    await store.db.batch(
      found.flatMap(([key, item]) => entryIn(setting, key.slice(items.length), item as Item)),
    );
    const last = found.at(-1)?.[0].slice(items.length);
    // The setting may have been changed meanwhile.
    if (settings.of(table) !== setting) return;
    const { indexedTo: _, ...complete } = setting;
    await settings.put(last === undefined ? complete : { ...setting, indexedTo: last });
    yield;
  }
};

const entryIn = ({ table, attribute }: Setting, key: string, item: Item): Change[] => {
  const seconds = expiryOf(item, attribute);
  return seconds === undefined ? [] : [{ type: 'put', key: entryOf(table, seconds, key), value: 0 }];
};

const deleteExpired = async function* (
  store: Store,
  settings: Settings,
  table: string,
  now: number,
): AsyncGenerator<void> {
  const range = entriesBetween(table, now - oldestSeconds, now);
  let from: { readonly gte: string } | { readonly gt: string } = { gte: range.gte };
  for (;;) {
    const setting = settings.of(table);
    if (!setting) return;
    const page: Positions = { ...from, lt: range.lt, limit: itemsPerStep };
    const entries = await store.db.iterator(page).all();
    const last: string | undefined = entries.at(-1)?.[0];
    if (last === undefined) return;
    const described = await tableNamed(store, table);
    for (const [entry] of entries) if (described) await deleteOne(store, setting, described, entry);
    from = { gt: last };
    yield;
  }
};

/** Deletes an item in one batch with its entries, if it still expires when the entry says; else only the entry. */
const deleteOne = (store: Store, { table, attribute }: Setting, described: StoredTable, entry: string) => {
  const { seconds, key } = readEntry(table, entry);
  return locked(store, new Map([[table, [key]]]), async () => {
    const item = (await store.db.get(partNames.items(table) + key)) as Item | undefined;
    const isExpired = expiryOf(item, attribute) === seconds;
    await store.db.batch([
      { type: 'del', key: entry },
      ...(isExpired ? [{ type: 'del', key: partNames.items(table) + key } as const] : []),
      ...(isExpired ? indexChanges(described, item, undefined) : []),
    ]);
  });
};

const tableNamed = (store: Store, name: string): Promise<StoredTable | undefined> =>
  new Promise((resolve) => {
    store.getTable(name, true, (error, table) => resolve(error ? undefined : table));
  });
