import { execFile } from 'node:child_process';
import { readdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transactions } from '../banking-project.ts';
import { copyProject } from '../deploy/project.ts';
import { type Laptop, startLaptop } from './laptop.ts';
import { projectWith } from './project.ts';
import { queryWarehouse } from './warehouse.ts';

const file = `transaction_id;account;amount;currency;booked_at;note
T000001;DE01;12.50;EUR;2026-01-30 09:00:00;"rent; January"
T000002;DE02;-3.10;EUR;2026-01-31 23:59:59;
T000003;US01;99999.99;USD;2026-02-01 00:00:00;"a ""gift"""
`;

let root: string;
let shipped: string;
let laptop: Laptop;
beforeAll(async () => {
  root = await projectWith(transactions);
  shipped = await copyProject({});
  laptop = await startLaptop({ root });
});
afterAll(async () => {
  await laptop?.stop();
  for (const folder of [root, shipped]) await rm(folder, { recursive: true, force: true });
});

describe('a fourth dataset from another domain', { timeout: 240_000 }, () => {
  test('is nothing but files in rules/ and sql/', async () => {
    for (const name of await readdir(root)) {
      if (name === 'rules' || name === 'sql') continue;
      expect(await realpath(join(root, name))).toBe(await realpath(join(process.cwd(), name)));
    }
    for (const folder of ['rules', 'sql']) {
      const compared = ['-rq', join(shipped, folder), join(root, folder)];
      const { stdout } = await promisify(execFile)('diff', compared).catch((differs) => differs);
      const added = Object.keys(transactions).filter((path) => path.startsWith(`${folder}/`));
      expect(stdout).not.toContain('differ\n');
      expect(stdout.trim().split('\n')).toHaveLength(folder === 'rules' ? 1 : added.length);
    }
  });

  test('flows from landing to its gold table', async () => {
    await laptop.landManifest('transactions', root);
    const landed = await laptop.land('data/transactions/transactions_20260201.csv', file);
    const [record] = await laptop.atRest([landed], { mart: 'banking' });
    expect(record).toMatchObject({ state: 'published', rows: 3 });
    const columns = 'transaction_id, account, amount, currency, booked_on, note';
    expect(
      await queryWarehouse(`select ${columns} from gold.fact_transactions order by transaction_id`),
    ).toEqual([
      ['T000001', 'DE01', '12.50', 'EUR', '2026-01-30', 'rent; January'],
      ['T000002', 'DE02', '-3.10', 'EUR', '2026-01-31', 'true'],
      ['T000003', 'US01', '99999.99', 'USD', '2026-02-01', 'a "gift"'],
    ]);
    expect(await laptop.allKpis()).toEqual([]);
  });

  test('is gated by its rules and replaced by a corrected file', async () => {
    const key = 'data/transactions/transactions_20260202.csv';
    const again = file.replaceAll('T00000', 'T00001');
    const twice = await laptop.land(key, again.replace('T000012', 'T000011'));
    const [rejected] = await laptop.atRest([twice], { mart: 'banking' });
    expect(rejected).toMatchObject({ state: 'quarantined', reason: 'IsPrimaryKey "transaction_id"' });
    const corrected = await laptop.land(key, again);
    await laptop.atRest([corrected], { mart: 'banking' });
    expect(await queryWarehouse('select count(*), sum(amount) from gold.fact_transactions')).toEqual([
      ['6', '200018.78'],
    ]);
  });
});
