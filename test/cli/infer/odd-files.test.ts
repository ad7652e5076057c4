import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InferredDataset, inferDataset } from '../../../cli/infer/dataset.ts';
import { CannotInfer } from '../../../cli/infer/sample-file.ts';
import { csvLine } from '../../../local/generate/csv-line.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'infer-'));
});
afterAll(() => rm(folder, { recursive: true }));

const infer = async (files: Readonly<Record<string, string | Buffer>>): Promise<InferredDataset> => {
  const paths = Object.keys(files).map((name) => join(folder, name));
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
  return inferDataset({ dataset: 'odd', paths }, () => undefined);
};
const inferOne = (text: string | Buffer, name = 'odd.csv') => infer({ [name]: text });
const typesOf = ({ table }: InferredDataset) =>
  Object.fromEntries(table.columns.map(({ name, type }) => [name, type.type]));
const lines = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => `${line(at)}\n`).join('');

describe('how a file is written', () => {
  it.each([
    ['comma', ','],
    ['semicolon', ';'],
    ['tab', '\t'],
    ['pipe', '|'],
    ['caret', '^'],
    ['tilde', '~'],
    ['colon', ':'],
    ['blank', ' '],
  ])('is found: %s', async (_, delimiter) => {
    const text = lines(30, (at) =>
      (at === 0 ? ['id', 'name', 'n'] : [at, `"x${delimiter}y"`, at * 2]).join(delimiter),
    );
    const { manifest, table, samples } = await inferOne(text);
    expect(manifest).toMatchObject({ delimiter, quote: '"' });
    expect(table.columns.map(({ name }) => name)).toEqual(['id', 'name', 'n']);
    expect(samples[0]?.validation).toMatchObject({ verdict: 'accepted', facts: { records: 29 } });
  });

  it.each([
    ['one column', 'id\n1\n2\n', { id: 'int' }],
    ['one column of moments', 'at\n2020-01-01 10:00:00\n', { at: 'timestamp' }],
    ['a byte-order mark', '\ufeffid|n\n1|2\n', { id: 'int', n: 'int' }],
    ['CRLF', 'id|n\r\n1|2020-01-01\r\n', { id: 'int', n: 'date' }],
    ['no last line end', 'id,n\n1,x', { id: 'int', n: 'string' }],
    ['commas in texts', 'id|text\n1|a,b,c\n2|d,e\n', { id: 'int', text: 'string' }],
    ['line breaks in quotes', 'id|text\n1|"a\nb"\n2|"c"\n', { id: 'int', text: 'string' }],
    ['quotes around all', '"id","n"\n"1","2.50"\n', { id: 'int', n: 'decimal(18,2)' }],
  ])('does not matter: %s', async (_, text, types) => {
    const inferred = await inferOne(text);
    expect(typesOf(inferred)).toEqual(types);
    expect(inferred.samples[0]?.validation).toMatchObject({ verdict: 'accepted' });
    expect(inferred.samples[0]?.validation).not.toHaveProperty('quarantined');
  });

  it('may be with single quotes', async () => {
    const { manifest } = await inferOne(lines(20, (at) => (at === 0 ? 'id,text' : `${at},'it''s, ${at}'`)));
    expect(manifest.quote).toBe("'");
  });

  it.each([
    ['around a name with a delimiter', "n;'semi;colon'\n1;2\n3;4\n", ['n', 'semi;colon']],
    ['around a name with blanks', "' city ',n\nx,1\ny,2\n", [' city ', 'n']],
    ['around a name with the other quotes', '\'say "x"\'\tn\n1\t2\n', ['say "x"', 'n']],
  ])('may be with single quotes in the header alone: %s', async (_, text, names) => {
    const { table, samples } = await inferOne(text);
    expect(table.columns.map(({ name }) => name)).toEqual(names);
    expect(samples[0]?.validation).toMatchObject({ verdict: 'accepted' });
  });

  it('is not taken for one with a blank that makes one record of all', async () => {
    const { table } = await inferOne('id," city "\n1,2\n2,3\n');
    expect(table.columns.map(({ name }) => name)).toEqual(['id', ' city ']);
  });

  it('may be without quotes at all, which then stand in texts', async () => {
    const { manifest, samples } = await inferOne(
      lines(20, (at) => (at === 0 ? 'id|text' : `${at}|a ${at}" screen "and" more`)),
    );
    expect(manifest.quote).not.toBe('"');
    expect(samples[0]?.validation).toMatchObject({ verdict: 'accepted', facts: { records: 19 } });
  });

  it('is read from gzip', async () => {
    const { manifest, samples } = await inferOne(gzipSync('id|n\n1|2\n'), 'odd7.csv.gz');
    expect(manifest).toMatchObject({ extension: '.csv', name_pattern: 'odd[0-9]+\\.csv' });
    expect(samples[0]?.validation).toMatchObject({ verdict: 'accepted' });
  });
});

describe('several files', () => {
  it('are one dataset, with the columns of all', async () => {
    const inferred = await infer({ 'a1.csv': 'id,n\n1,2\n2,3\n', 'a2.csv': 'n,id,note\n1.5,1,x\n,2,y\n' });
    expect(typesOf(inferred)).toEqual({ id: 'int', n: 'decimal(18,2)', note: 'string' });
    expect(inferred.table.columns.map(({ required }) => required)).toEqual([true, false, false]);
    expect(inferred.table.key.columns).toEqual(['id']);
    expect(inferred.manifest.fields_required).toBe(false);
    for (const { validation } of inferred.samples) expect(validation).toMatchObject({ verdict: 'accepted' });
  });

  it('have to be written alike', async () => {
    await expect(infer({ 'b1.csv': 'id,n\n1,2\n', 'b2.csv': 'id|n\n1|2\n' })).rejects.toThrow(
      /delimiter "," and .*b2.csv "\|"; a dataset must have one delimiter/,
    );
  });
});

describe('broken rows', () => {
  it('are violations, and quarantined', async () => {
    const good = lines(300, (at) => `${at + 1},2020-01-01,${at}.50`);
    const { table, samples } = await inferOne(
      `id,day,amount\n${good}301,2020-02-30,1.00\nx,2020-01-01,1.00,more\n302,2020-01-01,1 000\n`,
    );
    expect(table.columns.map(({ type }) => type.type)).toEqual(['int', 'date', 'decimal(18,2)']);
    expect(samples[0]?.validation).toMatchObject({
      verdict: 'accepted',
      quarantined: { rows: 3, counts: { 'type:day': 1, columns: 1, 'type:amount': 1 } },
    });
  });

  it('raise the share that is allowed where they are many', async () => {
    const bad = lines(100, (at) => (at % 10 === 0 ? `${at},x,y` : `${at},x`));
    const { manifest, samples } = await inferOne(`id,text\n${bad}`);
    expect(manifest.max_bad_share).toBeCloseTo(0.15);
    expect(samples[0]?.validation).toMatchObject({ verdict: 'accepted', quarantined: { rows: 10 } });
  });
});

describe('keys', () => {
  it('may be a moment with identifiers, of which the first of two rows is kept', async () => {
    const rows = lines(
      200,
      (at) => `${at % 20},t${at % 7},2024-06-25 10:${String(at % 60).padStart(2, '0')}:0${at % 9}`,
    );
    const { table, manifest } = await inferOne(`user_id,track_id,listen_time\n${rows}`);
    expect(table.key).toEqual({ columns: ['user_id', 'track_id', 'listen_time'], kind: 'event' });
    expect(manifest).toMatchObject({ key: ['user_id', 'track_id', 'listen_time'], on_duplicate: 'first' });
  });

  it('have a value in each row of silver, which a word for nothing is not', async () => {
    const { table } = await inferOne('id,n\n1,x\nn/a,x\n3,x\n');
    expect(table.columns[0]?.type.numbers).toEqual({ type: 'int', word: 'n/a' });
    expect(table.key.kind).toBe('none');
  });

  it('are left out where rows repeat', async () => {
    const { table, manifest } = await inferOne(`id,n\n${lines(50, (at) => `${at % 25},${at % 25}`)}`);
    expect(table.key).toEqual({ columns: ['id'], kind: 'none' });
    expect(manifest.key).toBeUndefined();
  });

  it('are seen to repeat among more values than are kept', async () => {
    const count = 60_000;
    const { table } = await inferOne(`id,other_id\n${lines(count, (at) => `${at},${at % (count / 2)}`)}`);
    expect(table.columns.map(({ profile }) => profile.isUnique)).toEqual([true, false]);
  });
});

describe('what nothing can be learned from', () => {
  it.each([
    ['nothing', '', /is empty/],
    ['a header alone', 'id,n\n', /has a header but no rows/],
    ['UTF-16', Buffer.from('\ufeffid,n\n1,2\n', 'utf16le'), /is UTF-16, not CSV/],
    ['a spreadsheet', Buffer.from('PK\u0003\u0004....'), /ZIP archive or a spreadsheet/],
    ['two columns of one name', 'id,ID\n1,2\n', /differs from id in case alone/],
    [
      'rows that are wider than the header',
      'id,name\n1,x,\n',
      /: line 2: the record has 3 columns, the header has 2\n.*delimiter/,
    ],
    [
      'carriage returns alone',
      'id,n\r1,2\r',
      /: line 1: "n\\r1" holds a carriage return .*\n.*end each line with LF/s,
    ],
    ['another encoding', Buffer.from('id,Größe\n1,ß\n', 'latin1'), /: line 1: "Gr..e" is not UTF-8\n.*iconv/],
    [
      'rows in another encoding',
      Buffer.from('id,name\n1,ß\n', 'latin1'),
      /: line 2, column name: "." is not UTF-8\n.*iconv/,
    ],
    [
      'rows of more than a mebibyte',
      `id,n\n1,${'x'.repeat(2 ** 20)}\n`,
      /: line 2: the record is longer than 1048576 bytes.*\n.*max_row_bytes/,
    ],
    [
      'values in the header',
      '1,2020-01-01,7.5\n2,2020-01-02,8.5\n',
      /first line .* holds values, not column names \(see column 2\)/,
    ],
  ])('is rejected: %s', async (_, text, message) => {
    const rejected = inferOne(text);
    await expect(rejected).rejects.toThrow(message);
    await expect(rejected).rejects.toThrow(CannotInfer);
  });

  it('is rejected: broken gzip', async () => {
    const half = gzipSync('id|n\n1|2\n'.repeat(1000)).subarray(0, 30);
    await expect(inferOne(half, 'odd.csv.gz')).rejects.toThrow(/is not a complete gzip file/);
  });
});

describe('any table', () => {
  const value = fc.oneof(
    fc.constant(''),
    fc.integer().map(String),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.integer({ min: 0, max: 10_000 }).map((number) => (number / 100).toFixed(2)),
    fc.constantFrom(
      '0012',
      'true',
      'N',
      'NULL',
      '2020-01-01',
      '2020-02-30',
      '2020-01-01 10:00:00',
      '1,5',
      '-0',
      'a"b',
    ),
    fc.string({
      unit: fc.constantFrom('a', '0', '.', '-', 'é', '😀', ' ', '"', "'", '\\', '$'),
      minLength: 1,
    }),
  );
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z_]{0,11}$/), { minLength: 1, maxLength: 5 });
  const table = names
    .filter((columns) => !columns.some((name) => /^(landed_|batch_id)/.test(name)))
    .chain((columns) =>
      fc
        .array(fc.tuple(...columns.map(() => value)), { minLength: 1, maxLength: 40 })
        .filter((rows) => columns.length > 1 || rows.every(([only]) => only !== ''))
        .map((rows) => ({ columns, rows })),
    );

  it('is accepted by what was inferred from it, every row of it', async () => {
    await fc.assert(
      fc.asyncProperty(table, async ({ columns, rows }) => {
        const { samples } = await inferOne(csvLine(columns) + rows.map(csvLine).join(''));
        const validation = samples[0]?.validation;
        expect(validation).toMatchObject({ verdict: 'accepted', facts: { records: rows.length } });
        expect(validation).not.toHaveProperty('quarantined');
      }),
      { numRuns: 100 },
    );
  });
});
