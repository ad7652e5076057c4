import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runTransform } from '../../../functions/engine/transform.ts';
import type { SpecFile } from '../../../functions/pipeline/spec.ts';
import { type Lake, land, openLake, transformSpec } from './fixtures.ts';
import { readingCases } from './reading-cases.ts';

let lake: Lake;
beforeEach(async () => {
  lake = await openLake();
});
afterEach(() => lake.close());

const key = 'data/people/a.csv';

const staged = (result: { staged: string }, columns = 'id, name') => lake.staged(result, columns);

const rowsOf = async (body: string | Buffer, known: Partial<SpecFile['facts']> & { records: number }) =>
  staged(await runTransform(lake.run('r1'), transformSpec([await land(lake, key, body, known)])));

test('reads the copy of the valid records where there is one, under the name of the file', async () => {
  const file = await land(lake, key, 'id,name\nnobody\n1,x\n', { records: 1 });
  lake.put('staging/clean/people/a.csv@v1', 'id,name\n1,x\n', 'v9');
  const spec = transformSpec([{ ...file, clean_key: 'staging/clean/people/a.csv@v1' }]);
  const result = await runTransform(lake.run('r1'), spec);
  expect(await staged(result, 'landed_file, landed_version, id, name')).toEqual([[key, 'v1', '1', 'x']]);
});

describe('reading as validated', () => {
  test.each(readingCases)('reads %s', async (_, body, known, rows) => {
    expect(await rowsOf(body, known)).toEqual(rows);
  });

  // Asked for its bytes, since DuckDB's client for Node drops the character when it reads a value.
  test('keeps the character of a byte-order mark where a value begins with it', async () => {
    const body = '\ufeffname\n\ufeffx\n"\ufeffy"\n';
    const file = await land(lake, key, body, { records: 2, header: ['name'], bom: true });
    const result = await runTransform(lake.run('r1'), transformSpec([file]));
    expect(await staged(result, 'hex(encode(name))')).toEqual([['EFBBBF78'], ['EFBBBF79']]);
  });

  test('reads large files with quotes in parallel, losing nothing at the borders of buffers', async () => {
    const line = (n: number) => `${n},"name ""${n % 7}"", ${'é'.repeat(n % 50)}"`;
    const records = 600_000;
    const body = `id,name\n${Array.from({ length: records }, (_, n) => line(n)).join('\n')}\n`;
    const result = await runTransform(
      lake.run('r1'),
      transformSpec([await land(lake, key, body, { records })]),
    );
    expect(await staged(result, 'count(*), sum(id), count(distinct id), sum(length(name))')).toEqual([
      [
        String(records),
        String((records * (records - 1)) / 2),
        String(records),
        String(records * 10 + (records / 50) * 1225),
      ],
    ]);
  });

  test('reads a record as long as a manifest may allow', async () => {
    const name = 'x'.repeat(16 * 2 ** 20 - 2);
    const files = [
      await land(lake, key, `id,name\r\n1,${name}\r\n2,y\r\n`, { records: 2, line_end: 'crlf' }),
    ];
    const result = await runTransform(lake.run('r1'), transformSpec(files));
    expect(await staged(result, 'id, length(name)')).toEqual([
      ['1', String(name.length)],
      ['2', '1'],
    ]);
  });

  test('adds the lineage of each file', async () => {
    const files = [await land(lake, key, 'id,name\n1,x\n', { records: 1 }, "it's v2")];
    const result = await runTransform(lake.run('r1'), transformSpec(files));
    expect(await staged(result, 'landed_file, landed_version, landed_at, batch_id')).toEqual([
      [key, "it's v2", '2024-06-25 12:00:00.123', 'people-000001'],
    ]);
  });

  test('keeps two keys apart whose bytes lie in one file', async () => {
    const one = await land(lake, key, 'id,name\n1,x\n', { records: 1 });
    const two = { ...one, key: 'data/people/b.csv' };
    const shared = { ...lake.run('r1'), store: { ...lake.store, locate: () => lake.store.locate(key) } };
    expect((await runTransform(shared, transformSpec([one, two]))).files.map(({ read }) => read)).toEqual([
      1, 1,
    ]);
  });
});

describe('many files', () => {
  test('stages a thousand small files of one shape in seconds, empty ones included', async () => {
    const files: SpecFile[] = [];
    for (let n = 0; n < 1_000; n += 1) {
      const body = n % 10 === 0 ? 'id,name\n' : `id,name\n${n},x\n${n},y\n`;
      files.push(await land(lake, `data/people/${n}.csv`, body, { records: n % 10 === 0 ? 0 : 2 }));
    }
    const started = performance.now();
    const result = await runTransform(lake.run('r1'), transformSpec(files));
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(result.files).toHaveLength(1_000);
    expect(result.files.slice(10, 12)).toEqual([
      { key: 'data/people/10.csv', version: 'v1', read: 0, staged: 0 },
      { key: 'data/people/11.csv', version: 'v1', read: 2, staged: 2 },
    ]);
    expect(await staged(result, 'count(*), count(distinct landed_file)')).toEqual([['1800', '900']]);
  });

  test('reads files of several shapes in one batch', async () => {
    const files = [
      await land(lake, 'data/people/a.csv', 'id,name\n1,x\n', { records: 1 }),
      await land(lake, 'data/people/b.csv', 'name;id\r\n"y;\nz";2\r\n', {
        records: 1,
        header: ['name', 'id'],
        delimiter: ';',
        multiline: true,
        line_end: 'crlf',
      }),
      await land(lake, 'data/people/c.csv', gzipSync('id\n3\n'), {
        records: 1,
        header: ['id'],
        compression: 'gzip',
      }),
    ];
    const result = await runTransform(lake.run('r1'), transformSpec(files));
    expect(await staged(result, 'id, name, landed_file')).toEqual([
      ['1', 'x', 'data/people/a.csv'],
      ['2', 'y;\nz', 'data/people/b.csv'],
      ['3', null, 'data/people/c.csv'],
    ]);
  });
});

describe('what must hold', () => {
  test('fails when a file yields other rows than the validator saw, naming it and both counts', async () => {
    const files = [
      await land(lake, 'data/people/a.csv', 'id,name\n1,x\n', { records: 1 }),
      await land(lake, 'data/people/b.csv', 'id,name\n1,x\n2,y\n', { records: 3 }),
    ];
    await expect(runTransform(lake.run('r1'), transformSpec(files))).rejects.toThrow(
      /^data\/people\/b\.csv: 2 rows read by the engine, 3 expected/,
    );
    expect(await lake.store.readJson('runs/people-000001/transform.result.json')).toBeUndefined();
  });

  test('counts what was read where the SQL drops and multiplies rows', async () => {
    const files = [await land(lake, key, 'id,name\n1,x\n2,y\n3,z\n', { records: 3 })];
    const { sql } = transformSpec([]);
    const changed = `${sql} where id <> '1' union all ${sql} where id <> '1'`;
    expect((await runTransform(lake.run('r1'), transformSpec(files, { sql: changed }))).files).toEqual([
      { key, version: 'v1', read: 3, staged: 4 },
    ]);
  });

  test('answers with the result of the run that ended first', async () => {
    const spec = transformSpec([await land(lake, key, 'id,name\n1,x\n', { records: 1 })]);
    const [first, second] = await Promise.all([
      runTransform(lake.run('r1'), spec),
      runTransform(lake.run('r2'), spec),
    ]);
    expect(second).toEqual(first);
    expect(await runTransform(lake.run('r3'), spec)).toEqual(first);
    expect(await staged(first)).toEqual([['1', 'x']]);
  });

  test('says which file is gone', async () => {
    const file = await land(lake, key, 'id,name\n1,x\n', { records: 1 });
    const spec = transformSpec([{ ...file, version: 'v0' }]);
    await expect(runTransform(lake.run('r1'), spec)).rejects.toThrow(
      'data/people/a.csv (version v0) is gone',
    );
  });

  test('names a file that is not what was validated, without its path or values', async () => {
    const files = [
      await land(lake, 'data/people/a.csv', 'id,name\n1,x\n', { records: 1 }),
      await land(lake, 'data/people/b.csv', 'id,name\n1,"secret\n', { records: 1 }),
    ];
    const failure = await runTransform(lake.run('r1'), transformSpec(files)).catch(String);
    expect(failure).toMatch(/^UnreadableFile: cannot read data\/people\/b\.csv as it was validated/);
    expect(failure).not.toMatch(/secret|object-/);
  });

  test('says what does not fit when the SQL yields other columns than the table has', async () => {
    const files = [await land(lake, key, 'id,name\n1,x\n', { records: 1 })];
    const sql = 'select id, landed_file from landed_people';
    await expect(runTransform(lake.run('r1'), transformSpec(files, { sql }))).rejects.toThrow(
      'the silver SQL yields id, landed_file, but the table has batch_id,',
    );
  });

  test('rejects two versions of one key in a batch', async () => {
    const file = await land(lake, key, 'id,name\n1,x\n', { records: 1 });
    await expect(
      runTransform(lake.run('r1'), transformSpec([file, { ...file, version: 'v2' }])),
    ).rejects.toThrow('is in the batch twice');
  });

  test('stops in the middle of a query when interrupted', async () => {
    const files = [await land(lake, key, 'id,name\n1,x\n', { records: 1 })];
    const sql = `${transformSpec([]).sql} cross join range(100000) as a cross join range(100000) as b`;
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('stopped by hand')), 200);
    await expect(runTransform(lake.run('r1', stop.signal), transformSpec(files, { sql }))).rejects.toThrow(
      'stopped by hand',
    );
  });
});
