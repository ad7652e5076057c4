import pLimit from 'p-limit';
import {
  type KpiItem,
  type KpiRows,
  kpiVersion,
  type LeftOut,
  possibleKeys,
  type RebuildSpec,
  type ShapedItem,
  type Stamp,
  separateItems,
  shapeItems,
  stillLeftOut,
} from '../../../warehouse/index.ts';
import type { Clock, Kpis } from '../../ports.ts';

/** Publishes a rebuild's KPI items so that a reader sees either a key's old version or all of the new one. */

type Ports = { kpis: Kpis; clock: Clock };
type Item = ShapedItem['item'];

/** How long a reader may still use an old version after the pointer has moved, in seconds. */
const grace = 86_400;

/** How many items were written, which can never be written, and which of the earlier left-out items still are. */
export type Published = {
  readonly items: number;
  /** No request of it can still arrive that would change a `latest` item. */
  readonly isSure: boolean;
  readonly leftOut: readonly LeftOut[];
  readonly before: readonly LeftOut[];
};

/**
 * Writes all items of a rebuild: versions are noted, then written, then pointed to; then series and latest. It may be repeated;
 * if it is late, newer sequences win. Items that the table would reject are left out, and no older value stays in their place;
 * only a day whose pointer is left out keeps its earlier version.
 */
export const publishKpis = async (
  ports: Ports,
  { kpis }: RebuildSpec,
  rows: KpiRows,
  stamp: Stamp,
  before: readonly LeftOut[] = [],
): Promise<Published> => {
  const shaped = kpis.flatMap(({ model, shapes }) =>
    shapes.flatMap((shape) => shapeItems(rows, model, shape, stamp)),
  );
  const { kept, rejected, leftOut } = separateItems(shaped);
  const pointers = itemsOf(kept, 'pointer');
  await ports.kpis.put(possibleKeys(pointers.map(noteOf)));
  await ports.kpis.put(itemsOf(kept, 'versioned').map(({ seq, ...item }) => item));
  await each(pointers, (pointer) => movePointer(ports, pointer));
  await each(itemsOf(kept, 'series'), (item) => ports.kpis.putIfNewer(item));
  const isPut = await publishLatest(ports, published(kept, 'latest'));
  const isRemoved = await removeOlder(ports, rejected);
  return { items: kept.length, isSure: isPut && isRemoved, leftOut, before: stillLeftOut(before, shaped) };
};

type Publish = ShapedItem['shape']['publish'];

const published = (shaped: readonly ShapedItem[], as: Publish): ShapedItem[] =>
  shaped.filter(({ shape }) => shape.publish === as);

const itemsOf = (shaped: readonly ShapedItem[], as: Publish): Item[] =>
  published(shaped, as).map(({ item }) => item);

const each = (items: readonly Item[], write: (item: Item) => Promise<unknown>): Promise<unknown> =>
  pLimit(16).map([...items], write);

/** Recorded before its items are written, so that an interrupted publication can be found. */
const noteOf = ({ pk, seq }: Item): KpiItem => ({ pk, sk: `VERSION#${kpiVersion(seq)}`, seq });

/** Items that the pointer no longer uses get their expiry only after it has moved. */
const movePointer = async ({ kpis, clock }: Ports, pointer: Item): Promise<void> => {
  await kpis.putIfNewer(pointer);
  const current = await kpis.get(pointer.pk, pointer.sk);
  const expires = Math.floor(Date.parse(clock.now()) / 1000) + grace;
  for (const note of await kpis.query(pointer.pk)) {
    if (!note.sk.startsWith('VERSION#') || note.expires !== undefined) continue;
    if (Number(note.seq) >= Number(current?.seq)) continue;
    const left = await kpis.query(`${pointer.pk}#${note.sk.slice('VERSION#'.length)}`);
    await kpis.put([...left, note].map((item) => ({ ...item, expires })));
  }
};

/** The new ones are put, most of them in place of those before, and confirmed; then those of older generations are deleted. */
const publishLatest = async ({ kpis }: Ports, items: readonly ShapedItem[]): Promise<boolean> => {
  const isPut = await kpis.put(items.map(({ item }) => item));
  const older = items.flatMap(({ before, item }) => (before && before.sk < item.sk ? [before] : []));
  return (await kpis.remove(older)) && isPut;
};

/** A left-out item has no value, so its earlier value is removed. */
const removeOlder = async ({ kpis }: Ports, rejected: readonly ShapedItem[]): Promise<boolean> => {
  await each(possibleKeys(itemsOf(rejected, 'series')), (item) => kpis.removeIfOlder(item));
  const before = published(rejected, 'latest').flatMap((one) => one.before ?? []);
  return kpis.remove(possibleKeys(before));
};
