import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InferredDataset, inferDataset } from '../../../cli/infer/dataset.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'infer-json-'));
});
afterAll(() => rm(folder, { recursive: true }));

const infer = async (name: string, text: string | Buffer): Promise<InferredDataset> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return inferDataset({ dataset: 'shop', paths: [path] }, () => undefined);
};
const fieldsOf = ({ texts }: InferredDataset) =>
  JSON.parse(texts['rules/shop/manifest.json'] ?? '').schema.fields;

const session = (at: number): string =>
  `{"session_id": "3f2504e0-4f89-41d3-9a0c-${String(at).padStart(12, '0')}", "user": {"mail": "u${at}@x.org", "age": ${at}},` +
  ` "started": "2020-01-01T10:00:0${at % 10}.123456", "tags": ["a", "b"], "zip": "0${at}", "big": 1234567890123456789012,` +
  ` "items": [{"price": 0.${at + 10}, "liked": true, "since": null}, {"price": 1, "liked": false, "since": "2020-01-01"}]}`;
const records = Array.from({ length: 40 }, (_, at) => session(at));
const types = {
  session_id: { type: 'string', required: true, pattern: expect.any(String) },
  'user_value.mail': { from: 'user.mail', type: 'string', required: true, pii: true },
  'user_value.age': { from: 'user.age', type: 'int', required: true, min: 0 },
  started: { type: 'timestamp', required: true, format: 'YYYY-MM-DDTHH:mm:ss[.ffffff]' },
  'tags[]': { type: 'string', required: true },
  zip: { type: 'string', required: true },
  big: { type: 'decimal(38,0)', required: true },
  'items[].price': { type: 'decimal(18,2)', required: true, min: 0 },
  'items[].liked': { type: 'bool', required: true },
  'items[].since': { type: 'date' },
};

describe('a file of JSON', () => {
  it.each([
    ['lines', 'shop.jsonl', `${records.join('\n')}\n`],
    ['lines with CRLF', 'shop.ndjson', records.join('\r\n')],
    ['an array', 'shop.json', `[${records.join(',\n')}]`],
    ['an array in gzip', 'shop2.json.gz', gzipSync(`[\n${records.join(',')}]`)],
  ])('has its paths and their types: %s', async (_, name, text) => {
    const inferred = await infer(name, text);
    expect(Object.keys(fieldsOf(inferred))).toEqual(Object.keys(types));
    expect(fieldsOf(inferred)).toMatchObject(types);
    expect(inferred.table.key).toEqual({ columns: ['session_id'], kind: 'found' });
    expect(inferred.samples[0]?.validation).toMatchObject({ verdict: 'accepted', facts: { records: 40 } });
    expect(inferred.samples[0]?.validation).not.toHaveProperty('quarantined');
  });

  it('counts a key that is absent as empty', async () => {
    const lines = Array.from({ length: 61 }, (_, at) =>
      at === 7 ? `{"b": ${at}}` : `{"a": ${at % 3}, "b": ${at}}`,
    );
    const { table, texts } = await infer('shop.jsonl', `${lines.join('\n')}\n`);
    expect(table.columns.find(({ name }) => name === 'a')?.profile.empty).toBe(1);
    expect(texts['rules/shop/quality.dqdl']).toContain('Completeness "a" >= 0.9\n');
  });

  it('may lack what is then not required, and may hold null for an object', async () => {
    const inferred = await infer(
      'shop.jsonl',
      '{"a": 1, "b": {"c": "x"}, "e": []}\n{"b": null}\n{"a": 2, "d": "", "e": [1]}\n',
    );
    expect(fieldsOf(inferred)).toMatchObject({
      a: { type: 'int' },
      'b.c': { type: 'string' },
      'e[]': { type: 'int' },
    });
    expect(inferred.table.columns.map(({ required }) => required)).toEqual([false, false, false, false]);
    expect(inferred.samples[0]?.validation).toMatchObject({ verdict: 'accepted' });
    expect(inferred.samples[0]?.validation).not.toHaveProperty('quarantined');
  });

  it('keeps numbers in quotes as the text that they are', async () => {
    const inferred = await infer('shop.jsonl', '{"id": "12", "price": "1.50"}\n');
    expect(inferred.table.columns.map(({ type }) => type.type)).toEqual(['string', 'string']);
    expect(inferred.table.columns[1]?.type.note).toMatch(/numbers in quotes/);
  });

  it('has records quarantined that are not like the others', async () => {
    const inferred = await infer('shop.jsonl', `${records.join('\n')}\n{"session_id": 7}\n[1]\n`);
    expect(inferred.samples[0]?.validation).toMatchObject({ verdict: 'accepted', quarantined: { rows: 2 } });
  });

  it.each([
    ['no object', 'shop.json', '[1, 2]', /: line 1: the record is a number, every record is an object/],
    [
      'lines that are called an array',
      'shop.json',
      '{"a": 1}\n',
      /holds JSON lines; its name has to end in .jsonl/,
    ],
    ['an array that is called lines', 'shop.jsonl', '[{"a": 1}]', /holds one JSON array; .* end in .json/],
    ['nothing', 'shop.jsonl', '', /is empty/],
    [
      'no key that a manifest can name',
      'shop.jsonl',
      '{"": 1, "a..b": 2, "c[]": 3, "d": [[4]]}',
      /no manifest can name a column of .*\n {2}"": is a key without a name\n.*a\.\.b: has a point.*\n.*c\[\]: has brackets.*\n.*d\[\]\[\]: goes through/,
    ],
    [
      'an object used as a map',
      'shop.jsonl',
      `{"of": {${Array.from({ length: 2001 }, (_, at) => `"k${at}": 1`).join(',')}}}`,
      /more than 2000 keys or columns, which no manifest can have/,
    ],
  ])('is rejected: %s', async (_, name, text, message) => {
    await expect(infer(name, text)).rejects.toThrow(message);
  });
});

describe('keys of JSON', () => {
  const leftOf = ({ table }: InferredDataset) => table.beyond.map(({ name, why }) => `${name} ${why}`);
  const isClean = ({ samples }: InferredDataset) => {
    expect(samples[0]?.validation).toMatchObject({ verdict: 'accepted' });
    expect(samples[0]?.validation).not.toHaveProperty('quarantined');
  };

  it('may have points in their names', async () => {
    const inferred = await infer(
      'shop.jsonl',
      '{"user.id": 1, "user.name": "x", "place.geo.size": 1.5, "tags.seen": ["a"], "line.items": [{"unit.price": 1}]}\n',
    );
    expect(fieldsOf(inferred)).toMatchObject({
      'user_value.id': { from: 'user.id', type: 'int' },
      'user_value.name': { from: 'user.name', type: 'string' },
      'place.geo.size': { type: 'decimal(18,2)' },
      'tags.seen[]': { type: 'string' },
      'line.items[].unit.price': { type: 'int' },
    });
    expect(inferred.manifest.key).toEqual(['user_value.id']);
    expect(leftOf(inferred)).toEqual([]);
    isClean(inferred);
  });

  it.each<[string, string, readonly string[], readonly string[]]>([
    ['blanks', '{" a b ": 1, " ": 2, "\\t": 3}', ['a_b', 'col_2', 'col_3'], []],
    ['another script', '{"客户": 1, "Πόλη": 2, "😀": 3}', ['col_1', 'poli', 'col_3'], []],
    ['quotes and the like', '{"a\\"b": 1, "c\\\\d": 2, "e\'f": 3}', ['a_b', 'c_d', 'e_f'], []],
    ['members of objects', '{"__proto__": 1, "constructor": 2}', ['proto', 'constructor'], []],
    ['no name', '{"": 1, "a": 2}', ['a'], ['"" is a key without a name']],
    ['brackets', '{"a": 1, "b[]": 2}', ['a'], ['b[] has brackets in its name, which mark arrays']],
    [
      'points at their ends',
      '{"a": 1, "b.": 2, ".": 3}',
      ['a'],
      [
        'b. has a point at the start or the end of its name, or two points in a row',
        '. has a point at the start or the end of its name, or two points in a row',
      ],
    ],
    ['another case', '{"id": 1, "ID": 2}', ['id'], ['ID differs from id only in upper and lower case']],
    ['the beginning of others', '{"a.b": 1, "a": 2}', ['a'], ['a.b cannot be used together with a']],
    [
      'a duplicate inside of another',
      '{"a": {"b": 1}, "a.b": 2, "c": 3}',
      ['c'],
      ['a.b is named twice in a record, by one key and by nested keys'],
    ],
    [
      'very many characters',
      `{"a": 1, "${'x'.repeat(1001)}": 2}`,
      ['a'],
      [`${'x'.repeat(1001)} has a name of more than 1000 characters`],
    ],
  ])('that have %s are named, or said to be ignored', async (_, text, names, left) => {
    const inferred = await infer('shop.jsonl', `${text}\n`);
    expect(Object.keys(fieldsOf(inferred))).toEqual(names);
    expect(leftOf(inferred)).toEqual(left);
    isClean(inferred);
  });

  it('that hold half of a character spoil their record', async () => {
    const inferred = await infer('shop.jsonl', '{"a": 1}\n{"a": 1, "\\ud800": 2}\n{"a": 1}\n');
    expect(leftOf(inferred)).toEqual([expect.stringMatching(/holds half of a character/)]);
    expect(inferred.samples[0]?.validation).toMatchObject({ verdict: 'accepted', quarantined: { rows: 1 } });
  });

  it('that hold an object here and a value there are what most records say', async () => {
    const inferred = await infer(
      'shop.jsonl',
      '{"a": 1, "b": 1}\n{"a": {"x": 2}, "b": 1}\n{"a": 3, "b": 1}\n',
    );
    expect(leftOf(inferred)).toEqual(['a.x cannot be used together with a']);
    expect(inferred.samples[0]?.validation).toMatchObject({ verdict: 'accepted', quarantined: { rows: 1 } });
  });

  it.each([
    [
      'empty objects',
      '{"a": 1, "items": [{}]}\n{"a": 2, "items": []}\n',
      'items holds no value in any record',
    ],
    [
      'objects of no key that can be named',
      '{"a": 1, "o": [{"x..y": 1}]}\n{"a": 2, "o": []}\n',
      /^o\[\]\.x\.\.y has a point/,
    ],
  ])('that hold %s are said to be ignored', async (_, text, left) => {
    const inferred = await infer('shop.jsonl', text);
    expect(leftOf(inferred)).toEqual([typeof left === 'string' ? left : expect.stringMatching(left)]);
    expect(Object.keys(fieldsOf(inferred))).toEqual(['a']);
    isClean(inferred);
  });

  it('that silver leaves out are called there by the names of their fields', async () => {
    const inferred = await infer('shop.jsonl', '{"id": 1, "标签": ["x"]}\n');
    expect(inferred.texts['sql/silver/shop.sql']).toContain("'omit': ['col_2[]']");
  });

  it('that hold numbers of any size are floats', async () => {
    const inferred = await infer('shop.jsonl', '{"n": 1.5e300}\n{"n": 123456789012345678901}\n');
    expect(fieldsOf(inferred)).toMatchObject({ n: { type: 'float' } });
    isClean(inferred);
  });

  it('that hold more digits than a decimal are floats', async () => {
    const inferred = await infer('shop.jsonl', `{"n": ${'9'.repeat(37)}.25}\n`);
    expect(fieldsOf(inferred)).toMatchObject({ n: { type: 'float' } });
    isClean(inferred);
  });

  it('that lie very deep are said to be ignored', async () => {
    const deep = `${'{"k":'.repeat(60)}1${'}'.repeat(60)}`;
    const inferred = await infer('shop.jsonl', `{"a": 1, "k": ${deep}}\n`);
    expect(leftOf(inferred)).toEqual([expect.stringMatching(/^k(\.k){7} goes through more than 8 keys$/)]);
  });

  it('that are long make short names', async () => {
    const long = 'some_very_long_name_of_a_key'.repeat(3);
    const inferred = await infer('shop.jsonl', `{"${long}": {"${long}": {"${long}": 1}}}\n`);
    expect(Object.keys(fieldsOf(inferred))).toEqual(['some_ver.some_ver.some_ver']);
    isClean(inferred);
  });
});
