import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { martLease, rebuildId } from '../../functions/pipeline/records/lease.ts';
import { type Cloud, startCloud } from '../../local/cloud/cloud.ts';
import { banking } from '../banking-project.ts';
import { soundcheck } from '../cli/soundcheck-process.ts';
import { type Pipeline, pipelineAt } from './pipeline.ts';
import { projectWith } from './project.ts';

const path = 'sql/kpis/kpi_booking_days.sql';
const right = banking[path] ?? '';
/** Right for no row that has a note. */
const wrong = right.replace('sum(amount)', 'sum(cast(note as decimal(12, 2)))');

const bookings = `transaction_id;account;amount;currency;booked_at;note
T000001;DE01;12.50;EUR;2026-01-30 09:00:00;rent
T000002;DE02;12345.67;EUR;2026-01-30 23:59:59;
T000003;US01;99999.99;USD;2026-02-01 00:00:00;gift
`;

let root: string;
let state: string;
let cloud: Cloud;
let pipeline: Pipeline;
beforeAll(async () => {
  root = await projectWith({ ...banking, [path]: wrong });
  state = await mkdtemp(join(tmpdir(), 'retry-rebuild-'));
  cloud = await startCloud({ root, state });
  pipeline = pipelineAt(cloud.environment);
});
afterAll(async () => {
  await cloud?.stop();
  for (const folder of [root, state]) await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => soundcheck([...args, '--state', state]);
const newest = async () => {
  const { fence, holder } = await pipeline.ledger.leases.find(martLease('banking'));
  return { holder, rebuild: await pipeline.ledger.rebuilds.find(rebuildId('banking', fence)) };
};

describe('a rebuild that failed by its SQL', { timeout: 240_000 }, () => {
  test('waits for a person, and says how it is tried again', async () => {
    await pipeline.landManifest('transactions', root);
    await pipeline.land('data/transactions/transactions_20260201.csv', bookings);
    await vi.waitFor(
      async () =>
        expect(await newest()).toMatchObject({ holder: undefined, rebuild: { seq: 1, state: 'failed' } }),
      { timeout: 60_000, interval: 200 },
    );
    expect((await run('runs', '--open')).stdout).toMatch(
      /banking: rebuild banking-00000001 failed .*\n {2}sql\/kpis\/kpi_booking_days\.sql.*\n {2}next: .*npx soundcheck retry --mart banking --state \S+\n/,
    );
  });

  test('fails again as long as nothing is corrected, and says why', async () => {
    const { code, stdout, stderr } = await run('retry', '--mart', 'banking');
    expect(stdout).toContain('banking: rebuild banking-00000002 failed at ');
    expect(stdout).toContain('kpi_booking_days.sql');
    expect(stderr).toMatch(/^banking(?: waits for its rebuild|-00000002 runs)$/m);
    expect(code).toBe(1);
    expect(await pipeline.allKpis()).toEqual([]);
  });

  test('shows its KPIs once the SQL is corrected, with nothing landing', async () => {
    await writeFile(join(root, path), right);
    const { code, stdout } = await run('retry', '--mart', 'banking', '--json');
    const { marts } = JSON.parse(stdout);
    expect(marts).toMatchObject([
      {
        newest: { id: 'banking-00000003', state: 'published' },
        pending: [],
        kpis: { rebuild: 'banking-00000003', kpis: [{ kpi: 'kpi_booking_days', rows: 2 }] },
      },
    ]);
    expect(code).toBe(0);
    expect((await run('kpis', 'banking')).stdout).toBe(
      [
        'banking: KPIs, last written by rebuild banking-00000003',
        '  kpi_booking_days  pk=BOOKED#2026-02-01, sk=USD',
        '    bookings 1, amount 99,999.99',
        '  kpi_booking_days  pk=BOOKED#2026-01-30, sk=EUR',
        '    bookings 2, amount 12,358.17',
        '',
      ].join('\n'),
    );
    expect((await pipeline.allKpis()).map(({ pk, sk, amount }) => [pk, sk, amount])).toEqual([
      ['BOOKED#2026-01-30', 'EUR', 12358.17],
      ['BOOKED#2026-02-01', 'USD', 99999.99],
    ]);
  });
});
