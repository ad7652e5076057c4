import { beforeEach, describe, expect, test } from 'vitest';
import { cleanKey, rowsKey } from '../../../../functions/pipeline/lake-keys.ts';
import { repairKey } from '../../../../functions/pipeline/queries/repairs.ts';
import { validateLanding } from '../../../../functions/validate-landing.ts';
import { land, putManifest } from '../../acts.ts';
import { objectCreated } from '../../events.ts';
import type { StoredFile } from '../../records.ts';
import { bring, fileIn, manifest, openStage, type Stage } from '../../stage.ts';

const { schema } = manifest;
const validation = { on_error: 'quarantine_rows', max_bad_rows: 100 };
const setManifest = (changes: object = {}): unknown =>
  putManifest(stage, { schema: { ...schema, validation, ...changes } });

const text = (key: string | undefined): string | undefined => stage.lake.newest(key ?? '')?.body;
const rowsOf = (file: StoredFile): string => text(`${file.clean_key}.rows.csv`) ?? '';
const reportOf = (file: StoredFile) =>
  JSON.parse(
    text(`data/quarantine/plays/${file.key.slice('data/plays/'.length)}@${file.version}.report.json`) ?? '{}',
  );

const send = async (key: string, body: string): Promise<StoredFile> => {
  const file = stage.lake.put(key, body);
  await validateLanding(stage.ports)(objectCreated(file));
  return fileIn(stage, file);
};

/** Lines 3, 5 and 6 are bad, the last so that it cannot be split. */
const landed = 'id,day\n1,2024-06-01\nx,2024-06-02\n3,2024-06-03\n4,never\n5\n';

let stage: Stage;
let source: StoredFile;
/** The rows file as it left, and in what place it is sent back. */
let rows: string;
let key: string;
beforeEach(async () => {
  stage = openStage();
  setManifest();
  const file = await land(stage, 'a', landed);
  rows = rowsOf(file);
  source = await bring(stage, file, 'claimed', 'published');
  key = repairKey(source);
});

const repairAll = (): string =>
  rows
    .replace('x,2024-06-02', '2,2024-06-02')
    .replace('4,never', '4,2024-06-04')
    .replace(/,,(data.*),5\n/, '5,2024-06-05,$1,5\n');

describe('a file with invalid rows', () => {
  test('is accepted with its valid rows; the invalid ones are quarantined', async () => {
    expect(source).toMatchObject({
      records: 5,
      quarantined_rows: 3,
      clean_key: cleanKey(source, source.manifest_sha256 ?? ''),
      facts: { records: 2, bytes: 33 },
      drift: [],
    });
    expect(text(source.clean_key)).toBe('id,day\n1,2024-06-01\n3,2024-06-03\n');
    expect(JSON.parse(text(`${source.clean_key}.report.json`) ?? '')).toMatchObject({
      verdict: 'accepted',
      records: 5,
      quarantined_rows: 3,
      violations_total: 3,
      counts: { 'type:id': 1, 'type:day': 1, columns: 1 },
    });
  });

  test('without any is accepted as it landed', async () => {
    const file = await land(stage, 'b', 'day,id\n2024-06-01,1\n');
    expect(file).toMatchObject({ state: 'accepted', records: 1, drift: ['columns stand in another order'] });
    expect(file.clean_key).toBeUndefined();
    expect(file.quarantined_rows).toBeUndefined();
  });

  test('forgets its clean copy when it is validated again and rejected', async () => {
    const file = await land(stage, 'b', landed.replace('\n5\n', '\n'));
    setManifest({ validation: { on_error: 'quarantine' } });
    const waiting = await bring(stage, file, 'landed');
    await validateLanding(stage.ports)(objectCreated(waiting));
    const again = await fileIn(stage, file);
    expect(again.state).toBe('rejected');
    expect([again.clean_key, again.quarantined_rows]).toEqual([undefined, undefined]);
  });

  test('is validated again when it lands again under another manifest', async () => {
    expect(await land(stage, 'a', landed)).toMatchObject({ state: 'ignored' });
    setManifest({ fields: { ...schema.fields, id: { type: 'string', required: true } } });
    expect(await land(stage, 'a', landed)).toMatchObject({ state: 'accepted', quarantined_rows: 2 });
  });
});

describe('a rows file that comes back', () => {
  test('lands as rows of the file that they came from', async () => {
    const file = await send(key, repairAll());
    expect(file).toMatchObject({
      state: 'accepted',
      landed_as: 'data/plays/a.csv#repair',
      repairs: { key: source.key, version: source.version },
      records: 3,
      quarantined_rows: 0,
      facts: { records: 3, header: ['id', 'day'], bom: false, compression: 'none' },
    });
    expect(text(file.clean_key)).toBe('id,day\n2,2024-06-02\n4,2024-06-04\n5,2024-06-05\n');
    expect(rowsOf(file)).toBe('');
  });

  test('repaired in `_raw` lands, too', async () => {
    const file = await send(key, rows.replace(/,5\n/, ',"5,2024-06-05"\n'));
    expect(text(file.clean_key)).toBe('id,day\n5,2024-06-05\n');
  });

  test('half repaired leaves the rest in quarantine, on the lines where it stood', async () => {
    const file = await send(key, rows.replace('4,never', '4,2024-06-04'));
    expect(file).toMatchObject({ state: 'accepted', records: 3, quarantined_rows: 2, facts: { records: 1 } });
    expect(text(file.clean_key)).toBe('id,day\n4,2024-06-04\n');
    const name = `data/plays/a.csv#repair@${file.version}`;
    expect(rowsOf(file)).toBe(rows.replaceAll(/data\/plays\/a.csv@v\d+/g, name).replace(/4,never.*\n/, ''));
    expect(JSON.parse(text(`${file.clean_key}.report.json`) ?? '')).toMatchObject({
      verdict: 'accepted',
      quarantined_rows: 2,
      violations: [{ line: 3 }, { line: 6 }],
    });
  });

  test('can be repaired a second time, and a third', async () => {
    const first = await bring(
      stage,
      await send(key, rows.replace('4,never', '4,2024-06-04')),
      'claimed',
      'published',
    );
    const second = await send(repairKey(first), rowsOf(first).replace('x,', '2,'));
    expect(second).toMatchObject({
      state: 'accepted',
      landed_as: 'data/plays/a.csv#repair#repair',
      quarantined_rows: 1,
    });
    expect(text(second.clean_key)).toBe('id,day\n2,2024-06-02\n');
    await bring(stage, second, 'claimed', 'published');
    const third = await send(repairKey(second), rowsOf(second).replace(/,5\n/, ',"5,2024-06-05"\n'));
    expect(third).toMatchObject({
      landed_as: 'data/plays/a.csv#repair#repair#repair',
      repairs: { key: second.key, version: second.version },
      quarantined_rows: 0,
    });
  });

  test('finds the quarantined lines in quarantine once those beside the clean copy have expired', async () => {
    stage.lake.put(rowsKey(source, 'csv'), rows.replace(/x,.*\n/, ''));
    const beside = stage.lake.newest(`${source.clean_key}.rows.csv`);
    if (beside) await stage.lake.files.remove(beside);
    expect(await send(key, repairAll())).toMatchObject({ state: 'accepted', quarantined_rows: 1 });
  });

  test('may leave rows out, have another order and the dialect of a spreadsheet', async () => {
    const [, row = ''] = /(?:4,never),(.*),4?.*\n/.exec(rows) ?? [];
    expect(row).toContain('data/plays/a.csv');
    const file = await send(
      key,
      `\uFEFF_line,_source,day,id\r\n"5","data/plays/a.csv@${source.version}",2024-06-04,4\r\n`,
    );
    expect(file).toMatchObject({ state: 'accepted', records: 1, quarantined_rows: 0 });
    expect(text(file.clean_key)).toBe('id,day\n4,2024-06-04\n');
  });

  test('twice is once', async () => {
    const first = await bring(stage, await send(key, repairAll()), 'claimed', 'published');
    expect(await send(key, repairAll())).toMatchObject({
      state: 'ignored',
      reason: `same bytes as version ${first.version}, which is published`,
    });
  });

  test('may have blank lines, and columns that bear the names of ours', async () => {
    expect(await send(key, `\n${repairAll()}\n\n`)).toMatchObject({ records: 3, quarantined_rows: 0 });
    setManifest({ unknown_fields: 'ignore' });
    const other = await land(stage, 'b', '_line,id,day\n7,1,2024-06-01\n7,x,2024-06-02\n');
    await bring(stage, other, 'claimed', 'published');
    const file = await send(repairKey(other), rowsOf(other).replace('x,', '2,'));
    expect(text(file.clean_key)).toBe('_line,id,day\n7,2,2024-06-02\n');
  });

  test('with nothing repaired is rejected as a whole', async () => {
    const file = await send(key, rows);
    expect(file).toMatchObject({
      state: 'rejected',
      records: 3,
      reason: expect.stringContaining('repairs no row'),
    });
    expect(reportOf(file).counts).toEqual({ 'type:id': 1, 'type:day': 1, columns: 1, no_valid_record: 1 });
    expect(text(cleanKey(file, file.manifest_sha256 ?? ''))).toBeUndefined();
  });

  test('is validated by the manifest in force, however many rows a file may have', async () => {
    setManifest({
      max_rows: 1,
      validation: { on_error: 'quarantine' },
      fields: { ...schema.fields, day: { type: 'string' } },
    });
    const file = await send(key, rows.replace('x,', '2,'));
    expect(file).toMatchObject({ state: 'accepted', records: 3, quarantined_rows: 1 });
    expect(text(file.clean_key)).toBe('id,day\n2,2024-06-02\n4,never\n');
  });

  test('repeats no key', async () => {
    setManifest({ key: ['id'], on_duplicate: 'first' });
    const file = await send(key, repairAll().replace('4,2024-06-04', '2,2024-06-04'));
    expect(text(file.clean_key)).toBe('id,day\n2,2024-06-02\n5,2024-06-05\n');
    expect(rowsOf(file)).toMatch(
      /\n2,2024-06-04,.*,5,"line 5, column id: the record has the same key.* on line 3/,
    );
  });

  test.each(['first', 'last', 'reject'])('repeats no key that is published (%s)', async (on_duplicate) => {
    setManifest({ key: ['id'], on_duplicate });
    const taken = repairAll().replace('4,2024-06-04', '3,2024-06-04');
    const file = await send(key, taken);
    expect(text(file.clean_key)).toBe('id,day\n2,2024-06-02\n5,2024-06-05\n');
    const says = 'line 5, column id: the record has the same key as a record of its file that is published';
    expect(rowsOf(file)).toContain(`3,2024-06-04,data/plays/a.csv#repair@${file.version},5,"${says}"`);
    const published = await bring(stage, file, 'claimed', 'published');
    for (const id of [1, 2]) {
      const again = rowsOf(file).replace('\n3,', `\n${id},`);
      expect(await send(repairKey(published), again)).toMatchObject({ state: 'rejected' });
    }
    const repaired = await send(repairKey(published), rowsOf(file).replace('\n3,', '\n4,'));
    expect(repaired).toMatchObject({ state: 'accepted', quarantined_rows: 0 });
  });
});

describe('a row that repairs nothing', () => {
  const leftovers = (file: StoredFile): string[] =>
    rowsOf(file)
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.replace(/data\/plays\/a.csv#repair@v\d+/, '*'));

  test('stays out, and no later repair brings it in', async () => {
    const strange = `9,2024-06-09,data/plays/a.csv@${source.version},2,,\n`;
    const file = await send(key, repairAll() + strange);
    expect(file).toMatchObject({ records: 4, quarantined_rows: 1, facts: { records: 3 } });
    const says = `the row on line 5 repairs no line of data/plays/a.csv@${source.version} in quarantine`;
    expect(leftovers(file)).toEqual([`9,2024-06-09,*,,${says},`]);
    const published = await bring(stage, file, 'claimed', 'published');
    expect(await send(repairKey(published), rowsOf(file))).toMatchObject({ state: 'rejected' });
    expect(await send(repairKey(published), rowsOf(file).replace(',,the', ',2,the'))).toMatchObject({
      state: 'rejected',
    });
  });

  test('is the second one for a line', async () => {
    const file = await send(key, `${repairAll()}${repairAll().split('\n')[1]}\n`);
    expect(leftovers(file)).toEqual([
      '2,2024-06-02,*,,the row on line 5 repairs a line that a row before it repairs,',
    ]);
  });

  test.each(['', 'x', '-3', '3.0', '1e0', '99999999999', '4294967299'])('has the line %j', async (line) => {
    const file = await send(key, repairAll().replace(/,5,"line/, `,${line},"line`));
    expect(file).toMatchObject({ quarantined_rows: 1 });
    expect(leftovers(file)).toEqual([
      expect.stringMatching(/^4,2024-06-04,\*,,the row on line 3 repairs no line/),
    ]);
  });

  test.each([
    ['two records', '"5,2024-06-05\n9,2024-06-09"', 'is more than one record'],
    ['an open quote', '"""5,2024-06-05"', 'opens a quote that is never closed'],
    ['a lone carriage return', '"5,2024-06-05\r"', 'holds a carriage return'],
    ['what was no UTF-8', '"5,caf\uFFFD"', 'holds U+FFFD'],
  ])('holds %s', async (_, raw, says) => {
    const file = await send(key, rows.replace('x,', '2,').replace(/,5\n/, `,${raw}\n`));
    expect(file).toMatchObject({ records: 3, quarantined_rows: 2 });
    expect(text(file.clean_key)).toBe('id,day\n2,2024-06-02\n');
    expect(rowsOf(file)).toContain(says);
    expect(rowsOf(file)).toContain(raw);
  });

  test('is longer than a record may be', async () => {
    setManifest({ max_row_bytes: 20 });
    const file = await send(key, repairAll().replace('4,2024', `${'4'.repeat(20)},2024`));
    expect(file).toMatchObject({ records: 3, quarantined_rows: 1 });
    expect(rowsOf(file)).toContain('line 5: the record is longer than 20 bytes');
  });
});

test('reasons say no personal value, whatever cell it slipped into', async () => {
  setManifest({ fields: { ...schema.fields, day: { type: 'date', required: true, pii: true } } });
  const body = repairAll()
    .replace('4,2024-06-04', '4,someone')
    .replace(/,3,"line/, ',someone,"line');
  const file = await send(key, body);
  expect(file).toMatchObject({ state: 'accepted', quarantined_rows: 2 });
  const told = rowsOf(file).replace('4,someone', '');
  expect(told + text(`${file.clean_key}.report.json`)).not.toContain('someone');
  const strange = await send(key, repairAll().replace('id,day', 'id,someone'));
  expect(strange.state).toBe('rejected');
  expect(JSON.stringify([strange, reportOf(strange)])).not.toContain('someone');
});

describe('a rows file is rejected', () => {
  test.each([
    ['in a folder below', (at: string) => at.replace('plays/', 'plays/in/'), 'land it as'],
    ['under another name', (at: string) => at.replace('a.csv', 'b.csv'), 'land it as'],
    ['compressed', (at: string) => `${at}.gz`, 'land it as'],
  ])('%s', async (_, at, says) => {
    expect(await send(at(key), repairAll())).toMatchObject({
      state: 'rejected',
      reason: expect.stringMatching(`${says} data/plays/a.csv@${source.version}.rows.csv`),
    });
  });

  test.each([
    ['of a file that nobody knows', 'data/plays/b.csv@v1'],
    ['of a version that nobody knows', 'data/plays/a.csv@v99'],
    ['of a repair that nobody knows', 'data/plays/a.csv#repair@v1'],
    ['of another dataset', 'data/songs/a.csv@v1'],
    ['that names no file', ''],
  ])('%s', async (_, name) => {
    const body = repairAll().replaceAll(`data/plays/a.csv@${source.version}`, name);
    expect(await send(key, body)).toMatchObject({
      state: 'rejected',
      reason: expect.stringContaining('does not know'),
    });
  });

  test('of two files', async () => {
    const body = repairAll().replace(/(4,2024-06-04,data.plays.a.csv@)v\d+/, '$1v99');
    const file = await send(key, body);
    expect(file).toMatchObject({
      state: 'rejected',
      reason: expect.stringContaining('the row on line 3 does not repair'),
    });
    expect(text(cleanKey(file, file.manifest_sha256 ?? ''))).toBeUndefined();
  });

  test('of a superseded version, with the one to repair instead', async () => {
    const newer = await land(stage, 'a', landed.replace('4,never', '4,2024-06-04'));
    await bring(stage, newer, 'claimed', 'published');
    await bring(stage, source, 'superseded');
    const file = await send(key, repairAll());
    expect(reportOf(file).counts).toEqual({ stale: 1 });
    expect(file.reason).toContain(`superseded by version ${newer.version}; repair the rows of that one`);
  });

  test('of a repair that was published as another', async () => {
    const first = await send(key, rows.replace('4,never', '4,2024-06-04'));
    const published = await bring(stage, first, 'claimed', 'published');
    const body = rowsOf(first).replace('x,', '2,').replaceAll('a.csv#repair', 'b.csv#repair');
    expect(await send(repairKey(published), body)).toMatchObject({
      state: 'rejected',
      reason: expect.stringContaining('does not know'),
    });
  });

  test('of a file that is not published yet', async () => {
    const other = await land(stage, 'b', landed);
    const file = await send(repairKey(other), rowsOf(other).replace('x,', '2,'));
    expect(file).toMatchObject({
      state: 'rejected',
      reason: expect.stringContaining('is accepted, not published'),
    });
    await bring(stage, file, 'quarantined');
    await bring(stage, other, 'claimed', 'published');
    expect(await send(repairKey(other), rowsOf(other).replace('x,', '2,'))).toMatchObject({
      state: 'accepted',
    });
  });

  test('of a file without rows in quarantine', async () => {
    const other = await bring(
      stage,
      await land(stage, 'b', 'id,day\n1,2024-06-01\n'),
      'claimed',
      'published',
    );
    const body = repairAll().replaceAll(`a.csv@${source.version}`, `b.csv@${other.version}`);
    const file = await send(repairKey(other), body);
    expect(file).toMatchObject({
      state: 'rejected',
      reason: expect.stringContaining('no rows in quarantine'),
    });
  });

  test.each([
    ['is empty', '', 'holds no row'],
    ['has a header only', 'id,day,_source,_line,_errors,_raw\n', 'holds no row'],
    ['is another file', 'id,day\n1,2024-06-01\n', '_source is not there'],
    ['has rows of another width', 'id,day,_source,_line\n1,2024-06-01\n', 'has 2 columns, its header has 4'],
    ['is broken CSV', 'id,day,_source,_line\n1,"2024-06-01\n', 'never closed'],
  ])('that %s', async (_, body, says) => {
    expect(await send(key, body)).toMatchObject({ state: 'rejected', reason: expect.stringContaining(says) });
  });

  test.each([
    [
      'a column too many',
      'id,day,x,_source,_line',
      '1,2024-06-01,1',
      'that the file it came from does not have',
    ],
    ['a column twice', 'id,day,id,_source,_line', '1,2024-06-01,1', 'or one twice'],
    ['a column too few', 'id,_source,_line', '1', 'lacks the column'],
  ])('with %s', async (_, header, row, says) => {
    const body = `${header}\n${row},data/plays/a.csv@${source.version},3\n`;
    expect(await send(key, body)).toMatchObject({ state: 'rejected', reason: expect.stringContaining(says) });
  });

  test('that is larger than any file may be', async () => {
    setManifest({ max_bytes: 50 });
    expect(await send(key, repairAll())).toMatchObject({
      state: 'rejected',
      reason: expect.stringContaining('allows 50'),
    });
  });
});
