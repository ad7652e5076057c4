import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { bundleUnlessUpToDate } from '../../../local/build/index.ts';
import { openDisk } from '../../../local/cloud/disk.ts';
import { RecordFile, readRecords } from '../../../local/cloud/firehose/record-file.ts';
import { openRedshiftData } from '../../../local/cloud/redshift-data/redshift-data.ts';
import { engineOfState, rememberEngine } from '../../../local/cloud/state-engine.ts';
import { openWarehouse } from '../../../local/engines/warehouse.ts';
import { lockState, openLogFile, StateNotWritable, writeWhole } from '../../../local/state/index.ts';
import { mountSmallDisk, type SmallDisk } from '../../torture/small-disk.ts';
import { target } from './redshift-data/target.ts';
import { bucket, startS3 } from './s3/laptop-s3.ts';

const mounted = mountSmallDisk(64 * 2 ** 20);
const disk = mounted as SmallDisk;
const isMounted = typeof mounted !== 'string';

const at = (name: string): string => join(disk.folder, name);
const read = (name: string): string => readFileSync(at(name), 'utf8');
const full = expect.objectContaining({ code: 'ENOSPC' });
beforeEach(() => {
  if (!isMounted) return;
  disk.free();
  for (const name of readdirSync(disk.folder)) rmSync(at(name), { recursive: true });
});
afterAll(() => (isMounted ? disk.remove() : undefined));

describe.skipIf(!isMounted)(`on a full disk${isMounted ? '' : ` (skipped: ${mounted})`}`, () => {
  test('files keep what they held, all of them, and nothing is left beside them', () => {
    for (const name of ['a', 'b']) writeFileSync(at(name), 'old');
    disk.fill(8_192);
    const files = [
      { path: at('a'), content: 'new' },
      { path: at('b'), content: 'x'.repeat(20_000) },
    ];
    expect(() => writeWhole(files)).toThrow(full);
    expect([read('a'), read('b')]).toEqual(['old', 'old']);
    expect(readdirSync(disk.folder).sort()).toEqual(['a', 'b', 'filler']);
    disk.free();
    writeWhole(files);
    expect([read('a'), read('b').length]).toEqual(['new', 20_000]);
  });

  test('a log fails nobody, and says afterwards what it lacks', () => {
    const log = openLogFile(at('log'));
    log.write('before\n');
    disk.fill(0);
    log.write(`${'x'.repeat(10_000)}\n`);
    log.write(`${'y'.repeat(10_000)}\n`);
    disk.free();
    log.write('after\n');
    log.close();
    const lines = read('log').split('\n');
    expect([lines[0], ...lines.slice(-3)]).toEqual([
      'before',
      '(2 writes to this log have failed)',
      'after',
      '',
    ]);
    expect(lines.slice(1, -3).join()).toMatch(/^x{1,9999}$/);
  });

  test('a lock is not taken, and nothing of it is left', async () => {
    disk.fill(0);
    await expect(lockState(disk.folder)).rejects.toThrow(StateNotWritable);
    expect(readdirSync(disk.folder)).toEqual(['filler']);
    disk.free();
    (await lockState(disk.folder))();
  });

  test('a state still knows its engine', () => {
    rememberEngine(disk.folder, 'spark');
    disk.fill(0);
    rememberEngine(disk.folder, 'spark');
    expect(() => rememberEngine(disk.folder, 'duckdb')).toThrow(full);
    expect(engineOfState(disk.folder)).toBe('spark');
  });

  test('a stream confirms whole records only, and goes on with them', async () => {
    const file = await RecordFile.open(at('records'));
    await file.append(Buffer.from('first\n'));
    disk.fill(0);
    await expect(file.append(Buffer.alloc(10_000, 'x'))).rejects.toThrow(full);
    expect(readFileSync(at('records')).length).toBeGreaterThan(file.length);
    // A process that is killed now leaves the file as it is.
    const reopened = await RecordFile.open(at('records'));
    disk.free();
    await reopened.append(Buffer.from('second\n'));
    expect(String(await readRecords(at('records'), reopened.length))).toBe('first\nsecond\n');
    await Promise.all([file.close(), reopened.close()]);
  });

  test('bundles stay as they are, and are made when there is room', async () => {
    writeFileSync(at('source.mjs'), 'export const answer = 42;');
    const outfile = at('out/bundle.mjs');
    const bundle = () => bundleUnlessUpToDate([{ entryPoints: [at('source.mjs')], outfile }], at('record'));
    await bundle();
    const before = readFileSync(outfile, 'utf8');
    writeFileSync(at('source.mjs'), `export const answer = '${'x'.repeat(20_000)}';`);
    disk.fill(0);
    await expect(bundle()).rejects.toThrow(full);
    expect(readFileSync(outfile, 'utf8')).toBe(before);
    disk.free();
    await bundle();
    expect(readFileSync(outfile, 'utf8')).toContain('xxx');
  });

  test('the warehouse keeps what was committed, is read, and goes on', async () => {
    const warehouse = await openWarehouse({ state: disk.folder, memoryLimit: '40MB', threads: 1 });
    const ask = async (sql: string) => {
      const connection = await warehouse.connect();
      try {
        return (await connection.runAndReadAll(sql)).getRowsJson();
      } finally {
        connection.closeSync();
      }
    };
    const insert = 'insert into t select range, md5(range::varchar) from range(200000)';
    const spilling = 'select count(*) from (select distinct range, md5(range::varchar) from range(600000))';
    disk.fill(2 ** 20);
    await expect(ask(spilling)).rejects.toThrow(/No space left on device/);
    disk.free();
    expect(await ask(spilling)).toEqual([['600000']]);
    await ask('create table t as select 1::bigint as a, md5(1::varchar) as b');
    disk.fill(100_000);
    await expect(ask(insert)).rejects.toThrow(/No space left on device/);
    // DuckDB makes the whole database unusable after this.
    await expect(ask('checkpoint')).rejects.toThrow(/FATAL Error.*No space left on device/);
    expect(await ask('select a from t')).toEqual([['1']]);
    disk.free();
    await ask('insert into t values (2, null)');
    await ask('checkpoint');
    expect(await ask('select a from t order by a')).toEqual([['1'], ['2']]);
    warehouse.closeSync();
  });

  test('a query whose result cannot be written fails at once, although its end cannot be written either', async () => {
    const watched = openDisk({ state: disk.folder, log: () => {} });
    const instance = await DuckDBInstance.create(':memory:');
    const api = await openRedshiftData({
      ...{ directory: at('api'), instance, disk: watched, region: 'eu-west-1', account: '000000000000' },
      store: { put: async () => undefined },
      publish: async () => undefined,
    });
    const Sql = 'select count(*) from range(300000000) as many(n) where n % 7 = 3';
    const { Id } = await api.handle('ExecuteStatement', { ...target, Sql });
    disk.fill(0);
    const began = performance.now();
    const described = await api.handle('DescribeStatement', { Id, WaitTimeSeconds: 20 });
    expect(described).toMatchObject({
      Status: 'FAILED',
      Error: expect.stringMatching(/^ERROR: the disk of the state folder .* is full, so free some space/),
    });
    expect(performance.now() - began).toBeLessThan(15_000);
    disk.free();
    await watched.writable();
    await api.close();
    watched.close();
  });

  test('S3 rejects what it cannot write with an error to try again, serves what it has, and goes on', async () => {
    const watched = openDisk({ state: disk.folder, log: () => {} });
    const s3 = await startS3({ parent: disk.folder, disk: watched });
    const get = async (Key: string) =>
      (await s3.client.send(new GetObjectCommand({ Bucket: bucket, Key }))).Body?.transformToString();
    const put = (Key: string, Body: string, client = s3.client) =>
      client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    const objects = () => readdirSync(join(s3.directory, 'objects')).length;
    try {
      await put('kept', 'old');
      disk.fill(16_384);
      await expect(put('kept', 'x'.repeat(100_000))).rejects.toMatchObject({
        name: 'InternalError',
        message: expect.stringMatching(/^the disk of the state folder .* is full, so free some space/),
        $metadata: { httpStatusCode: 500, attempts: 3 },
      });
      expect([await get('kept'), objects()]).toEqual(['old', 1]);
      const patient = put('kept', 'new', s3.connect({ maxAttempts: 20 }));
      disk.free();
      await patient;
      expect([await get('kept'), objects()]).toEqual(['new', 2]);
    } finally {
      watched.close();
      await s3.close();
    }
  });
});
