import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { GetJobRunsCommand, GlueClient } from '@aws-sdk/client-glue';
import { ListStatementsCommand, RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { FileVersion } from '../../functions/pipeline/lake-keys.ts';
import { seededRandom } from '../../local/generate/random.ts';
import { writeSample } from '../../local/generate/sample.ts';
import { generateStreams, listenOf } from '../../local/generate/streams.ts';
import { kpisOf } from '../oracle/kpis.ts';
import type { LandedFile } from '../oracle/lake.ts';
import { type Laptop, startLaptop } from './laptop.ts';
import { differences, expected, readable } from './published-kpis.ts';

let laptop: Laptop;
const streams: LandedFile[] = [];
let catalogue: LandedFile;
/** A listener of the third file alone. */
const newcomer = 900_001;
/** What landed first, three datasets at once. */
const landed: FileVersion[] = [];
/** Every key that was ever published. */
const published = new Set<string>();

beforeAll(async () => {
  laptop = await startLaptop({ params: { realtime: 'true', realtimeBufferSeconds: '1' } });
  for (const dataset of ['streams', 'tracks', 'listeners']) await laptop.landManifest(dataset);
});
afterAll(() => laptop?.stop());

const recompute = () => expected({ streams, tracks: [catalogue] }, published);

/** Lands a file of listens, waits for its end, and compares every item of the KPI table with a full recompute. */
const landListens = async (name: string, text: string): Promise<void> => {
  const file = await laptop.land(`data/streams/${name}`, text);
  streams.push({ name, text });
  const [record] = await laptop.atRest([file]);
  expect(record?.state).toBe('published');
  await expectRecomputed();
};

const expectRecomputed = async (): Promise<void> => {
  const wanted = recompute();
  expect(differences(readable(await laptop.allKpis()), wanted)).toEqual([]);
  for (const key of wanted.keys()) published.add(key);
};

const rowsOf = (text: string): string[] => text.trimEnd().split('\n').slice(1);

/** Each line that a function has logged. */
const linesOfFunctions = async (state: string): Promise<{ readonly text: string }[]> => {
  const logs = (await readdir(join(state, 'logs'))).filter((name) => name.startsWith('soundcheck-dev-'));
  const texts = await Promise.all(logs.map((name) => readFile(join(state, 'logs', name), 'utf8')));
  return texts
    .flatMap((text) => text.split('\n').filter((line) => line.startsWith('{')))
    .map((text) => ({ text }));
};

/** The ids that Glue's runs of both jobs were given. */
const argumentsOfRuns = async (): Promise<(string | undefined)[]> => {
  const client = new GlueClient();
  const runs = await Promise.all(
    ['transform', 'quality'].map((job) =>
      client.send(new GetJobRunsCommand({ JobName: `soundcheck-dev-${job}` })),
    ),
  );
  client.destroy();
  return runs.flatMap(({ JobRuns = [] }) => JobRuns.map((run) => run.Arguments?.['--correlation_id']));
};

const namesOfStatements = async (): Promise<(string | undefined)[]> => {
  const client = new RedshiftDataClient();
  const { Statements = [] } = await client.send(
    new ListStatementsCommand({ Status: 'ALL', MaxResults: 100 }),
  );
  client.destroy();
  return Statements.map(({ StatementName }) => StatementName);
};

type Spread = { readonly rows: number; readonly days: number; readonly firstDay: string };

/** Listens of the sample's listeners and of newcomers, to known and unknown tracks. */
const listens = (options: Spread, newcomers: number[] = []) => {
  const known = rowsOf(streams[0]?.text ?? '').map((row) => row.split(','));
  const seed = options.rows;
  const random = seededRandom(seed);
  const some = Array.from({ length: 300 }, () => random.pick(known));
  const trackIds = [...some.map(([, trackId = '']) => trackId), 'unheardOfTrack00000000'];
  const userIds = [...some.map(([userId]) => Number(userId)), ...newcomers];
  return [...generateStreams({ ...options, seed, trackIds, userIds })].join('');
};

describe('the listening pipeline', { timeout: 240_000 }, () => {
  test('brings the sample to KPIs that an app reads by the documented keys', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sample-'));
    const sample = (await writeSample(directory)).filter(({ path }) => !path.endsWith('streams2.csv'));
    const texts = await Promise.all(sample.map(({ path }) => readFile(path, 'utf8')));
    await rm(directory, { recursive: true });
    const named = sample.map(({ dataset, path }, index) => ({
      dataset,
      name: basename(path),
      text: texts[index] ?? '',
    }));
    const files = await Promise.all(
      named.map(({ dataset, name, text }) => laptop.land(`data/${dataset}/${name}`, text)),
    );
    streams.push(...named.filter(({ dataset }) => dataset === 'streams'));
    catalogue = named.find(({ dataset }) => dataset === 'tracks') ?? catalogue;

    landed.push(...files);
    const records = await laptop.atRest(files);
    expect(records.map(({ state, rows }) => [state, rows])).toEqual(
      named.map(({ text }) => ['published', rowsOf(text).length]),
    );

    const { kpis } = laptop;
    const oracle = kpisOf({ streams, tracks: [catalogue] });
    const day = await kpis.get('DAY#2024-06-25', 'CURRENT');
    expect(day).toMatchObject({ listens: 11_346, unique_listeners: 8_956, genres: 114 });
    expect(day).toMatchObject(oracle.get('DAY#2024-06-25 CURRENT') ?? {});
    const items = await kpis.query(`DAY#2024-06-25#${day?.version}`);
    expect(items.map(({ sk }) => sk)).toEqual(
      [...[...oracle.keys()].filter((key) => / (GENRE|HOUR)#/.test(key)).map((key) => key.slice(15))].sort(),
    );
    for (const { pk: _, sk, ...measures } of items)
      expect(measures).toEqual(oracle.get(`DAY#2024-06-25 ${sk}`));
    const series = await kpis.query('GENRE#bluegrass');
    expect(series).toEqual([
      expect.objectContaining({ sk: '2024-06-25', ...oracle.get('GENRE#bluegrass 2024-06-25') }),
    ]);
    for (const listener of ['LISTENER#26213', 'LISTENER#42646']) {
      const newest = (await kpis.query(listener)).at(-1);
      expect(newest).toMatchObject(oracle.get(listener) ?? { listens: 'some' });
    }
    await expectRecomputed();
  });

  test('tells all that was done for a file by the version that its event names', async () => {
    const lines = await linesOfFunctions(laptop.state);
    const [glue, statements] = [await argumentsOfRuns(), await namesOfStatements()];
    for (const { version } of landed) {
      const found = lines.filter(({ text }) => text.includes(version)).map(({ text }) => JSON.parse(text));
      const said = found.map(({ message }) => message);
      expect(said).toEqual(
        expect.arrayContaining([
          ...['file validated', 'transform started', 'quality started', 'batch published', 'file moved'],
          ...['rebuild sent', 'KPIs published'],
        ]),
      );
      expect(
        found.filter((line) => !Array.isArray(line.correlation_ids)).map((line) => line.correlation_id),
      ).toEqual(expect.arrayContaining([version]));
      expect(glue.filter((id) => id === version)).toHaveLength(2);
    }
    // A rebuild of several files goes by the one that landed first.
    const sent = lines
      .map(({ text }) => JSON.parse(text))
      .filter(({ message }) => message === 'rebuild sent');
    for (const { rebuild, correlation_id } of sent)
      expect(statements).toContain(`soundcheck-dev-rebuild-${rebuild}/${correlation_id}`);
    expect(landed.map(({ version }) => version)).toEqual(
      expect.arrayContaining(sent.map(({ correlation_id }) => correlation_id)),
    );
  });

  test('adds a second file of the same day, listens that both hold counted once', async () => {
    const repeated = rowsOf(streams[0]?.text ?? '').slice(0, 50);
    const text = `${listens({ rows: 1_000, days: 1, firstDay: '2024-06-25' })}${repeated.join('\n')}\n`;
    await landListens('streams2.csv', text);
  });

  test('spreads a file over the three days that it spans', async () => {
    await landListens('streams3.csv', listens({ rows: 900, days: 3, firstDay: '2024-06-24' }, [newcomer]));
    const [newest] = await laptop.kpis.query(`LISTENER#${newcomer}`);
    expect(newest).toMatchObject({ active_days: expect.any(Number), last_day: '2024-06-26' });
  });

  test('lets a corrected file move its rows to another day and leaves explicit zeros', async () => {
    await landListens('streams3.csv', listens({ rows: 40, days: 1, firstDay: '2024-07-01' }));
    expect(await laptop.kpis.get('DAY#2024-06-24', 'CURRENT')).toMatchObject({
      listens: 0,
      genres: 0,
      top_genres: [],
    });
    expect(await laptop.kpis.query(`LISTENER#${newcomer}`)).toEqual([
      expect.objectContaining({ listens: 0, active_days: 0, first_day: null, last_day: null }),
    ]);
  });

  test('lands listens that are put one by one as a file of the dataset, an invalid one apart', async () => {
    const text = listens({ rows: 400, days: 2, firstDay: '2024-07-02' });
    const records = [...rowsOf(text).map((row) => listenOf(`${row}\n`)), '{"user_id":"nobody"}\n'];
    const client = new FirehoseClient();
    const Records = records.map((record) => ({ Data: Buffer.from(record) }));
    const stream = { DeliveryStreamName: 'soundcheck-dev-listens' };
    expect(await client.send(new PutRecordBatchCommand({ ...stream, Records }))).toMatchObject({
      FailedPutCount: 0,
    });
    client.destroy();
    const file = await vi.waitFor(async () => {
      const today = new Date().toISOString().slice(0, 10);
      const all = await laptop.ledger.files.landed('streams', { since: today, until: today });
      const found = all.find(({ key }) => key.endsWith('.jsonl'));
      if (!found) throw new Error('no file has landed');
      return found;
    }, 20_000);
    expect(file.key).toMatch(/^data\/streams\/[0-9-]{10}\/soundcheck-dev-listens-1-[0-9a-f-]+\.jsonl$/);
    streams.push({ name: basename(file.key), text });
    const [record] = await laptop.atRest([file]);
    expect(record).toMatchObject({ state: 'published', rows: 400, quarantined_rows: 1 });
    await expectRecomputed();
  });

  test('ignores the same bytes: nothing runs', async () => {
    const [runs, before] = [await laptop.files.list('runs/'), await laptop.allKpis()];
    const { text = '' } = streams.findLast(({ name }) => name === 'streams3.csv') ?? {};
    const again = await laptop.land('data/streams/streams3.csv', text);
    const [record] = await laptop.atRest([again]);
    expect(record).toMatchObject({ state: 'ignored', reason: expect.stringContaining('same bytes') });
    expect(await laptop.files.list('runs/')).toEqual(runs);
    expect(await laptop.allKpis()).toEqual(before);
  });
});
