import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { messagesOf, outcomeOf, validate } from '../fixture.ts';

const header = 'user_id,track_id,listen_time\n';
const good = '26213,4dBa8T7oDV9WvGr7kVS4Ez,2024-06-25 17:43:13\n';
const file = header + good;
const two = { fields: { a: { type: 'string' }, b: { type: 'int' } } };

describe('broken CSV', () => {
  it.each([
    ['too few columns', 'a,b\n1\n', { columns: 1 }, 'line 2: the record has 1 column, the header has 2'],
    [
      'too many columns',
      'a,b\n1,2,3\n',
      { columns: 1 },
      'line 2: the record has 3 columns, the header has 2',
    ],
    ['a blank line', 'a,b\n\nx,1\n', { blank_line: 1 }, 'line 2: the line is blank'],
    ['a blank line at the end', 'a,b\nx,1\n\n', { blank_line: 1 }, 'line 3: the line is blank'],
    ['a line of blanks', 'a,b\n  \n', { columns: 1 }, 'line 2: the record has 1 column, the header has 2'],
    [
      'a quote inside a field',
      'a,b\nx"y",1\n',
      { 'quote:a': 1 },
      'line 2, column a: "x\\"y\\"" holds a quote but does not start',
    ],
    [
      'text after a quote',
      'a,b\n"x"y,1\n',
      { 'quote:a': 1 },
      'line 2, column a: "\\"x\\"y" goes on after its closing quote',
    ],
    [
      'a blank before a quote',
      'a,b\n "x",1\n',
      { 'quote:a': 1 },
      'line 2, column a: " \\"x\\"" holds a quote but',
    ],
    [
      'a quote that is cut off',
      'a,b\nx,1\n"y,1\nz,1\n',
      { 'quote:a': 1 },
      'line 3, column a: "y,1\\nz,1\\n" opens a quote that is never',
    ],
    [
      'a lone carriage return',
      'a,b\nx\ry,1\n',
      { 'line_end:a': 1 },
      'line 2, column a: "x\\ry" holds a carriage return',
    ],
    [
      'a lone carriage return at the end',
      'a,b\nx,1\r',
      { 'line_end:b': 1 },
      'line 2, column b: "1\\r" holds a carriage return',
    ],
    [
      'lines that end with CR alone',
      'a,b\rx,1\r',
      { line_end: 2 },
      'line 1: "b\\rx" holds a carriage return',
    ],
    ['a NUL', 'a,b\nx\0y,1\n', { 'nul:a': 1 }, 'line 2, column a: "x\\u0000y" holds a NUL byte'],
  ])('names %s', async (_, content, counts, message) => {
    const validation = await validate(content, { schema: two });
    expect(outcomeOf(validation)).toEqual(counts);
    expect(messagesOf(validation)[0]?.startsWith(message), messagesOf(validation)[0]).toBe(true);
  });

  it('validates on after a broken record', async () => {
    const content = 'a,b\nx"y,1\n"x"y,1\nx\r,1\n\n1\nx,12.0\nx\0,y\nx,1\n';
    expect(await validate(content, { schema: two })).toMatchObject({
      records: 8,
      counts: { 'quote:a': 2, 'line_end:a': 1, blank_line: 1, columns: 1, 'type:b': 1, 'nul:a': 1 },
    });
  });

  it('takes a blank line for an error in a file of one column too', async () => {
    const schema = { fields: { a: { type: 'string' } } };
    expect(outcomeOf(await validate('a\n\n', { schema }))).toEqual({ blank_line: 1 });
    expect(outcomeOf(await validate('a\n""\n', { schema }))).toBe('accepted');
  });
});

describe('encoding', () => {
  const latin1 = Buffer.from('a,b\nMotörhead,1\nx,2\n', 'latin1');

  it('names the fields that are not UTF-8', async () => {
    const validation = await validate(latin1, { schema: two });
    expect(outcomeOf(validation)).toEqual({ 'encoding:a': 1 });
    expect(messagesOf(validation)[0]).toBe('line 2, column a: "Mot\ufffdrhead" is not UTF-8');
  });

  it.each([
    ['an overlong form', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['what lies behind Unicode', [0xf4, 0x90, 0x80, 0x80]],
    ['a character cut off by the end of its field', [0xe2, 0x98]],
  ])('rejects %s', async (_, bytes) => {
    const content = Buffer.concat([Buffer.from('a,b\n'), Buffer.from(bytes), Buffer.from(',1\n')]);
    expect(outcomeOf(await validate(content, { schema: two }))).toEqual({ 'encoding:a': 1 });
  });

  it('takes a byte-order mark for text in a record, and rejects a second one before the header', async () => {
    expect(outcomeOf(await validate('a,b\n\ufeffx,1\n', { schema: two }))).toBe('accepted');
    expect(outcomeOf(await validate('\ufeff\ufeffa,b\n', { schema: two }))).toEqual({ encoding: 1 });
  });

  it.each([
    ['UTF-16', Buffer.from(`\ufeff${file}`, 'utf16le'), 'the file is UTF-16'],
    ['a ZIP archive', Buffer.from('PK\u0003\u0004\0\0\0\0'), 'the file is a ZIP archive or a spreadsheet'],
    ['gzip under a plain name', gzipSync(file), 'the file is gzip without .gz at the end of its name'],
    ['Parquet', Buffer.from('PAR1\u0015\0\u0015'), 'the file is Parquet'],
  ])('names %s', async (_, content, says) => {
    expect(messagesOf(await validate(content))).toEqual([`line 1: ${says}, not CSV in UTF-8`]);
  });

  it('rejects binary data of no known kind, once', async () => {
    const noise = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 256));
    const validation = await validate(noise);
    expect(validation).toMatchObject({ verdict: 'rejected', records: 0 });
  });
});
