import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateFile } from '../../../functions/validation/validate-file.ts';
import { factsOf, manifestOf, messagesOf, outcomeOf, pieces, validate } from './fixture.ts';

const header = 'user_id,track_id,listen_time\n';
const good = '26213,4dBa8T7oDV9WvGr7kVS4Ez,2024-06-25 17:43:13\n';
const file = header + good;
const two = { fields: { a: { type: 'string' }, b: { type: 'int' } } };
const bom = Buffer.from([0xef, 0xbb, 0xbf]);

describe('a good file', () => {
  it('is accepted with the facts that engines read it by', async () => {
    expect(await validate(file)).toEqual({
      verdict: 'accepted',
      drift: [],
      isRewritten: false,
      facts: {
        format: 'csv',
        compression: 'none',
        bom: false,
        delimiter: ',',
        quote: '"',
        header: ['user_id', 'track_id', 'listen_time'],
        line_end: 'lf',
        multiline: false,
        records: 1,
        bytes: file.length,
        sha256: createHash('sha256').update(file).digest('hex'),
      },
    });
  });

  it('may be the real one', async () => {
    const facts = await factsOf(readFileSync('local/sample/streams1.csv'), { schema: { max_rows: 11346 } });
    expect(facts).toMatchObject({ records: 11346, bytes: 553410, line_end: 'lf', multiline: false });
  });

  it.each([
    ['a byte-order mark', Buffer.concat([bom, Buffer.from(file)]), { bom: true, bytes: file.length + 3 }],
    ['CRLF', file.replaceAll('\n', '\r\n'), { line_end: 'crlf' }],
    ['both line ends', file.replace('\n', '\r\n'), { line_end: 'mixed' }],
    ['no end of its last line', file.trimEnd(), { records: 1 }],
    [
      'columns in another order',
      `track_id,listen_time,user_id\nx,2024-06-25 17:43:13,1\n`,
      { header: ['track_id', 'listen_time', 'user_id'] },
    ],
    [
      'every field in quotes',
      `"user_id","track_id","listen_time"\n"1","x","2024-06-25 17:43:13"\n`,
      { records: 1 },
    ],
    [
      'doubled quotes, delimiters and line breaks in quotes',
      `${header}1,"a ""b"", c\r\nd",2024-06-25 17:43:13\n`,
      { multiline: true, records: 1, line_end: 'lf' },
    ],
    ['a header alone', header, { records: 0 }],
    ['a header alone without line end', header.trimEnd(), { records: 0, line_end: 'lf' }],
  ])('may have %s', async (_, content, facts) => {
    expect(await factsOf(content)).toMatchObject(facts);
  });

  it('may be gzip, of one member or several', async () => {
    const landed = Buffer.concat([gzipSync(header), gzipSync(good)]);
    const sha256 = createHash('sha256').update(landed).digest('hex');
    for (const piece of [1, 7, 100]) {
      const facts = await factsOf(landed, { key: 'data/streams/streams1.csv.gz', piece });
      expect(facts).toMatchObject({ compression: 'gzip', records: 1, bytes: file.length, sha256 });
    }
  });

  it('may have another delimiter and quote', async () => {
    const schema = { ...two, delimiter: '\t', quote: "'" };
    const facts = await factsOf(`a\tb\n'it''s "\t"'\t1\n`, { schema });
    expect(facts).toMatchObject({ delimiter: '\t', quote: "'", records: 1 });
  });

  it('may have NULLs, quoted or not, where no value is required', async () => {
    expect((await factsOf('a,b\n,\n"",""\n', { schema: two })).records).toBe(2);
  });

  it('may lack optional columns where the manifest says so, and have more where it ignores them', async () => {
    expect((await factsOf('b\n1\n', { schema: { ...two, fields_required: false } })).header).toEqual(['b']);
    expect(
      (await factsOf('a,x,b\n1,2,3\n', { schema: { ...two, unknown_fields: 'ignore' } })).header,
    ).toEqual(['a', 'x', 'b']);
  });
});

describe('files without records', () => {
  const empty = { schema: { validation: { on_empty: 'reject' } } };

  it('ignores a folder marker', async () => {
    expect(await validate('', { key: 'data/streams/' })).toMatchObject({
      verdict: 'ignored',
      reason: 'a marker, which holds no rows',
    });
  });

  it.each([
    ['no bytes', Buffer.alloc(0), 'data/streams/streams1.csv'],
    ['a byte-order mark alone', bom, 'data/streams/streams1.csv'],
    ['no bytes as gzip', gzipSync(''), 'data/streams/streams1.csv.gz'],
    ['no bytes that call themselves gzip', Buffer.alloc(0), 'data/streams/streams1.csv.gz'],
  ])('ignores %s, unless the manifest rejects them', async (_, content, key) => {
    expect(await validate(content, { key })).toMatchObject({ verdict: 'ignored', reason: 'empty file' });
    expect(messagesOf(await validate(content, { key, ...empty }))).toEqual(['the file holds no record']);
  });

  it('takes a header alone as a file of no records, unless the manifest rejects it', async () => {
    expect(outcomeOf(await validate(header))).toBe('accepted');
    expect(outcomeOf(await validate(header, empty))).toEqual({ empty: 1 });
  });
});

describe('however the bytes arrive', () => {
  const token = fc.constantFrom(
    'x',
    '1',
    '1.0',
    '"',
    '""',
    ',',
    ',',
    '\n',
    '\r\n',
    '\r',
    '"1"',
    'é',
    '\0',
    '2024-01-01',
  );
  const content = fc.array(token, { maxLength: 80 }).map((tokens) => `a,b\n${tokens.join('')}`);

  it('validates the same', async () => {
    await fc.assert(
      fc.asyncProperty(content, fc.integer({ min: 1, max: 9 }), async (text, piece) => {
        const schema = { ...two, max_row_bytes: 30, max_rows: 6 };
        expect(await validate(text, { schema, piece })).toEqual(await validate(text, { schema }));
      }),
      { numRuns: 300 },
    );
  });

  it('throws when fewer bytes came than the file has', async () => {
    const bytes = Buffer.from(file);
    const landed = {
      key: 'data/streams/streams1.csv',
      size: bytes.length + 1,
      manifest: manifestOf(),
      content: pieces(bytes, 9),
    };
    await expect(validateFile(landed)).rejects.toThrow('read 78 of 79 bytes');
  });
});
