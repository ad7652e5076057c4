import { describe, expect, it } from 'vitest';
import { manifestOf, problemsOf } from '../fixture.ts';

const text = { type: 'string' };
const fields = { a: text };

describe('the format of files', () => {
  it.each([
    ['.csv', 'csv'],
    ['.txt', 'csv'],
    ['.jsonl', 'jsonl'],
    ['.ndjson', 'jsonl'],
    ['.JSON', 'json'],
    ['.json.gz', 'json'],
    ['.parquet', 'parquet'],
  ])('is by default what %s says: %s', (extension, format) => {
    expect(manifestOf({ extension, name_pattern: undefined, fields }).format).toBe(format);
  });

  it('is what the manifest says where the extension says nothing', () => {
    expect(manifestOf({ extension: '.data', format: 'jsonl', fields }).format).toBe('jsonl');
  });

  it('asks every record of JSON for all keys only where the manifest says so', () => {
    const jsonl = { extension: '.jsonl', fields };
    expect(manifestOf(jsonl).fields_required).toBe(false);
    expect(manifestOf({ ...jsonl, fields_required: true }).fields_required).toBe(true);
  });

  it.each([
    ['another format than the extension', { format: 'json', extension: '.jsonl' }, 'schema.format: is json'],
    ['an extension that is not read', { extension: '.avro' }, 'schema.extension: .avro is not read'],
    ['another compression', { extension: '.csv.zst' }, 'schema.extension: .zst is not read'],
    ['gzip around Parquet', { extension: '.parquet.gz' }, 'schema.extension: Parquet is compressed inside'],
    ['a delimiter of JSON', { extension: '.jsonl', delimiter: ';' }, 'schema.delimiter: is not for jsonl'],
    ['a quote of JSON', { extension: '.json', quote: '"' }, 'schema.quote: is not for json'],
    ['an encoding of Parquet', { extension: '.parquet', encoding: 'utf-8' }, 'schema.encoding: is not for'],
    [
      'a moment of Parquet as ISO',
      { extension: '.parquet', fields: { a: { type: 'timestamp', format: 'YYYY-MM-DDTHH:mm:ssZ' } } },
      'schema.fields.a.format: has a T or a Z, which Parquet has not',
    ],
    [
      'a path without a key',
      { extension: '.json', fields: { 'a..b': text } },
      'schema.fields["a..b"]: is no path',
    ],
    [
      'a path with an index',
      { extension: '.json', fields: { 'a[0]': text } },
      'schema.fields["a[0]"]: is no',
    ],
    [
      'arrays in arrays',
      { extension: '.json', fields: { 'a[].b[]': text } },
      'schema.fields["a[].b[]"]: goes through more than one array',
    ],
    [
      'a path through a value',
      { extension: '.json', fields: { a: text, 'a.b': text } },
      'schema.fields["a.b"]: does not go together with a',
    ],
    [
      'an array that is none elsewhere',
      { extension: '.json', fields: { 'a.b': text, 'a[].c': text } },
      'schema.fields["a[].c"]: does not go together with a.b',
    ],
    [
      'objects that differ in case',
      { extension: '.json', fields: { 'a.b': text, 'A.c': text } },
      'schema.fields["A.c"]: does not go together with a.b',
    ],
    [
      'an object that the lake adds',
      { extension: '.json', fields: { 'landed_file.a': text } },
      'schema.fields["landed_file.a"]: is a column that the lake adds',
    ],
    [
      'a key in an array',
      { extension: '.json', key: ['a[].b'], fields: { 'a[].b': { type: 'string', required: true } } },
      'schema.key[0]: "a[].b" lies in an array',
    ],
  ])('does not go together with %s', (_, schema, problem) => {
    const problems = problemsOf({ name_pattern: undefined, fields, ...schema });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it('leaves names of CSV columns as they are', () => {
    const odd = { 'a.b': text, 'a[]': text, 'a[0]..': text };
    expect(manifestOf({ fields: odd }).fields.map(({ name }) => name)).toEqual(Object.keys(odd));
  });
});
