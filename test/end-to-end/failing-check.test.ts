import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { martLease, rebuildId } from '../../functions/pipeline/records/lease.ts';
import { soundcheck } from '../cli/soundcheck-process.ts';
import type { StoredRebuild } from '../functions/records.ts';
import { type Laptop, startLaptop } from './laptop.ts';
import { smallStreams } from './listens.ts';
import { projectWith } from './project.ts';
import { differences, expected, readable } from './published-kpis.ts';
import { queryWarehouse } from './warehouse.ts';

const suspicious = '99999,0000000000000000000000,2024-06-25 12:00:00\n';
const check = `-- one row per listen of a listener that cannot be
{{ config(severity='error') }}

with listens as (
  select user_id, track_id
  from {{ ref('fact_listens') }}
  {{ where_affected('fact_listens', 'listen_date') }}
),

final as (
  select
    cast(user_id as varchar(1024)) as subject,
    cast('listened to ' || track_id as varchar(4096)) as detail
  from listens
  where user_id = 99999
)

select * from final
`;

let root: string;
let folder: string;
let laptop: Laptop;
beforeAll(async () => {
  root = await projectWith({ 'sql/checks/fact_listens_impossible.sql': check });
  folder = await mkdtemp(join(tmpdir(), 'failing-check-'));
  laptop = await startLaptop({ root });
});
afterAll(async () => {
  await laptop?.stop();
  await rm(root, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

const first = { name: 'streams1.csv', text: smallStreams(1) };
const second = { name: 'streams2.csv', text: smallStreams(2) };
const countOfGold = () => queryWarehouse('select count(*) from gold.fact_listens');

/** The mart's newest rebuild, once it has failed and given the mart free. */
const failedRebuild = (): Promise<StoredRebuild> =>
  vi.waitFor(
    async () => {
      const lease = await laptop.ledger.leases.find(martLease('listening'));
      expect(lease.holder).toBeUndefined();
      const rebuild = await laptop.ledger.rebuilds.find(rebuildId('listening', lease.fence));
      expect(rebuild?.state).toBe('failed');
      return rebuild as StoredRebuild;
    },
    { timeout: 30_000, interval: 200 },
  );

describe('a rebuild whose check fails', { timeout: 240_000 }, () => {
  test('leaves gold and KPIs as they were, says which rows, and succeeds once the data is corrected', async () => {
    await laptop.landManifest('streams');
    await laptop.atRest([await laptop.land('data/streams/streams1.csv', first.text)]);
    const [gold, kpis] = [await countOfGold(), await laptop.allKpis()];
    expect(differences(readable(kpis), expected({ streams: [first], tracks: [] }))).toEqual([]);

    const path = join(folder, 'streams2.csv');
    await writeFile(path, second.text + suspicious);
    const landed = await soundcheck(['land', path]);
    const failed = await failedRebuild();
    expect(landed.stdout).toContain(`listening: rebuild ${failed.id} failed at `);
    expect(landed.stdout).toContain('a check failed: fact_listens_impossible\n');
    expect(landed.stdout).toContain(
      'sql/checks/fact_listens_impossible.sql: 1 row\n    99999: listened to 000',
    );
    expect(landed.stdout).toContain(`report: kpis/${failed.id}/1/checks/`);
    expect(landed.stdout).toContain('fact_listens_known_tracks.sql: 1 row\n    2024-06-25: ');
    expect(landed.stderr).toContain('data/streams/streams2.csv  published\n');
    expect(landed.code).toBe(1);
    const [wrong] = await laptop.ledger.files.versionsOf('data/streams/streams2.csv');
    expect(failed.reason).toContain('fact_listens_impossible');
    const reports = await laptop.files.list(`kpis/${failed.id}/1/checks/`);
    const texts = await Promise.all(reports.map((key) => laptop.files.readText(key)));
    const rows = texts.join('').trim().split('\n');
    expect(rows.map((row) => JSON.parse(row))).toContainEqual({
      check_name: 'fact_listens_impossible',
      file: 'sql/checks/fact_listens_impossible.sql',
      found: 1,
      severity: 'error',
      subject: '99999',
      detail: 'listened to 0000000000000000000000',
    });
    expect(await countOfGold()).toEqual(gold);
    expect(await laptop.allKpis()).toEqual(kpis);
    expect(await laptop.ledger.rebuilds.pending('listening')).toHaveLength(1);

    const corrected = await laptop.land('data/streams/streams2.csv', second.text);
    const records = await laptop.atRest([...(wrong ? [wrong] : []), corrected]);
    expect(records.map(({ state }) => state)).toEqual(['superseded', 'published']);
    const wanted = expected({ streams: [first, second], tracks: [] });
    expect(differences(readable(await laptop.allKpis()), wanted)).toEqual([]);
    expect(await countOfGold()).not.toEqual(gold);
  });
});
