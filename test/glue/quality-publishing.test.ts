import { afterAll, beforeAll, expect, test } from 'vitest';
import type { QualitySpec } from '../../functions/pipeline/spec.ts';
import { describeInstalled } from '../spark/installed.ts';
import { anyRows, silver, stagePeople } from './people.ts';
import { openQualityLake, type QualityLake } from './quality-lake.ts';

const minutes = 60_000;

describeInstalled('publishing on Iceberg', (installation) => {
  let lake: QualityLake;
  beforeAll(async () => {
    if (installation) lake = await openQualityLake(installation);
  }, 5 * minutes);
  afterAll(() => lake?.close());

  /** Snapshots of a table in the order of its commits: what each did, and for which batch and fence. */
  const snapshots = async (dataset: string): Promise<unknown[][]> => {
    const rows = await lake.sql(
      `select operation, summary['batch-id'] as batch, summary['fence'] as fence from lake.silver.${dataset}.snapshots order by committed_at`,
    );
    return rows.map((row) => Object.values(row));
  };
  const branches = async (dataset: string): Promise<unknown[]> =>
    (await lake.sql(`select name from lake.silver.${dataset}.refs`)).map(({ name }) => name);

  test(
    'appends a first claim, then replaces a key and what hangs on it, and nothing else',
    async () => {
      const rows = async () => (await silver(lake, 'hanging')).map(([id, , file]) => [id, file]);
      const repair = 'a.csv#repair';
      await lake.validate(
        await stagePeople(lake, 'hanging', 1, {
          'a.csv': [[1, 'x']],
          [repair]: [[2, 'x']],
          [`${repair}#repair`]: [[3, 'x']],
          'a.csv2': [[4, 'x']],
          'a%csv#repair': [[5, 'x']],
        }),
      );
      expect(await snapshots('hanging')).toEqual([
        ['append', null, null],
        ['append', 'hanging-000001', '1'],
      ]);
      await lake.validate(await stagePeople(lake, 'hanging', 2, { [repair]: [[6, 'x']] }));
      expect(await rows()).toEqual([
        [1, 'a.csv'],
        [4, 'a.csv2'],
        [5, 'a%csv#repair'],
        [6, repair],
      ]);
      await lake.validate(
        await stagePeople(lake, 'hanging', 3, { 'a.csv': [], "it's\\new.csv": [[7, 'y']] }),
      );
      expect(await rows()).toEqual([
        [4, 'a.csv2'],
        [5, 'a%csv#repair'],
        [7, "it's\\new.csv"],
      ]);
      expect((await snapshots('hanging')).slice(2)).toEqual([
        ['overwrite', 'hanging-000002', '2'],
        ['append', 'hanging-000002', '2'],
        ['overwrite', 'hanging-000003', '3'],
        ['append', 'hanging-000003', '3'],
      ]);
      expect(await branches('hanging')).toEqual(['main']);
      const scan = `iceberg_scan('${lake.root}/lake/silver/hanging')`;
      for (const extension of installation?.extensions ?? []) await lake.query(`load '${extension}'`);
      expect(await lake.query(`select id, substr(landed_file, 13) as file from ${scan} order by id`)).toEqual(
        [
          { id: '4', file: 'a.csv2' },
          { id: '5', file: 'a%csv#repair' },
          { id: '7', file: "it's\\new.csv" },
        ],
      );
      const again = await stagePeople(lake, 'hanging', 4, { 'a%csv': [[8, 'y']], 'a.csv2': [[9, 'y']] });
      const files = again.files.map((file) => ({ ...file, reprocessed: true }));
      await lake.validate({ ...again, files });
      expect(await rows()).toEqual([
        [5, 'a%csv#repair'],
        [7, "it's\\new.csv"],
        [8, 'a%csv'],
        [9, 'a.csv2'],
      ]);
    },
    5 * minutes,
  );

  test(
    'leaves main as it is when no file passed, and keeps the old rows of a rejected correction',
    async () => {
      await lake.validate(await stagePeople(lake, 'kept', 1, { 'a.csv': [[1, 'x']] }));
      const { files } = await lake.validate(await stagePeople(lake, 'kept', 2, { 'a.csv': [[1, null]] }));
      expect(files.map(({ outcome, rows }) => [outcome, rows])).toEqual([['rejected', 0]]);
      expect(await silver(lake, 'kept')).toEqual([[1, 'x', 'a.csv', 'v1']]);
      expect(await snapshots('kept')).toHaveLength(2);
    },
    5 * minutes,
  );

  test(
    'lays a table out as its model says, and evolves it with the model',
    async () => {
      const laidOut = async (
        fence: number,
        kinds: Record<string, string>,
        select: string,
        partition = 'days(seen), bucket(4, id)',
      ) => {
        const spec = await stagePeople(lake, 'laid', fence, { [`${fence}.csv`]: [] }, { ruleset: anyRows });
        const lineage = spec.table.columns.slice(2);
        const columns = [...Object.entries(kinds).map(([name, type]) => ({ name, type })), ...lineage];
        const changed: QualitySpec = {
          ...spec,
          files: spec.files.map((file) => ({ ...file, staged: 4 })),
          table: { key: ['id'], order: ['seen', 'id'], partition, columns },
        };
        await lake.stage(
          changed,
          `select ${select}, 'data/people/${fence}.csv' as landed_file, 'v${fence}' as landed_version, timestamp '2024-06-25 12:00:00' as landed_at, 'b' as batch_id
          from (values (3, '2024-06-26 00:00:00'), (2, '2024-06-25 23:59:59.999999'), (2, '2024-06-25 10:00:00'), (4, null)) as days(n, seen)`,
        );
        return changed;
      };
      const kinds = { id: 'integer', seen: 'timestamp', when: 'decimal(10,2)' };
      const select =
        'cast(n as integer) as id, cast(seen as timestamp) as seen, cast(n as decimal(10,2)) as "when"';
      await lake.validate(await laidOut(1, kinds, select));
      const files = await lake.sql(
        'select partition, sort_order_id, record_count, file_path, readable_metrics.landed_file.upper_bound as last_key from lake.silver.laid.files order by partition.seen_day, partition.id_bucket',
      );
      expect(
        files.map(({ partition, record_count }) => [
          (partition as { seen_day: unknown }).seen_day,
          record_count,
        ]),
      ).toEqual([
        [null, 1],
        ['2024-06-25', 2],
        ['2024-06-26', 1],
      ]);
      expect(files.map(({ last_key, sort_order_id }) => [last_key, sort_order_id])).toEqual(
        Array(3).fill(['data/people/1.csv', 0]),
      );
      const inOrder = await lake.query(`select seen from read_parquet('${files[1]?.file_path}')`);
      expect(inOrder.map(({ seen }) => seen)).toEqual(['2024-06-25 10:00:00', '2024-06-25 23:59:59.999999']);
      const properties = await lake.sql('show tblproperties lake.silver.laid');
      expect(Object.fromEntries(properties.map(({ key, value }) => [key, value]))).toMatchObject({
        'format-version': '2',
        'write.distribution-mode': 'none',
        'write.metadata.metrics.column.landed_file': 'full',
        'write.parquet.compression-codec': 'zstd',
        'write.metadata.delete-after-commit.enabled': 'true',
        'write.metadata.previous-versions-max': '20',
      });
      await lake.sql(
        "alter table lake.silver.laid unset tblproperties ('write.metadata.previous-versions-max')",
      );

      const wider = { id: 'bigint', when: 'decimal(12,2)', seen: 'timestamp', ratio: 'double precision' };
      await lake.validate(await laidOut(2, wider, `${select}, 0.5::double as ratio`));
      await lake.validate(
        await laidOut(3, { id: 'integer', seen: 'timestamp' }, select.replace(/, cast\(n as decimal.*/, '')),
      );
      expect(
        await lake.sql(
          'select landed_version, sum(id) as ids, sum(`when`) as whens, max(ratio) as ratio from lake.silver.laid group by landed_version order by landed_version',
        ),
      ).toEqual([
        { landed_version: 'v1', ids: 11, whens: '11.00', ratio: null },
        { landed_version: 'v2', ids: 11, whens: '11.00', ratio: 0.5 },
        { landed_version: 'v3', ids: 11, whens: null, ratio: null },
      ]);
      const restored = await lake.sql('show tblproperties lake.silver.laid');
      expect(restored).toContainEqual({ key: 'write.metadata.previous-versions-max', value: '20' });
      const described = await lake.sql('describe table lake.silver.laid');
      expect(described.slice(0, 3).map(({ data_type }) => data_type)).toEqual([
        'bigint',
        'timestamp_ntz',
        'decimal(12,2)',
      ]);

      await expect(lake.validate(await laidOut(4, { ...wider, id: 'varchar(10)' }, select))).rejects.toThrow(
        'not published: lake.silver.laid.id is bigint, its model says string',
      );
      await expect(lake.validate(await laidOut(5, wider, select, 'months(seen)'))).rejects.toThrow(
        'not published: lake.silver.laid is partitioned by days(`seen`), bucket(4, `id`), its model by months(`seen`)',
      );
      await expect(lake.validate(await laidOut(6, wider, select, 'weeks(seen)'))).rejects.toThrow(
        'weeks(seen) is not a valid partition',
      );
    },
    5 * minutes,
  );

  test(
    'starts again from the new main where another batch, or a compaction, moved it',
    async () => {
      await lake.validate(await stagePeople(lake, 'moved', 1, { 'a.csv': [[1, 'x']], 'b.csv': [[2, 'x']] }));
      const other = await stagePeople(lake, 'moved', 2, { 'a.csv': [[1, 'y']] });
      await lake.validate(await stagePeople(lake, 'moved', 3, { 'b.csv': [[2, 'z']] }), {
        meddling: ['before-fast-forward', `run=${await lake.putSpec(other)}`],
      });
      expect(await silver(lake, 'moved')).toEqual([
        [1, 'y', 'a.csv', 'v2'],
        [2, 'z', 'b.csv', 'v3'],
      ]);
      const compaction =
        "call lake.system.rewrite_data_files(table => 'silver.moved', options => map('rewrite-all', 'true'))";
      await lake.validate(await stagePeople(lake, 'moved', 4, { 'a.csv': [[1, 'w']] }), {
        meddling: ['before-fast-forward', `sql=${compaction}`],
      });
      expect(await silver(lake, 'moved')).toEqual([
        [1, 'w', 'a.csv', 'v4'],
        [2, 'z', 'b.csv', 'v3'],
      ]);
      const history = await lake.sql(
        "select s.operation, s.summary['batch-id'] as batch from lake.silver.moved.history h join lake.silver.moved.snapshots s using (snapshot_id) where h.is_current_ancestor order by h.made_current_at",
      );
      expect(history.map(({ batch, operation }) => batch ?? operation)).toEqual([
        'moved-000001',
        'moved-000002',
        'moved-000003',
        'replace',
        'moved-000004',
      ]);
      expect(await branches('moved')).toEqual(['main']);
    },
    5 * minutes,
  );

  test(
    'rejects a batch that a newer one has overtaken, before it starts and while it publishes',
    async () => {
      const zombie = await stagePeople(lake, 'overtaken', 1, { 'a.csv': [[1, 'old']] });
      const newer = await stagePeople(lake, 'overtaken', 2, { 'a.csv': [[1, 'new']] });
      const late = 'not published: batch overtaken-000001 holds fence 1, but fence 2 has published already';
      const meddling = ['before-fast-forward', `run=${await lake.putSpec(newer)}`] as const;
      await expect(lake.validate(zombie, { meddling })).rejects.toThrow(late);
      await expect(lake.validate(zombie)).rejects.toThrow(late);
      expect(await silver(lake, 'overtaken')).toEqual([[1, 'new', 'a.csv', 'v2']]);
      expect(await lake.readJson('runs/overtaken-000001/quality.result.json')).toBeUndefined();
      expect(await branches('overtaken')).toEqual(['main']);
    },
    5 * minutes,
  );

  test(
    'publishes once when another run of the batch is faster, or the answer of a commit is lost',
    async () => {
      const spec = await stagePeople(lake, 'once', 1, { 'a.csv': [[1, 'x']] });
      const result = await lake.validate(spec, {
        meddling: ['before-fast-forward', `run=${await lake.putSpec(spec)}`],
      });
      expect(result.run).toBe('q1');
      const lost = await lake.validate(await stagePeople(lake, 'once', 2, { 'b.csv': [[2, 'x']] }), {
        meddling: ['after-fast-forward', 'lose='],
      });
      expect(lost.files[0]?.outcome).toBe('published');
      expect(await silver(lake, 'once')).toEqual([
        [1, 'x', 'a.csv', 'v1'],
        [2, 'x', 'b.csv', 'v2'],
      ]);
      expect(await branches('once')).toEqual(['main']);
    },
    5 * minutes,
  );

  test(
    'shows nothing of rows that do not add up on the branch',
    async () => {
      const spec = await stagePeople(lake, 'doubled', 1, { 'a.csv': [[1, 'x']] });
      const insert = `insert into lake.silver.doubled.\`branch_batch_${spec.batch}_q1\` select * from lake.silver.doubled.\`branch_batch_${spec.batch}_q1\``;
      await expect(lake.validate(spec, { meddling: ['before-counting', `sql=${insert}`] })).rejects.toThrow(
        'not published: data/people/a.csv: 2 rows in the silver table, 1 expected',
      );
      expect(await silver(lake, 'doubled')).toEqual([]);
      expect(await branches('doubled')).toEqual([]);
    },
    5 * minutes,
  );
});
