import pLimit from 'p-limit';
import { kpiVersion } from '../ledger.ts';
import type { Clock, KpiItem, Kpis } from '../ports.ts';
import type { RebuildSpec } from '../spec.ts';
import { type KpiRows, type ShapedItem, type Stamp, shapeItems } from './kpi-items.ts';

/** Publishes a rebuild's KPI items so that a reader sees a key's old version or the new one, whole. */

type Ports = { kpis: Kpis; clock: Clock };
type Item = ShapedItem['item'];

/** How long a reader may still follow a pointer that has moved on, in seconds. */
const grace = 86_400;

/**
 * Writes all items of a rebuild: versions are noted, then filled, then pointed to; series and latest follow. Doing it
 * again changes nothing; done late, it loses to every newer sequence.
 */
export const publishKpis = async (
  ports: Ports,
  { kpis }: RebuildSpec,
  rows: KpiRows,
  stamp: Stamp,
): Promise<number> => {
  const shaped = kpis.flatMap(({ model, shapes }) =>
    shapes.flatMap((shape) => shapeItems(rows, model, shape, stamp)),
  );
  const published = (as: ShapedItem['shape']['publish']): ShapedItem[] =>
    shaped.filter(({ shape }) => shape.publish === as);
  const of = (as: ShapedItem['shape']['publish']): Item[] => published(as).map(({ item }) => item);
  const pointers = of('pointer');
  await ports.kpis.put(pointers.map((pointer) => noteOf(pointer)));
  await ports.kpis.put(of('versioned').map(({ seq, ...item }) => item));
  await each(pointers, (pointer) => movePointer(ports, pointer));
  await each(of('series'), (item) => ports.kpis.putIfNewer(item));
  await publishLatest(ports, published('latest'));
  return shaped.length;
};

const each = (items: readonly Item[], write: (item: Item) => Promise<unknown>): Promise<unknown> =>
  pLimit(16).map([...items], write);

/** Known before its items are written, so that what a cut-off publication left is found. */
const noteOf = ({ pk, seq }: Item): KpiItem => ({ pk, sk: `VERSION#${kpiVersion(seq)}`, seq });

/** What the pointer left gets its expiry only once the pointer has moved. */
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

/** The new ones are put and confirmed, then those before them are deleted. */
const publishLatest = async ({ kpis }: Ports, items: readonly ShapedItem[]): Promise<void> => {
  await kpis.put(items.map(({ item }) => item));
  await kpis.remove(items.flatMap(({ before, item }) => (before && before.sk < item.sk ? [before] : [])));
};
