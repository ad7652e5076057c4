import { rm } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { renderCatalog } from '../../deploy/render/render.ts';
import type { Catalog } from '../../functions/pipeline/catalog.ts';
import type { Mart } from '../../functions/warehouse/model.ts';
import { appliedBy, type RebuildRun, rebuildBatches } from '../../functions/warehouse/rebuild/rebuild.ts';
import { goldOf } from './histories.ts';
import { joinedBank, kpis, manyDimensions } from './joined-bank.ts';
import { openWarehouse, type Row, type SilverFile, type TestWarehouse } from './warehouse.ts';

const roots: string[] = [];
afterAll(() => Promise.all(roots.map((root) => rm(root, { recursive: true, force: true }))));

type Bank = { readonly catalog: Catalog; readonly mart: Mart };

const bankWith = async (
  names: readonly string[],
  added?: Readonly<Record<string, string>>,
): Promise<Bank> => {
  const root = await joinedBank(names, added);
  roots.push(root);
  const catalog = await renderCatalog(root, 'duckdb');
  const mart = catalog.marts.banking;
  if (!mart) throw new Error('no mart');
  return { catalog, mart };
};

/** Models whose changes take the fact whole. */
const wholeOf = ({ mart }: Bank): string[] => {
  const fact = mart.models.find((model) => model.kind === 'fact');
  return Object.keys(fact?.whole ?? {});
};

const small = (max: number) => fc.integer({ min: 1, max });
const contents = {
  accounts: fc.record({
    account_id: small(5),
    customer_id: small(3),
    branch: fc.constantFrom('A', 'B'),
    opening: small(4),
  }),
  customers: fc.record({ customer_id: small(3), title: fc.constantFrom('Ms', 'Mr', 'Dr') }),
  bookings: fc.record({
    booking_id: small(6),
    account_id: small(5),
    partner_id: small(5),
    booked_on: fc.constantFrom('2024-06-24', '2024-06-25', '2024-06-26'),
    amount: small(9),
  }),
};
type SilverStep = Pick<SilverFile, 'dataset' | 'file' | 'rows'>;
const landing = (dataset: keyof typeof contents, ...numbers: readonly number[]): fc.Arbitrary<SilverStep> =>
  fc.record({
    dataset: fc.constant(dataset),
    file: fc.constantFrom(...numbers.map((number) => `${dataset}${number}`)),
    rows: fc.array<Row>(contents[dataset], { minLength: 1, maxLength: 4 }),
  });
const rebuild = fc.constant('rebuild' as const);
const anything = fc.oneof(
  landing('accounts', 1, 2),
  landing('customers', 1, 2),
  landing('bookings', 1, 2),
  rebuild,
);

/** Members of dimensions change after a rebuild that has shown bookings. */
const histories = fc
  .tuple(
    fc.tuple(landing('accounts', 1), landing('customers', 1), landing('bookings', 1), rebuild),
    fc.array(anything, { maxLength: 4 }),
    fc.tuple(landing('accounts', 1, 2), landing('customers', 1, 2)),
  )
  .map((parts) => parts.flat());

/** What was unloaded last of each KPI and key. */
const keep = ({ mart }: Bank, kept: Map<string, Row>, rows: ReadonlyMap<string, readonly Row[]>): void => {
  for (const { name, key } of mart.models.filter(({ kind }) => kind === 'kpi'))
    for (const row of rows.get(name) ?? [])
      kept.set(`${name} ${key.map((column) => row[column]).join()}`, row);
};

/** Holds what is out against what one full rebuild of the same files gives; a key that is gone is not in that. */
const expectWhole = async (
  bank: Bank,
  warehouse: TestWarehouse,
  kept: ReadonlyMap<string, Row>,
  files: Iterable<SilverFile>,
): Promise<void> => {
  const fresh = await openWarehouse(bank.catalog);
  try {
    for (const file of files) await fresh.publish(file);
    const full = new Map<string, Row>();
    keep(bank, full, await fresh.rebuild(bank.mart));
    expect(await goldOf(warehouse, bank.mart)).toEqual(await goldOf(fresh, bank.mart));
    expect([...full.keys()].map((key) => kept.get(key))).toEqual([...full.values()]);
  } finally {
    await fresh.close();
  }
};

const live = async (bank: Bank, history: readonly (SilverStep | 'rebuild')[]): Promise<void> => {
  const warehouse = await openWarehouse(bank.catalog);
  const files = new Map<string, SilverFile>();
  const kept = new Map<string, Row>();
  let previous: Partial<RebuildRun> = {};
  try {
    for (const [number, step] of [...history, 'rebuild' as const].entries()) {
      if (step === 'rebuild') {
        keep(bank, kept, await warehouse.rebuild(bank.mart, previous));
        previous = { previous: appliedBy(bank.mart) };
      } else {
        const landedAt = `2024-07-01 00:00:${String(number).padStart(2, '0')}`;
        const file = { ...step, version: `v${number}`, landedAt };
        files.delete(file.file);
        files.set(file.file, file);
        await warehouse.publish(file);
      }
    }
    await expectWhole(bank, warehouse, kept, files.values());
  } finally {
    await warehouse.close();
  }
};

describe('an incremental rebuild gives what a full one gives where a KPI', () => {
  it.each<[string, keyof typeof kpis, string[]]>([
    ['joins a dimension by its natural key', 'branches', []],
    ['joins a dimension by its natural key and a range', 'periods', []],
    ['joins a dimension by a column that staging lacks', 'titles', []],
    ['joins a dimension that was summed up by something else', 'openings', ['dim_accounts']],
    ['joins a dimension by another column of the fact', 'partners', ['dim_accounts']],
    ['counts a dimension', 'shares', ['dim_accounts']],
    ['looks a value up in a dimension', 'known', ['dim_accounts']],
    ['joins a dimension whose rows it has compared', 'ranks', ['dim_accounts']],
    ['joins a view of a dimension', 'rich', ['dim_accounts']],
    ['joins staging', 'listed', ['stg_accounts']],
  ])(
    '%s',
    async (_, name, whole) => {
      const bank = await bankWith([name]);
      expect(wholeOf(bank)).toEqual(whole);
      await fc.assert(
        fc.asyncProperty(histories, (history) => live(bank, history)),
        { numRuns: Number(process.env.SOUNDCHECK_RUNS ?? 3) },
      );
    },
    120_000,
  );

  it('reads dimensions in all these ways, in a mart that takes several transactions', async () => {
    const bank = await bankWith(Object.keys(kpis), manyDimensions);
    const run = { rebuild: 'r1', seq: 1, batches: ['b1'], unload: 's3://lake/1/', target: 'duckdb' as const };
    const steps = rebuildBatches(bank.mart, run).map(({ step }) => step);
    expect(steps).toEqual(['gold', 'rebuild']);
    await fc.assert(
      fc.asyncProperty(histories, (history) => live(bank, history)),
      { numRuns: Number(process.env.SOUNDCHECK_RUNS ?? 3) },
    );
  }, 120_000);

  it('speaks of a customer who has a new account without bookings', async () => {
    const bank = await bankWith(['openings']);
    const warehouse = await openWarehouse(bank.catalog);
    const landed = { version: 'v1', landedAt: '2024-07-01 00:00:00' };
    const account = { account_id: 1, customer_id: 1, branch: 'A', opening: 1 };
    const booking = { booking_id: 1, account_id: 1, partner_id: 2, booked_on: '2024-06-24', amount: 1 };
    await warehouse.publish({ ...landed, dataset: 'accounts', file: 'a1', rows: [account] });
    await warehouse.publish({ ...landed, dataset: 'bookings', file: 'b1', rows: [booking] });
    await warehouse.rebuild(bank.mart);
    const another = { ...account, account_id: 9, opening: 3 };
    await warehouse.publish({ ...landed, dataset: 'accounts', file: 'a2', rows: [another] });
    const rows = (await warehouse.rebuild(bank.mart)).get('kpi_openings');
    expect(rows).toMatchObject([{ customer_id: 1, value: '4' }]);
    await warehouse.close();
  });
});
