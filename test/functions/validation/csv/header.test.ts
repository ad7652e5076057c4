import { describe, expect, it } from 'vitest';
import { factsOf, messagesOf, outcomeOf, validate } from '../fixture.ts';

const header = 'user_id,track_id,listen_time\n';
const good = '26213,4dBa8T7oDV9WvGr7kVS4Ez,2024-06-25 17:43:13\n';
const file = header + good;
const two = { fields: { a: { type: 'string' }, b: { type: 'int' } } };

const named = (count: number): string => Array.from({ length: count }, (_, at) => `c${at}`).join(',');

describe('headers', () => {
  it('rejects more columns than anyone means to keep as texts, and takes them where they are ignored', async () => {
    const wide = `a,b,${named(2001)}\nx,1${',y'.repeat(2001)}\n`;
    const text = await validate(wide, { schema: { ...two, unknown_fields: 'text' } });
    expect(messagesOf(text)).toEqual([
      'line 1: the header has more than 2000 columns that the manifest does not name',
    ]);
    const ignored = await validate(wide, { schema: { ...two, unknown_fields: 'ignore' } });
    expect(outcomeOf(ignored)).toBe('accepted');
  });

  it('rejects names that the ledger cannot keep, also those that a header leaves out', async () => {
    const commas = ','.repeat(100_000);
    const validation = await validate(`a,b${commas}\nx,1${commas}\n`, {
      schema: { ...two, unknown_fields: 'ignore' },
    });
    expect(messagesOf(validation)).toEqual([
      'the file has 100002 columns, whose names take more than 163840 bytes together',
    ]);
  });

  it.each([
    [
      'a missing column',
      'a\nx\n',
      {},
      { 'missing_column:b': 1 },
      'line 1, column b: the header lacks the column b',
    ],
    [
      'a missing column that is optional',
      'b\n1\n',
      {},
      { 'missing_column:a': 1 },
      'line 1, column a: the header lacks',
    ],
    [
      'an unknown column',
      'a,b,c\nx,1,2\n',
      {},
      { unknown_column: 1 },
      'line 1: the header, with "c", has column 3, which the manifest',
    ],
    [
      'a column twice',
      'a,b,a\nx,1,2\n',
      {},
      { duplicate_column: 1 },
      'line 1: the header names one column twice: columns 1 and 3',
    ],
    [
      'a column twice in another case',
      'a,b,B\nx,1,2\n',
      { unknown_fields: 'ignore' },
      { duplicate_column: 1 },
      'line 1: the header names one',
    ],
    [
      'a column without a name',
      'a,b,\nx,1,2\n',
      {},
      { unknown_column: 1 },
      'line 1: the header has no name for column 3; write "from": "column 3" in a field to take it, or "unknown_fields": "ignore"',
    ],
    [
      'a header in another case',
      'A,B\nx,1\n',
      {},
      { header: 1 },
      'line 1: the first line names no column of the manifest (a, b), but has "A"; write "from": "A" in the field a to take it',
    ],
    ['a file without header', 'x,1\ny,2\n', {}, { header: 1 }, 'line 1: the first line names no column'],
    [
      'a blank first line',
      '\na,b\n',
      {},
      { blank_line: 1 },
      'line 1: the first line is blank; the header belongs there',
    ],
    ['a quote that never ends', '"a,b\nx,1\n', {}, { quote: 1 }, 'line 1: "a,b\\nx,1\\n" opens a quote'],
    ['a header of NULs', 'a,b\0\nx,1\n', {}, { nul: 1 }, 'line 1: "b\\u0000" holds a NUL byte'],
    [
      'a header of a megabyte',
      `a,b,${'c'.repeat(300_000)}\n`,
      {},
      { header: 1 },
      'line 1: the header is longer than',
    ],
  ])('names %s', async (_, content, schema, counts, message) => {
    const validation = await validate(content, { schema: { ...two, ...schema } });
    expect(outcomeOf(validation)).toEqual(counts);
    expect(messagesOf(validation)[0]?.startsWith(message), messagesOf(validation)[0]).toBe(true);
  });

  it.each([';', '\t', '|'])('asks whether the delimiter is %j', async (other) => {
    const content = file.replaceAll(',', other);
    const shown = JSON.stringify(header.trimEnd().replaceAll(',', other));
    expect(messagesOf(await validate(content))).toEqual([
      `line 1: the header is one column ${shown}; is the delimiter ${JSON.stringify(other)}? The manifest says ","`,
    ]);
  });

  it('validates the columns that it knows when others are missing or unknown', async () => {
    expect(outcomeOf(await validate('b,c\n1.5,\n', { schema: two }))).toEqual({
      unknown_column: 1,
      'missing_column:a': 1,
      'type:b': 1,
    });
  });

  it('requires a column whose values are required even where others may be missing', async () => {
    const fields = { a: { type: 'string', required: true }, b: { type: 'int' } };
    expect(outcomeOf(await validate('b\n1\n', { schema: { fields, fields_required: false } }))).toEqual({
      'missing_column:a': 1,
    });
  });

  it('is not confused by names that objects have', async () => {
    const schema = { fields: { constructor: { type: 'int' } }, unknown_fields: 'ignore' };
    expect((await factsOf('constructor,__proto__,toString\n1,x,y\n', { schema })).header).toHaveLength(3);
  });
});
