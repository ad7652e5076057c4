import type { Item, Items } from '../../functions/adapters/dynamo-items.ts';
import type { Kpis } from '../../functions/pipeline/ports.ts';
import type { KpiItem } from '../../functions/warehouse/kpis/items.ts';

/** Conditional single-item writes in memory; `onWrite` sees each item before and after. */
export const memoryItems = (
  onWrite: (before: Item | undefined, after: Item | undefined) => void = () => {},
) => {
  const table = new Map<string, Item>();
  const id = ({ pk, sk }: { pk: string; sk: string }): string => `${pk}\u0000${sk}`;
  const set = (item: Item): void => {
    onWrite(table.get(id(item)), item);
    table.set(id(item), structuredClone(item));
  };
  const items: Items = {
    get: async (key) => structuredClone(table.get(id(key))),
    query: async (pk, range) =>
      structuredClone(
        [...table.values()].filter(
          (item) => item.pk === pk && (!range || (item.sk >= range.from && item.sk <= range.to)),
        ),
      ).sort((a, b) => (a.sk < b.sk ? -1 : 1)),
    getAll: async (keys) => structuredClone(keys.flatMap((key) => table.get(id(key)) ?? [])),
    putNew: async (item) => {
      if (table.has(id(item))) return false;
      set(item);
      return true;
    },
    put: async (item) => set(item),
    update: async (key, expected, patch) => {
      const item: Record<string, unknown> = { ...table.get(id(key)) };
      if (Object.entries(expected).some(([name, value]) => item[name] !== value)) return false;
      const merged = Object.entries({ ...item, ...patch, ...key }).filter(([, value]) => value !== undefined);
      set(Object.fromEntries(merged) as Item);
      return true;
    },
    remove: async (key) => {
      onWrite(table.get(id(key)), undefined);
      table.delete(id(key));
    },
  };
  return { items, all: (): Item[] => [...table.values()] };
};

type Key = { readonly pk: string; readonly sk: string };

/** The KPI table in memory; `onWrite` sees the items of a partition after each write there. */
export const memoryKpis = (onWrite: (pk: string, items: readonly KpiItem[]) => void = () => {}) => {
  const table = new Map<string, KpiItem>();
  const id = ({ pk, sk }: Key): string => `${pk}\u0000${sk}`;
  const tell = ({ pk }: Key): void =>
    onWrite(
      pk,
      [...table.values()].filter((item) => item.pk === pk),
    );
  const set = (item: KpiItem): void => {
    table.set(id(item), item);
    tell(item);
  };
  const remove = (key: Key): void => {
    table.delete(id(key));
    tell(key);
  };
  const kpis: Kpis = {
    get: async (pk, sk) => structuredClone(table.get(id({ pk, sk }))),
    query: async (pk) =>
      [...table.values()].filter((item) => item.pk === pk).sort((a, b) => (a.sk < b.sk ? -1 : 1)),
    put: async (items) => {
      for (const item of items) set(item);
      return true;
    },
    putIfNewer: async (item) => {
      const known = table.get(id(item));
      if (known !== undefined && !(Number(known.seq) < item.seq)) return false;
      set(item);
      return true;
    },
    remove: async (items) => {
      for (const item of items) remove(item);
      return true;
    },
    removeIfOlder: async (item) => {
      if (Number(table.get(id(item))?.seq ?? 0) < item.seq) remove(item);
    },
  };
  return { kpis, all: (): KpiItem[] => [...table.values()] };
};

/** The KPI table is busy, and takes the same write later. */
export class Throttled extends Error {}

/** The KPI table never takes that. */
export class Rejected extends Error {}

/** A KPI table that is throttled now and then, and rejects every write while it is told to. */
export const moodyKpis = (kpis: Kpis, isThrottled: () => boolean) => {
  let isRejecting = false;
  const write =
    <Given, Answer>(work: (given: Given) => Promise<Answer>) =>
    async (given: Given): Promise<Answer> => {
      if (isRejecting) throw new Rejected('the item is too large');
      if (isThrottled()) throw new Throttled('slow down');
      return work(given);
    };
  return {
    kpis: { ...kpis, put: write(kpis.put), putIfNewer: write(kpis.putIfNewer), remove: write(kpis.remove) },
    reject: (isNow: boolean) => {
      isRejecting = isNow;
    },
  };
};
