import type { KpiItem } from '../../functions/warehouse/kpis/items.ts';
import { kpisOf, type Measures } from '../oracle/kpis.ts';
import type { Lake } from '../oracle/lake.ts';
import { zeroOf } from '../oracle/zeros.ts';

/**
 * What a reader finds in the KPI table by the documented keys, under the keys of `kpisOf`: of a day's versions the one
 * that its pointer names, of a listener's items the newest. Throws where an item is left over that no reader asks for
 * and that will not expire.
 */
export const readable = (items: readonly KpiItem[]): Map<string, Measures> => {
  const current = new Map(
    items.filter(({ sk }) => sk === 'CURRENT').map(({ pk, version }) => [pk, `${pk}#${version}`]),
  );
  const read = new Map<string, Measures>();
  for (const item of items) {
    const key = keyOf(item, current);
    if (key === undefined) continue;
    if (read.has(key)) throw new Error(`there are two items ${key}`);
    read.set(key, measuresOf(item));
  }
  return read;
};

const keyOf = (item: KpiItem, current: ReadonlyMap<string, string>): string | undefined => {
  const { pk, sk } = item;
  if (pk.startsWith('LISTENER#')) return pk;
  const [kind = '', name = '', version] = pk.split('#');
  if (kind === 'GENRE' || sk === 'CURRENT') return `${pk} ${sk}`;
  const pointed = current.get(`${kind}#${name}`);
  if (version !== undefined && pk === pointed) return `${kind}#${name} ${sk}`;
  if (`${kind}#${name}#${sk.replace('VERSION#', '')}` === pointed) return undefined;
  if (item.expires === undefined) throw new Error(`nothing points to ${pk} ${sk}, and it does not expire`);
  return undefined;
};

const measuresOf = (item: KpiItem): Measures => {
  const {
    pk: _pk,
    sk: _sk,
    version: _version,
    seq: _seq,
    as_of: _asOf,
    rebuild: _rebuild,
    ...measures
  } = item;
  return measures;
};

/** What a reader has to find: a full recompute, and an explicit zero for every key that was published and is gone. */
export const expected = (lake: Lake, before: Iterable<string> = []): Map<string, Measures> => {
  const kpis = kpisOf(lake);
  for (const key of before) {
    const zero = kpis.has(key) ? undefined : zeroOf(key);
    if (zero) kpis.set(key, zero);
  }
  return kpis;
};

type Kpis = ReadonlyMap<string, Measures>;

/** The keys on which two sets of KPIs differ, with both sides; the first ten. */
export const differences = (actual: Kpis, wanted: Kpis): string[] =>
  [...new Set([...wanted.keys(), ...actual.keys()])]
    .filter((key) => textOf(actual.get(key)) !== textOf(wanted.get(key)))
    .slice(0, 10)
    .map((key) => `${key}: is ${textOf(actual.get(key))}, should be ${textOf(wanted.get(key))}`);

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (isObject(part) ? sorted(part) : part)) ?? 'absent';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const sorted = (record: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)));
