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
    { model: 'days', shapes: [shape('DAY#{day}', 'CURRENT', 'pointer')] },
    {
      model: 'genres',
      shapes: [
        shape('DAY#{day}#{version}', 'GENRE#{genre}', 'versioned'),
        shape('GENRE#{genre}', '{day}', 'series'),
      ],
    },
    { model: 'listeners', shapes: [shape('LISTENER#{id}', '{seq}', 'latest')] },
  ],
  shown: 0,
  unshown: [],
  applied: { models: {} },
};

export const now = '2024-06-26T00:00:00.000Z';
export const clock = { now: () => now, wait: async () => {} };
