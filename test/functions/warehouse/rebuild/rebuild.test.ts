import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { renderCatalog } from '../../../../deploy/render/render.ts';
import type { Catalog } from '../../../../functions/pipeline/catalog.ts';
import type { Mart } from '../../../../functions/warehouse/model.ts';
import type { Applied } from '../../../../functions/warehouse/rebuild/plan.ts';
import {
  appliedBy,
  composeRebuild,
  rebuildBatches,
} from '../../../../functions/warehouse/rebuild/rebuild.ts';
import type { Row, TestWarehouse } from '../../../sql/warehouse.ts';
import { describeWarehouses, duckdb, type TestEngine } from '../../../sql/warehouses.ts';

let catalog: Catalog;
let mart: Mart;
let warehouse: TestWarehouse;

const renderFor = ({ target }: TestEngine): void => {
  beforeAll(async () => {
    catalog = await renderCatalog(process.cwd(), target);
    const listening = catalog.marts.listening;
    if (!listening) throw new Error('no mart');
    mart = listening;
  });
};

const run = { rebuild: 'r1', seq: 1, batches: ['b1'], unload: 's3://lake/1/', target: 'duckdb' as const };
const landTracks = (version: string, duration_ms: number) =>
  warehouse.publish({
    dataset: 'tracks',
    file: 'tracks.csv',
    version,
    landedAt: '2024-07-01 00:00:00',
    rows: [{ track_id: 'a', duration_ms, track_genre: 'rock' }],
  });
const landStreams = (version: string, ...rows: Row[]) =>
  warehouse.publish({
    dataset: 'streams',
    file: 'streams1.csv',
    version,
    landedAt: '2024-07-01 00:00:00',
    rows,
  });
const listen = { user_id: 1, track_id: 'a', listen_time: '2024-06-25 10:00:00' };
const durations = async () =>
  (await warehouse.query('select duration_ms from gold.fact_listens')).map((row) => row.duration_ms);
const withModel = (name: string, change: Partial<Mart['models'][number]>): Mart => ({
  ...mart,
  models: mart.models.map((model) =>
    model.name === name ? ({ ...model, ...change } as typeof model) : model,
  ),
});

describeWarehouses('a rebuild', (engine) => {
  renderFor(engine);
  afterEach(() => warehouse?.close());

  describe('whose check fails', () => {
    it('leaves the old gold, says which rows, and succeeds once the data is corrected', async () => {
      warehouse = await engine.open(catalog);
      await landTracks('v1', 1000);
      await landStreams('v1', listen);
      await warehouse.rebuild(mart);
      await landTracks('v2', -5);
      await expect(warehouse.rebuild(mart, { seq: 2 })).rejects.toThrow(
        engine.saysFailure('checks failed: dim_tracks_durations'),
      );
      expect(await durations()).toEqual(['1000']);
      expect(await warehouse.unloaded(2, 'checks')).toEqual([
        {
          check_name: 'dim_tracks_durations',
          file: 'sql/checks/dim_tracks_durations.sql',
          severity: 'error',
          subject: 'a',
          detail: 'duration_ms is -5',
          found: 1,
        },
      ]);
      await landTracks('v3', 7);
      await warehouse.rebuild(mart, { seq: 3 });
      expect(await durations()).toEqual(['7']);
      expect(
        await warehouse.query('select batch_id, seq from gold.applied_batches order by batch_id'),
      ).toEqual([
        { batch_id: 'b1', seq: '1' },
        { batch_id: 'b3', seq: '3' },
      ]);
    });

    it.each(['fact_listens_unique', 'fact_listens_conserved'])('is one that %s stopped', async (check) => {
      warehouse = await engine.open(catalog);
      await landStreams('v1', listen);
      const spoilt = withModel('fact_listens', { incremental_sql: spoiltFact(check) });
      await expect(warehouse.rebuild(spoilt)).rejects.toThrow(
        engine.saysFailure('checks failed: fact_listens'),
      );
      expect((await warehouse.unloaded(1, 'checks')).map((row) => row.check_name)).toContain(check);
    });

    it('only warns where silver changed in the middle, and fails where it still differs then', async () => {
      warehouse = await engine.open(catalog);
      await landStreams('v1', listen);
      const copied = `insert into silver.streams select user_id, 'another', listen_time, 'data/streams/streams9.csv', 'v9', landed_at, 'b9' from silver.streams`;
      const atChecks = (statement: string) => (/ failed_checks as\n/.test(statement) ? copied : undefined);
      await warehouse.rebuild(mart, { seq: 1 }, atChecks);
      const [first] = await warehouse.unloaded(1, 'checks');
      expect(first).toMatchObject({ check_name: 'fact_listens_conserved', severity: 'warn' });
      expect(await durations()).toHaveLength(1);
      const next = { seq: 2, warned: ['fact_listens_conserved'], previous: appliedBy(mart) };
      await warehouse.rebuild(mart, next);
      expect(await warehouse.unloaded(2, 'checks')).not.toContainEqual(
        expect.objectContaining({ check_name: 'fact_listens_conserved' }),
      );
      expect(await durations()).toHaveLength(2);
      const spoilt = withModel('fact_listens', {
        incremental_sql: spoiltFact('fact_listens_conserved'),
        hash: 'x',
      });
      await expect(warehouse.rebuild(spoilt, { ...next, seq: 3 })).rejects.toThrow(
        engine.saysFailure('checks failed'),
      );
    });

    it('only warns of many unknown tracks', async () => {
      warehouse = await engine.open(catalog);
      await landStreams('v1', listen);
      const rows = await warehouse.rebuild(mart);
      expect(rows.get('checks')).toMatchObject([
        { check_name: 'fact_listens_known_tracks', subject: '2024-06-25' },
      ]);
    });
  });

  describe('and what its checks warn of', () => {
    const warningsOf = async (seq: number, warned: string[]): Promise<unknown[]> => {
      const run = { seq, warned, previous: appliedBy(mart) };
      return ((await warehouse.rebuild(mart, run)).get('checks') ?? []).map(({ subject }) => subject);
    };
    const other = { ...listen, listen_time: '2024-06-26 10:00:00' };
    const landMore = (version: string, row: Row) =>
      warehouse.publish({
        dataset: 'streams',
        file: `streams${version}.csv`,
        version,
        landedAt: '2024-07-01 00:00:00',
        rows: [row],
      });

    it('is all that there is while there is something, and what the rebuild touched while there is not', async () => {
      warehouse = await engine.open(catalog);
      await landStreams('v1', listen);
      await warehouse.rebuild(mart);
      await landMore('2', other);
      expect(await warningsOf(2, ['fact_listens_known_tracks'])).toEqual(['2024-06-25', '2024-06-26']);
      await landMore('3', { ...other, user_id: 3 });
      expect(await warningsOf(3, [])).toEqual(['2024-06-26']);
      await landTracks('v1', 1000);
      expect(await warningsOf(4, ['fact_listens_known_tracks'])).toEqual([]);
    });

    it('has no value of a column that may be personal', async () => {
      warehouse = await engine.open(catalog);
      await landStreams('v1', listen);
      const rows = await warehouse.rebuild(withModel('fact_listens_known_tracks', { personal: ['detail'] }));
      expect(rows.get('checks')).toMatchObject([{ subject: '2024-06-25', detail: '***', found: 1 }]);
    });
  });

  describe('and the fence', () => {
    it('rejects a rebuild with the sequence of one that was there, and an older one', async () => {
      warehouse = await engine.open(catalog);
      await warehouse.rebuild(mart, { seq: 5 });
      const failure = engine.saysFailure('a newer rebuild holds the fence 5');
      await expect(warehouse.rebuild(mart, { seq: 5 })).rejects.toThrow(failure);
      await expect(warehouse.rebuild(mart, { seq: 4 })).rejects.toThrow(failure);
      await warehouse.rebuild(mart, { seq: 6 });
      expect(await warehouse.query('select mart, seq, rebuild from gold.fence')).toEqual([
        { mart: 'listening', seq: '6', rebuild: 'r6' },
      ]);
    });
  });

  it('unloads only what the files touched', async () => {
    warehouse = await engine.open(catalog);
    await landStreams('v1', listen);
    await warehouse.rebuild(mart);
    await warehouse.publish({
      dataset: 'streams',
      file: 'streams2.csv',
      version: 'v1',
      landedAt: '2024-07-02 00:00:00',
      rows: [{ ...listen, user_id: 2, listen_time: '2024-06-26 10:00:00' }],
    });
    const rows = await warehouse.rebuild(mart);
    expect(rows.get('kpi_days')?.map((row) => row.listen_date)).toEqual(['2024-06-26']);
    expect(rows.get('kpi_listeners')?.map((row) => row.user_id)).toEqual([2]);
    expect((await warehouse.rebuild(mart)).get('kpi_days')).toEqual([]);
  });

  it('unloads no listener whose listens of the day stay what they were', async () => {
    warehouse = await engine.open(catalog);
    await landStreams('v1', listen);
    await warehouse.rebuild(mart);
    const second = { ...listen, user_id: 2 };
    await landStreams('v2', listen, second);
    expect((await warehouse.rebuild(mart)).get('kpi_listeners')?.map(({ user_id }) => user_id)).toEqual([2]);
    await landTracks('v1', 1000);
    const again = (await warehouse.rebuild(mart)).get('kpi_listeners')?.map(({ user_id }) => user_id);
    expect(again?.toSorted()).toEqual([1, 2]);
    await landStreams('v3', listen);
    const left = (await warehouse.rebuild(mart)).get('kpi_listeners');
    expect(left).toMatchObject([{ user_id: 2, listens: 0 }]);
  });

  it('unloads a listener who has fewer of equal rows', async () => {
    const whole = (sql: string) =>
      `select user_id, track_id, track_genre, landed_file, popularity, duration_ms, date_trunc('hour', listen_time) as listen_time, listen_date from (${sql}) as model`;
    const { sql, incremental_sql } = mart.models.find(({ kind }) => kind === 'fact') ?? {
      sql: '',
      incremental_sql: '',
    };
    const { models } = withModel('fact_listens', {
      sql: whole(sql),
      incremental_sql: whole(incremental_sql),
    });
    const hourly = { ...mart, models: models.filter(({ kind }) => kind !== 'check') };
    warehouse = await engine.open(catalog);
    await landStreams('v1', listen, { ...listen, listen_time: '2024-06-25 10:00:01' });
    await warehouse.rebuild(hourly);
    await landStreams('v2', listen);
    const listeners = (await warehouse.rebuild(hourly)).get('kpi_listeners');
    expect(listeners).toMatchObject([{ user_id: 1, listens: 1 }]);
  });

  it('says zero of a day, a listener and a genre that vanished', async () => {
    warehouse = await engine.open(catalog);
    await landStreams('v1', listen);
    await warehouse.rebuild(mart);
    await landStreams('v2');
    const rows = await warehouse.rebuild(mart);
    expect(rows.get('kpi_days')).toMatchObject([
      { listen_date: '2024-06-25', listens: 0, unique_listeners: 0, genres: 0 },
    ]);
    expect(rows.get('kpi_listeners')).toMatchObject([
      { user_id: 1, listens: 0, avg_listening_ms: 0, active_days: 0, first_day: null },
    ]);
    expect(rows.get('kpi_gone_genres')).toMatchObject([
      { listen_date: '2024-06-25', genre: 'unknown', listens: 0 },
    ]);
  });

  describe('the newest items', () => {
    const landMore = (hour: string, changes: Partial<typeof listen> = {}) =>
      warehouse.publish({
        dataset: 'streams',
        file: `streams${hour}.csv`,
        version: 'v1',
        landedAt: `2024-07-02 ${hour}:00:00`,
        rows: [{ ...listen, listen_time: `2024-06-25 20:${hour}:00`, ...changes }],
      });
    const generations = (rows: Awaited<ReturnType<typeof warehouse.rebuild>>) =>
      rows.get('kpi_listeners')?.map(({ sequence_before }) => sequence_before);
    const noted = async () =>
      (await warehouse.query('select seq from gold.latest_items order by seq')).map(({ seq }) => seq);
    const previous = () => appliedBy(mart);
    beforeEach(async () => {
      warehouse = await engine.open(catalog);
      await landStreams('v1', listen);
      await warehouse.rebuild(mart, { generation: 1 });
      await landMore('10');
    });

    it('are noted once in a generation', async () => {
      expect(
        generations(await warehouse.rebuild(mart, { generation: 1, shown: 1, previous: previous() })),
      ).toEqual([1]);
      expect(await noted()).toEqual(['1']);
      await landMore('11');
      expect(
        generations(await warehouse.rebuild(mart, { generation: 3, shown: 2, previous: previous() })),
      ).toEqual([1]);
      expect(await noted()).toEqual(['1', '3']);
    });

    it('are not known to be where one was cut off, and those before it are not forgotten', async () => {
      await warehouse.rebuild(mart, { generation: 1, shown: 1, previous: previous() });
      await landMore('11', { user_id: 2, listen_time: '2024-06-26 10:00:00' });
      await warehouse.rebuild(mart, { generation: 3, shown: 2, previous: previous() });
      await landMore('12');
      await warehouse.rebuild(mart, { generation: 3, shown: 3, previous: previous() });
      await landMore('13');
      const next = { generation: 5, shown: 3, unshown: [3], previous: previous() };
      expect(generations(await warehouse.rebuild(mart, next))).toEqual([1]);
      expect(await noted()).toEqual(['1', '3', '3', '5']);
    });
  });

  describe('after one that was committed and whose KPIs are not out', () => {
    const shown = { seq: 3, shown: 1 };
    const appliedByFirst = () => ({ previous: appliedBy(mart) });
    beforeEach(async () => {
      warehouse = await engine.open(catalog);
      await landStreams('v1', listen);
      await warehouse.rebuild(mart);
      await landStreams('v2');
      await warehouse.rebuild(mart, { shown: 1, ...appliedByFirst() });
    });

    it('says zero of what had vanished in that one', async () => {
      const rows = await warehouse.rebuild(mart, { ...shown, ...appliedByFirst() });
      expect(rows.get('kpi_days')).toMatchObject([{ listen_date: '2024-06-25', listens: 0 }]);
      expect(rows.get('kpi_listeners')).toMatchObject([{ user_id: 1, listens: 0, sequence_before: 1 }]);
      expect(rows.get('kpi_gone_genres')).toMatchObject([{ genre: 'unknown', listens: 0 }]);
    });

    it('says what corrected data makes of it', async () => {
      await landStreams('v3', { ...listen, user_id: 2 });
      const rows = await warehouse.rebuild(mart, { ...shown, ...appliedByFirst() });
      expect(rows.get('kpi_days')).toMatchObject([{ listen_date: '2024-06-25', listens: 1 }]);
      const listens = new Map(rows.get('kpi_listeners')?.map((row) => [row.user_id, row.listens]));
      expect([listens.get(1), listens.get(2)]).toEqual([0, 1]);
      expect(rows.get('kpi_gone_genres')).toEqual([]);
    });

    it('forgets it once it is out', async () => {
      await warehouse.rebuild(mart, { ...shown, ...appliedByFirst() });
      const rows = await warehouse.rebuild(mart, { seq: 4, shown: 3, ...appliedByFirst() });
      expect([...rows.values()].flat()).toEqual([]);
      const left = 'select distinct seq from gold.touched union all select seq from gold.latest_items';
      expect(await warehouse.query(left)).toEqual([{ seq: '3' }]);
    });
  });

  it('keeps a model to the affected partitions that forgets to', async () => {
    warehouse = await engine.open(catalog);
    const full = mart.models.find(({ kind }) => kind === 'fact')?.sql ?? '';
    const forgetful = withModel('fact_listens', { incremental_sql: full });
    await landStreams('v1', listen);
    await warehouse.rebuild(forgetful);
    await warehouse.publish({
      dataset: 'streams',
      file: 'streams2.csv',
      version: 'v1',
      landedAt: '2024-07-02 00:00:00',
      rows: [{ ...listen, listen_time: '2024-06-26 10:00:00' }],
    });
    await warehouse.rebuild(forgetful);
    expect(await durations()).toHaveLength(2);
  });
});

/** The fact's rows twice, or none of them. */
const spoiltFact = (check: string): string => {
  const sql = mart.models.find(({ kind }) => kind === 'fact')?.incremental_sql ?? '';
  if (check === 'fact_listens_conserved') return `select * from (${sql}) as model where 1 = 0`;
  return `select * from (${sql}) as model union all select * from (${sql}) as again`;
};

describe('composeRebuild', () => {
  renderFor(duckdb);

  it('rejects ids that could end a literal', () => {
    expect(() => composeRebuild(mart, { ...run, batches: [`b'1`] })).toThrow(/"b'1"/);
  });

  it('takes two transactions for a rebuild that is too much for one, and never more than forty statements each', () => {
    const clones = (
      name: string,
      number: number,
      change: (index: number) => Partial<Mart['models'][number]>,
    ) => {
      const models = mart.models.filter((model) => model.name === name);
      return Array.from({ length: number }, (_, index) => ({
        ...models[0],
        name: `${name}_${index}`,
        ...change(index),
      }));
    };
    const added = [
      ...clones('dim_tracks', 4, () => ({})),
      ...clones('fact_listens', 2, () => ({})),
      ...clones('kpi_days', 4, (index) => ({
        fact: `fact_listens_${index % 2}`,
        spine: ['listen_date'],
      })),
      ...clones('kpi_listeners', 4, (index) => ({
        fact: `fact_listens_${index % 2}`,
        spine: ['user_id'],
      })),
    ] as Mart['models'];
    const wide = { ...mart, models: [...mart.models, ...added] };
    const count = (kind: string) => wide.models.filter((model) => model.kind === kind).length;
    expect(['dimension', 'fact', 'kpi'].map(count)).toEqual([6, 3, 15]);
    const steps = (options: Partial<typeof run & { previous: Applied }>) =>
      rebuildBatches(wide, { ...run, ...options }).map(
        ({ step, statements }) => `${step} ${statements.length}`,
      );
    expect(steps({})).toEqual(['gold 40', 'rebuild 16']);
    expect(steps({ previous: appliedBy(wide) })).toEqual(['gold 40', 'rebuild 16']);
  });

  it('rejects more than a transaction takes', () => {
    const batches = Array.from({ length: 3000 }, (_, index) => `batch-${index}`);
    expect(() => composeRebuild(mart, { ...run, batches })).toThrow(/bytes/);
  });
});
