import { expect, test } from 'vitest';
import { leftOver, leftOverLines } from '../../../cli/query/left-over.ts';
import { simulatedCatalog } from '../../simulation/catalog.ts';

const marts = Object.values(simulatedCatalog.marts);
const tables = [
  'gold.fact_plays',
  'gold.dim_old',
  'gold.touched',
  'gold.fence',
  'silver.plays',
  'ledger.files',
];

test('a table of gold whose model was removed is named, and nothing else', () => {
  expect(leftOver(tables, marts)).toEqual(['gold.dim_old']);
  expect(leftOverLines(['gold.dim_old'])).toEqual([
    'gold.dim_old: no model of this name is deployed any more, so no rebuild changes it',
  ]);
});
