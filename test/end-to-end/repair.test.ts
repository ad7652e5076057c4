import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportKey, rowsKey } from '../../functions/pipeline/lake-keys.ts';
import { balanceOf, repairKey, repairsOf } from '../../functions/pipeline/queries/repairs.ts';
import type { StoredFile } from '../functions/records.ts';
import { type Laptop, startLaptop } from './laptop.ts';
import { rowsOf, smallStreams } from './listens.ts';
import { differences, expected, readable } from './published-kpis.ts';

let laptop: Laptop;
beforeAll(async () => {
  laptop = await startLaptop();
  const manifest = JSON.parse(await readFile('rules/streams/manifest.json', 'utf8'));
  manifest.schema.validation.on_error = 'quarantine_rows';
  await laptop.land('data/streams/manifest.json', JSON.stringify(manifest));
});
afterAll(() => laptop?.stop());

const key = 'data/streams/streams1.csv';
const header = 'user_id,track_id,listen_time\n';
const whole = rowsOf(smallStreams(1));
/** Three rows are broken, one of them so that it cannot be split. */
const broken: Readonly<Record<number, (row: string) => string>> = {
  3: (row) => row.replace(/^\d+/, 'nobody'),
  7: (row) => row.replace(/,[^,]*$/, ''),
  20: (row) => row.replace(/\d\d:\d\d:\d\d$/, '24:00:00'),
};
const asCsv = (rows: readonly string[]): string => header + rows.map((row) => `${row}\n`).join('');
const landed = asCsv(whole.map((row, at) => broken[at]?.(row) ?? row));
const without = (...missing: number[]): string => asCsv(whole.filter((_, at) => !missing.includes(at)));

/** Every key that was readable before: what is gone has to be a zero. */
const seen = new Set<string>();
const kpisAre = async (text: string): Promise<void> => {
  const read = readable(await laptop.allKpis());
  for (const name of read.keys()) seen.add(name);
  expect(
    differences(read, expected({ streams: [{ name: 'streams1.csv', text }], tracks: [] }, seen)),
  ).toEqual([]);
};

const land = async (at: string, text: string): Promise<StoredFile> => {
  const [record] = await laptop.atRest([await laptop.land(at, text)]);
  if (!record) throw new Error(`no record of ${at}`);
  return record;
};
const textAt = async (at: string): Promise<string> => (await laptop.files.readText(at)) ?? '';
const balance = async (file: StoredFile) => balanceOf(file, await repairsOf(laptop.ledger, [file]));

/** Puts right values into a line of a rows file, as a person would: by its line number in the source. */
const repair = (rows: string, at: number): string => {
  const [user, track, time] = whole[at]?.split(',') ?? [];
  return rows
    .split('\n')
    .map((row) =>
      row.includes(`,${at + 2},`) ? row.replace(/^[^,]*,[^,]*,[^,]*/, `${user},${track},${time}`) : row,
    )
    .join('\n');
};

describe('rows that were quarantined', { timeout: 240_000 }, () => {
  let source: StoredFile;
  let half: StoredFile;

  test('lie in quarantine with what is wrong, the others are in the KPIs', async () => {
    source = await land(key, landed);
    expect(source).toMatchObject({ state: 'published', records: 30, rows: 27, quarantined_rows: 3 });
    expect(await balance(source)).toEqual({
      landed: 30,
      published: 27,
      repaired: 0,
      quarantined: 3,
      superseded: 0,
    });
    const rows = await textAt(rowsKey(source, 'csv'));
    expect(rows.split('\n')[0]).toBe('user_id,track_id,listen_time,_source,_line,_errors,_raw');
    for (const at of [3, 7, 20]) expect(rows).toContain(`,${key}@${source.version},${at + 2},`);
    expect(JSON.parse(await textAt(reportKey(source)))).toMatchObject({
      verdict: 'accepted',
      records: 30,
      quarantined_rows: 3,
      counts: { 'type:user_id': 1, 'type:listen_time': 1, columns: 1 },
    });
    expect(await textAt(source.stored_as ?? '')).toBe(landed);
    await kpisAre(without(3, 7, 20));
  });

  test('are published once two of them are repaired, the third stays', async () => {
    const rows = await textAt(rowsKey(source, 'csv'));
    half = await land(repairKey(source), repair(repair(rows, 3), 7));
    expect(half).toMatchObject({
      state: 'published',
      rows: 2,
      quarantined_rows: 1,
      landed_as: `${key}#repair`,
    });
    expect(await balance(source)).toMatchObject({ landed: 30, published: 27, repaired: 2, quarantined: 1 });
    await kpisAre(without(20));
  });

  test('are not counted again when they are dropped twice', async () => {
    const rows = await textAt(rowsKey(source, 'csv'));
    expect(await land(repairKey(source), repair(repair(rows, 3), 7))).toMatchObject({ state: 'ignored' });
    await kpisAre(without(20));
  });

  test('are all published once what was left is repaired', async () => {
    const rest = await land(repairKey(half), repair(await textAt(rowsKey(half, 'csv')), 20));
    expect(rest).toMatchObject({ state: 'published', rows: 1, landed_as: `${key}#repair#repair` });
    expect(await balance(source)).toMatchObject({ landed: 30, published: 27, repaired: 3, quarantined: 0 });
    await kpisAre(asCsv(whole));
  });

  test('go with the file when it is corrected', async () => {
    const corrected = smallStreams(2);
    expect(await land(key, corrected)).toMatchObject({ state: 'published', rows: 30 });
    const old = await Promise.all([source, half].map((file) => laptop.ledger.files.find(file)));
    expect(old.map((record) => record?.state)).toEqual(['superseded', 'superseded']);
    await kpisAre(corrected);
  });

  test('are rejected as stale when they are repaired after that', async () => {
    const rows = await textAt(rowsKey(source, 'csv'));
    const late = await land(repairKey(source), repair(repair(repair(rows, 3), 7), 20));
    expect(late).toMatchObject({ state: 'quarantined' });
    expect(JSON.parse(await textAt(reportKey(late)))).toMatchObject({ counts: { stale: 1 } });
    await kpisAre(smallStreams(2));
  });
});
