import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderCatalog } from '../../deploy/render/render.ts';
import type { TestWarehouse } from './warehouse.ts';
import { describeWarehouses } from './warehouses.ts';

describeWarehouses('dim_date', ({ target, open }) => {
  let warehouse: TestWarehouse;
  beforeAll(async () => {
    const catalog = await renderCatalog(process.cwd(), target);
    warehouse = await open(catalog);
    for (const mart of Object.values(catalog.marts)) await warehouse.rebuild(mart);
  });
  afterAll(() => warehouse?.close());

  it('has every day of fifty years once', async () => {
    const facts =
      'count(*) as days, count(distinct date_key) as keys, min(date_key) as first, max(date_key) as last';
    expect(await warehouse.query(`select ${facts} from gold.dim_date`)).toEqual([
      { days: '18263', keys: '18263', first: '2000-01-01', last: '2049-12-31' },
    ]);
  });

  it.each([
    [
      '2024-02-29',
      {
        day: 29,
        week: 9,
        month: 2,
        quarter: 1,
        year: 2024,
        day_of_week: 4,
        is_weekend: false,
        month_start: '2024-02-01',
      },
    ],
    [
      '2021-01-03',
      {
        day: 3,
        week: 53,
        month: 1,
        quarter: 1,
        year: 2021,
        day_of_week: 7,
        is_weekend: true,
        month_start: '2021-01-01',
      },
    ],
    [
      '2000-01-01',
      {
        day: 1,
        week: 52,
        month: 1,
        quarter: 1,
        year: 2000,
        day_of_week: 6,
        is_weekend: true,
        month_start: '2000-01-01',
      },
    ],
    [
      '2024-12-30',
      {
        day: 30,
        week: 1,
        month: 12,
        quarter: 4,
        year: 2024,
        day_of_week: 1,
        is_weekend: false,
        month_start: '2024-12-01',
      },
    ],
  ])('knows %s', async (day, facts) => {
    expect(await warehouse.query(`select * from gold.dim_date where date_key = '${day}'`)).toEqual([
      { date_key: day, ...facts },
    ]);
  });
});
