import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { manifestOfFile, parseManifest } from '../../../../functions/validation/manifest/manifest.ts';
import { manifestOf, manifestText, problemsOf, streamsFields } from '../fixture.ts';

const field = (changes: Record<string, unknown>) => ({ fields: { a: { type: 'string', ...changes } } });

describe('parseManifest', () => {
  it("accepts upstream's own manifest, and hashes its bytes", () => {
    const bytes = readFileSync('rules/streams/manifest.json');
    const parsed = parseManifest(bytes);
    expect(parsed).toMatchObject({
      ok: true,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      manifest: {
        directory: 'data/streams/',
        extension: '.csv',
        max_rows: 11346,
        quarantine_path: 'data/quarantine',
      },
    });
    expect(parsed.ok && parsed.manifest.fields.map(({ name }) => name)).toEqual(Object.keys(streamsFields));
    expect(parseManifest(bytes.toString())).toEqual(parsed);
  });

  it('fills in every default', () => {
    const { fields, ...file } = manifestOf({ fields: { a: { type: 'date' } } });
    expect(file).toEqual({
      version: '1.0',
      directory: 'data/streams/',
      format: 'csv',
      extension: '.csv',
      name_pattern: 'streams[0-9]+.csv',
      delimiter: ',',
      quote: '"',
      max_bytes: 10 * 2 ** 30,
      max_row_bytes: 2 ** 20,
      fields_required: true,
      unknown_fields: 'reject',
      on_error: 'quarantine',
      on_duplicate: 'reject',
      on_empty: 'ignore',
      on_duplicate_file: 'publish',
      quarantine_path: 'data/quarantine',
      also: [],
    });
    expect(fields).toMatchObject([
      { name: 'a', type: { kind: 'date', format: 'YYYY-MM-DD' }, required: false, pii: false },
    ]);
  });

  it.each([
    ['a typo in a key', { schema: { max_row: 3 } }, 'schema: has unknown keys max_row'],
    [
      'a typo in a field',
      { schema: field({ requried: true }) },
      'schema.fields.a: has unknown keys requried',
    ],
    [
      'an unknown type',
      { schema: field({ type: 'integer' }) },
      'schema.fields.a.type: is none of int, string',
    ],
    [
      'a decimal of 39 digits',
      { schema: field({ type: 'decimal(39,2)' }) },
      'schema.fields.a.type: is none of',
    ],
    [
      'a decimal of more scale than digits',
      { schema: field({ type: 'decimal(2,3)' }) },
      'schema.fields.a.type: has more',
    ],
    ['a field that is no object', { schema: { fields: { a: 'int' } } }, 'schema.fields.a: '],
    ['no field', { schema: { fields: {} } }, 'schema.fields: names no field'],
    ['a version that is no text', { top: { version: 1 } }, 'version: '],
    ['an empty version', { top: { version: '' } }, 'version: is empty'],
    [
      'a name of 129 characters',
      { schema: { fields: { ['a'.repeat(129)]: { type: 'int' } } } },
      `schema.fields["${'a'.repeat(100)}…"]: has more than 128 characters`,
    ],
    ['no row at most', { schema: { max_rows: 0 } }, 'schema.max_rows: is less than 1'],
    ['rows of 1 GiB', { schema: { max_row_bytes: 2 ** 30 } }, 'schema.max_row_bytes: is more than 16777216'],
    ['no choice', { schema: field({ one_of: [] }) }, 'schema.fields.a.one_of: is empty'],
    [
      'another way to write timestamps',
      { schema: field({ type: 'timestamp', format: 'DD.MM.YYYY' }) },
      'schema.fields.a.format: is none of YYYY-MM-DD HH:mm:ss, ',
    ],
    [
      'another answer to duplicates',
      { schema: { on_duplicate: 'all' } },
      'schema.on_duplicate: is none of first, last, reject',
    ],
    ['no version', { top: { version: undefined } }, 'version: is missing'],
    ['a directory outside landing', { top: { directory: 'lake/' } }, 'directory: is not a landing folder'],
    [
      'the archive as directory',
      { top: { directory: 'data/archive/' } },
      'directory: is not a landing folder',
    ],
    ['a directory that climbs', { top: { directory: 'data/../x/' } }, 'directory: is not a landing folder'],
    ['a directory without a slash at its end', { top: { directory: 'data/streams' } }, 'directory: is not'],
    ['a format that is not read', { schema: { format: 'avro' } }, 'schema.format: is none of csv, jsonl'],
    [
      'an extension that is not read',
      { schema: { extension: '.xlsx' } },
      'schema.extension: .xlsx is not read',
    ],
    ['an encoding that is not read', { schema: { encoding: 'latin1' } }, 'schema.encoding: is not utf-8'],
    [
      'a delimiter of two bytes',
      { schema: { delimiter: 'é' } },
      'schema.delimiter: is not one ASCII character',
    ],
    [
      'a line feed as delimiter',
      { schema: { delimiter: '\n' } },
      'schema.delimiter: is not one ASCII character',
    ],
    [
      'a delimiter that quotes',
      { schema: { delimiter: '"' } },
      'schema.delimiter: is the same as schema.quote',
    ],
    ['a bad name pattern', { schema: { name_pattern: '(' } }, 'schema.name_pattern: is no RE2 pattern'],
    [
      'a pattern that may take exponential time',
      { schema: field({ pattern: '(a)\\1' }) },
      'schema.fields.a.pattern: is no',
    ],
    [
      'a pattern too large to compile',
      { schema: field({ pattern: '((a{1000}){1000}){9}' }) },
      'schema.fields.a.pattern',
    ],
    ['rows in a record limit of zero', { schema: { max_rows: 0 } }, 'schema.max_rows: '],
    [
      'a record limit that does not fit into memory',
      { schema: { max_row_bytes: 2 ** 30 } },
      'schema.max_row_bytes: ',
    ],
    [
      'a bound that is no value',
      { schema: field({ type: 'int', min: 1.5 }) },
      'schema.fields.a.min: 1.5 is no int',
    ],
    [
      'bounds the wrong way round',
      { schema: field({ type: 'int', min: 2, max: 1 }) },
      'schema.fields.a.min: is more',
    ],
    ['a bound of text', { schema: field({ min: 'a' }) }, 'schema.fields.a.min: a string has no order'],
    [
      'lengths the wrong way round',
      { schema: field({ min_length: 2, max_length: 1 }) },
      'schema.fields.a.min_length: ',
    ],
    [
      'two ways to say a length',
      { schema: field({ length: 2, max_length: 2 }) },
      'schema.fields.a.length: says the same',
    ],
    [
      'a choice that is no value',
      { schema: field({ type: 'int', one_of: ['x'] }) },
      'schema.fields.a.one_of: "x" is no int',
    ],
    [
      'a format of another type',
      { schema: field({ format: 'YYYY-MM-DD' }) },
      'schema.fields.a.format: is for fields',
    ],
    [
      'a date format for a timestamp',
      { schema: field({ type: 'timestamp', format: 'YYYY-MM-DD' }) },
      'schema.fields.a.format',
    ],
    [
      'a format of its own',
      { schema: field({ type: 'date', format: 'DD.MM.YYYY' }) },
      'schema.fields.a.format: ',
    ],
    [
      'names that differ in case',
      { schema: { fields: { id: { type: 'int' }, ID: { type: 'int' } } } },
      'schema.fields.ID: ',
    ],
    [
      'a name of the lake',
      { schema: { fields: { Landed_At: { type: 'date' } } } },
      'schema.fields.Landed_At: ',
    ],
    [
      'a name with a line break',
      { schema: { fields: { 'a\nb': { type: 'int' } } } },
      'schema.fields["a\\nb"]: has control',
    ],
    [
      'a name with a blank at its end',
      { schema: { fields: { 'a ': { type: 'int' } } } },
      'schema.fields["a "]: begins or ends',
    ],
    [
      'a key that is no field',
      { schema: { key: ['b'], fields: { a: { type: 'int', required: true } } } },
      'schema.key[0]: "b" is no field',
    ],
    [
      'a key that may be empty',
      { schema: { key: ['a'], fields: { a: { type: 'int' } } } },
      'schema.key[0]: "a" is not required',
    ],
    [
      'a policy for duplicates without a key',
      { schema: { on_duplicate: 'first' } },
      'schema.on_duplicate: says nothing',
    ],
    [
      'a limit of invalid rows where one rejects the file',
      { schema: { validation: { max_bad_rows: 3 } } },
      'schema.validation.max_bad_rows: is for',
    ],
    [
      'an error policy that does not exist',
      { schema: { validation: { on_error: 'skip' } } },
      'schema.validation.on_error: ',
    ],
  ])('names the place of %s', (_, { schema = {}, top = {} }: { schema?: object; top?: object }, problem) => {
    const problems = problemsOf({ ...schema }, { ...top });
    expect(problems).toHaveLength(1);
    expect(problems[0]?.startsWith(problem), problems[0]).toBe(true);
  });

  it.each([
    'data/quarantine/../archive',
    'data/quarantined',
    'archive',
    '/data/quarantine',
    'data/quarantine//x',
    'data/quarantine/.x',
    '',
  ])('keeps quarantine in its folder: %s', (quarantine_path) => {
    expect(problemsOf({ validation: { quarantine_path } })[0]).toMatch(
      /^schema.validation.quarantine_path: /,
    );
  });

  it('allows a folder under quarantine', () => {
    expect(manifestOf({ validation: { quarantine_path: 'data/quarantine/music/' } }).quarantine_path).toBe(
      'data/quarantine/music',
    );
  });

  it('names every problem at once', () => {
    expect(problemsOf({ delimiter: '"', name_pattern: '(', ...field({ pattern: ')' }) })).toHaveLength(3);
  });

  it('rejects __proto__ as a column and is not touched by it', () => {
    const text = manifestText().replace('"user_id"', '"__proto__"');
    expect(parseManifest(text)).toEqual({
      ok: false,
      problems: ['schema.fields.__proto__: cannot be a key'],
    });
    expect(
      manifestOf({ fields: { constructor: { type: 'int' }, toString: { type: 'int' } } }).fields,
    ).toHaveLength(2);
  });

  it.each([
    ['no JSON', '{', 'manifest: is not JSON'],
    ['no object', '[]', 'manifest: '],
    ['nothing', '', 'manifest: is not JSON'],
    ['deep nesting', '['.repeat(500_000), '[0]: is no text and no number'],
    [
      'deep nesting that is JSON',
      `${'['.repeat(500_000)}${']'.repeat(500_000)}`,
      '[0]: is no text and no number',
    ],
    ['too many bytes', ' '.repeat(2 ** 20 + 1), 'manifest: is larger than 1 MiB'],
    ['deep objects', '{"a":'.repeat(99_999), 'is nested deeper than 16 levels'],
  ])('rejects %s', (_, text, problem) => {
    const parsed = parseManifest(text);
    expect(parsed.ok ? '' : parsed.problems[0]).toContain(problem);
  });

  it('rejects bytes that are not UTF-8, and reads past a byte-order mark', () => {
    expect(parseManifest(Uint8Array.of(0x22, 0xff, 0x22))).toEqual({
      ok: false,
      problems: ['manifest: is not UTF-8'],
    });
    expect(parseManifest(`\ufeff${manifestText()}`).ok).toBe(true);
  });

  it('rejects more than 2,000 fields', () => {
    const fields = Object.fromEntries(Array.from({ length: 2001 }, (_, at) => [`f${at}`, { type: 'int' }]));
    expect(problemsOf({ fields })).toEqual([
      'schema.fields.f2000: stands behind 2000 other keys, which is too many',
    ]);
  });
});

describe('files that are written in another way', () => {
  const also = { '.jsonl': { name_pattern: 'l.*', validation: { on_error: 'quarantine_rows' } } };

  it('have a manifest of their own, with what is said of all files', () => {
    const manifest = manifestOf({ delimiter: ';', max_rows: 3, also });
    const own = manifestOfFile(manifest, 'data/streams/listens1.jsonl.gz');
    expect(own).toMatchObject({ format: 'jsonl', extension: '.jsonl', name_pattern: 'l.*', delimiter: ',' });
    expect(own).toMatchObject({ on_error: 'quarantine_rows', max_rows: undefined, fields: manifest.fields });
    expect(own.fields_required).toBe(false);
    expect(manifestOfFile(manifest, 'data/streams/streams1.csv')).toBe(manifest);
    expect(manifestOfFile(manifest, 'data/streams/streams1.txt')).toBe(manifest);
  });

  it.each([
    ['the same extension', { '.csv': {} }, 'schema.also[".csv"]: cannot be told apart from .csv'],
    ['an extension that ends like another', { '.new.csv': {} }, 'cannot be told apart from .csv'],
    ['a format that is not read', { '.avro': {} }, '.avro is not read'],
    ['a pattern that is none', { '.jsonl': { name_pattern: '(' } }, 'schema.also[".jsonl"].name_pattern: '],
    [
      'a limit of invalid rows without quarantine',
      { '.jsonl': { validation: { max_bad_rows: 3 } } },
      'schema.also[".jsonl"].validation.max_bad_rows: is for on_error quarantine_rows',
    ],
    ['another key', { '.jsonl': { fields: {} } }, 'has unknown keys fields'],
  ])('are no %s', (_, other, problem) => {
    expect(problemsOf({ also: other }).join('\n')).toContain(problem);
  });
});
