import type { RebuildSpec } from '../../functions/warehouse/index.ts';

/** A rebuild of the listeners alone, as `sql/kpis/kpi_listeners.sql` publishes them. */
export const spec: RebuildSpec = {
  rebuild: 'listening-00000001',
  mart: 'listening',
  seq: 1,
  batches: [],
  as_of: '2024-06-26T00:00:00.000Z',
  unload: 'kpis/bench/1/',
  before: [],
  statements: [],
  kpis: [
    {
      model: 'kpi_listeners',
      shapes: [{ pk: 'LISTENER#{user_id}', sk: '{seq}', publish: 'latest', lists: [], omit: ['user_id'] }],
      columns: [{ name: 'user_id', type: 'bigint' }],
    },
  ],
  shown: 0,
  unshown: [],
  applied: { models: {} },
};
