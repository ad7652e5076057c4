import type { FileReader, Kpis } from '../../../../functions/pipeline/ports.ts';
import { openUnloaded } from '../../../../functions/pipeline/queries/unloaded-rows.ts';
import {
  type Publication,
  type Published,
  publishKpis,
} from '../../../../functions/pipeline/steps/rebuild/publish-kpis.ts';
import { stringifyExactly } from '../../../../functions/values/exact-json.ts';
import type { KpiRows } from '../../../../functions/warehouse/kpis/items.ts';
import type { KpiShape } from '../../../../functions/warehouse/model.ts';
import type { RebuildSpec } from '../../../../functions/warehouse/rebuild-spec.ts';

const shape = (pk: string, sk: string, publish: KpiShape['publish']): KpiShape => ({
  pk,
  sk,
  publish,
  lists: [],
  omit: [],
});

/** A rebuild whose KPIs have items of all four kinds. */
export const spec: RebuildSpec = {
  rebuild: 'listening-00000001',
  mart: 'listening',
  seq: 1,
  batches: [],
  as_of: '2024-06-26T00:00:00.000Z',
  unload: 'kpis/',
  before: [],
  statements: [],
  kpis: [
    { model: 'days', shapes: [shape('DAY#{day}', 'CURRENT', 'pointer')], columns: [] },
    {
      model: 'genres',
      shapes: [
        shape('DAY#{day}#{version}', 'GENRE#{genre}', 'versioned'),
        shape('GENRE#{genre}', '{day}', 'series'),
      ],
      columns: [],
    },
    { model: 'listeners', shapes: [shape('LISTENER#{id}', '{seq}', 'latest')], columns: [] },
  ],
  shown: 0,
  unshown: [],
  applied: { models: {} },
};

export const now = '2024-06-26T00:00:00.000Z';
export const clock = { now: () => now, wait: async () => {} };

/** A lake with the unloaded rows of each model, in a file each. */
export const lakeOf = (rows: KpiRows): Pick<FileReader, 'list' | 'readPart'> => {
  const texts = new Map(
    [...rows].map(([model, all]) => [
      `${spec.unload}${model}/000.json`,
      all.map((row) => `${stringifyExactly(row)}\n`).join(''),
    ]),
  );
  return {
    list: async (prefix: string) => [...texts.keys()].filter((key) => key.startsWith(prefix)),
    readPart: async (key: string, start: number, most: number) => {
      const bytes = Buffer.from(texts.get(key) ?? '');
      return { bytes: bytes.subarray(start, start + most), size: bytes.length };
    },
  };
};

/** The start of a publication. */
export const beginning: Publication['from'] = { phase: 0, rows: 0, items: 0, is_sure: true };

/** Publishes rows of these KPIs without a stop, in parts of two rows. */
export const publishRows = async (
  kpis: Kpis,
  rows: KpiRows,
  publication: Partial<Publication['spec']>,
  before: Publication['before'] = [],
): Promise<Published> => {
  const whole = { ...spec, ...publication };
  const published = await publishKpis(
    { kpis, clock },
    {
      spec: whole,
      unloaded: await openUnloaded(
        lakeOf(rows),
        { ...spec, kpis: whole.kpis },
        { rows: 2, characters: 1_000 },
      ),
      before,
      from: beginning,
      reached: async () => true,
      isTimeUp: () => false,
    },
  );
  if (!published) throw new Error('it stopped');
  return published;
};
