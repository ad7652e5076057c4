import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Kpis } from '../../../../../functions/pipeline/ports.ts';
import { openUnloaded } from '../../../../../functions/pipeline/queries/unloaded-rows.ts';
import {
  type Publication,
  publishKpis,
} from '../../../../../functions/pipeline/steps/rebuild/publish-kpis.ts';
import { ExactNumber } from '../../../../../functions/values/exact-number.ts';
import { groupColumn } from '../../../../../functions/warehouse/kpis/groups.ts';
import {
  type KpiItem,
  type KpiRow,
  type KpiRows,
  kpiVersion,
  type ShapedItem,
  shapeItems,
} from '../../../../../functions/warehouse/kpis/items.ts';
import { kpiProblem } from '../../../../../functions/warehouse/kpis/limits.ts';
import type { RebuildSpec } from '../../../../../functions/warehouse/rebuild-spec.ts';
import { memoryKpis } from '../../../../simulation/tables.ts';
import { spec as allKinds, beginning, clock, lakeOf } from '../../../warehouse/kpis/all-kinds.ts';

/** KPIs of all kinds; genres have two lists, and one of these has rows of genres that are not there. */
const spec: RebuildSpec = {
  ...allKinds,
  kpis: [
    ...allKinds.kpis.map((kpi) => ({
      ...kpi,
      shapes: kpi.shapes.map((shape) =>
        kpi.model === 'genres' ? { ...shape, lists: [tops('songs')] } : shape,
      ),
    })),
    { model: 'songs', shapes: [], columns: [] },
  ],
};

function tops(from: string) {
  return { from, as: `top_${from}`, by: ['day', 'genre'], order: 'rank' };
}

const day = fc.constantFrom('2024-06-25', '2024-06-26', '2024-06-27');
const genre = fc.constantFrom('pop', 'jazz', 'rock', 'g'.repeat(1_020), '');
const listens = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 9 }) },
  { weight: 1, arbitrary: fc.constant(new ExactNumber('1'.repeat(39))) },
);
const some = <Row>(row: fc.Arbitrary<Row>) => fc.array(row, { maxLength: 12 });
const given = fc.record({
  days: some(fc.record({ day, listens })),
  genres: some(fc.record({ day, genre, listens })),
  songs: some(fc.record({ day, genre, rank: fc.integer({ min: 1, max: 9 }), title: fc.string() })),
  listeners: some(fc.record({ id: fc.integer({ min: 1, max: 12 }), listens })),
});

/** As the warehouse unloads them: genres and their songs in the order of their groups. */
const unload = (all: Readonly<Record<string, readonly KpiRow[]>>): KpiRows =>
  new Map(
    Object.entries(all).map(([model, rows]) => {
      if (model !== 'genres' && model !== 'songs') return [model, rows];
      const grouped = rows.map((row) => ({ ...row, [groupColumn]: `${row.day} ${row.genre}` }));
      return [model, grouped.sort((a, b) => (a[groupColumn] < b[groupColumn] ? -1 : 1))];
    }),
  );

/** What the table holds in the end, computed with all rows at once. */
const expected = (rows: KpiRows) => {
  const shaped = spec.kpis.flatMap(({ model, shapes }) =>
    shapes.flatMap((shape) => shapeItems(rows, model, shape, spec)),
  );
  const id = ({ pk, sk }: Pick<KpiItem, 'pk' | 'sk'>): string => JSON.stringify([pk, sk]);
  const claims = (one: ShapedItem) => shaped.filter(({ item }) => id(item) === id(one.item)).length;
  const bad = new Set(shaped.filter((one) => claims(one) > 1 || kpiProblem(one.item)));
  const version = (pk: string): string => `${pk}#${kpiVersion(spec.seq)}`;
  const stuck = [...bad]
    .filter(({ shape }) => shape.publish === 'pointer')
    .map(({ item }) => version(item.pk));
  const isKept = (one: ShapedItem): boolean => !bad.has(one) && !stuck.includes(one.item.pk);
  const kept = shaped.filter(isKept);
  const items = kept.flatMap(({ shape, item }): KpiItem[] => {
    const { seq, ...others } = item;
    if (shape.publish === 'versioned') return [others as KpiItem];
    if (shape.publish !== 'pointer') return [item];
    const left_out = [...bad].filter((one) => one.item.pk === version(item.pk)).length;
    const note = { pk: item.pk, sk: `VERSION#${kpiVersion(seq)}`, seq };
    return [note, left_out > 0 ? { ...item, left_out } : item];
  });
  return { items: new Map(items.map((item) => [id(item), item])), count: kept.length, left_out: bad.size };
};

const held = (all: readonly KpiItem[]) =>
  new Map(all.map((item) => [JSON.stringify([item.pk, item.sk]), item]));

/** Goes on until all is published, from what was confirmed before. */
const publishOnAndOn = async (kpis: Kpis, rows: KpiRows, isTimeUp: () => boolean) => {
  let from: Publication['from'] = beginning;
  for (let tries = 1; tries < 1_000; tries++) {
    const unloaded = await openUnloaded(lakeOf(rows), spec, { rows: 2, characters: 1_000 });
    const reached = async (done: Publication['from']): Promise<boolean> => {
      from = done;
      return true;
    };
    const publication = { spec, unloaded, before: [], from, reached, isTimeUp };
    const published = await publishKpis({ kpis, clock }, publication).catch(() => undefined);
    if (published) return { ...published, tries };
  }
  throw new Error('it does not end');
};

test('publishes the same in parts as all at once, however often it stops or is cut off', async () => {
  const moments = fc.infiniteStream(fc.integer({ min: 0, max: 9 }));
  let continued = 0;
  await fc.assert(
    fc.asyncProperty(given, moments, async (all, luck) => {
      const rows = unload(all);
      const { kpis, all: items } = memoryKpis();
      const next = (): number => luck.next().value ?? 9;
      const cutOff: Kpis = {
        ...kpis,
        put: async (some) => {
          const fate = next();
          if (fate === 0) throw new Error('cut off before');
          const isPut = await kpis.put(some);
          if (fate === 1) throw new Error('cut off after');
          return isPut;
        },
      };
      const published = await publishOnAndOn(cutOff, rows, () => next() === 2);
      const { items: wanted, count, left_out } = expected(rows);
      expect(held(items())).toEqual(wanted);
      expect(published.leftOut.total).toBe(left_out);
      expect(published.items).toBe(count);
      continued += published.tries - 1;
    }),
    { numRuns: 60 },
  );
  expect(continued).toBeGreaterThan(20);
});

test('does not send again what was confirmed', async () => {
  const rows = new Map([['listeners', Array.from({ length: 20 }, (_, id) => ({ id, listens: 1 }))]]);
  const { kpis } = memoryKpis();
  const sent: string[] = [];
  const counted: Kpis = {
    ...kpis,
    put: async (some) => {
      sent.push(...some.map(({ pk }) => pk));
      return kpis.put(some);
    },
  };
  let looks = 0;
  expect((await publishOnAndOn(counted, rows, () => ++looks % 4 === 0)).tries).toBeGreaterThan(2);
  expect(sent).toHaveLength(20);
});

test('stops without more writes when another process has taken over', async () => {
  const rows = new Map([['listeners', Array.from({ length: 20 }, (_, id) => ({ id, listens: 1 }))]]);
  const { kpis, all } = memoryKpis();
  const unloaded = await openUnloaded(lakeOf(rows), spec, { rows: 2, characters: 1_000 });
  const publication = { spec, unloaded, before: [], from: beginning, isTimeUp: () => false };
  expect(await publishKpis({ kpis, clock }, { ...publication, reached: async () => false })).toBeUndefined();
  expect(all().length).toBeLessThan(7);
});
