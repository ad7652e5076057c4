import { describe, expect, it } from 'vitest';
import {
  quarantinedRow,
  rowsCsv,
  rowsJsonLines,
  rowsWriter,
} from '../../../../functions/validation/rows-file/writer.ts';

const violation = { rule: 'type', message: 'line 3: no' };
const record = (bytes: Uint8Array, fields?: readonly string[]) =>
  quarantinedRow({ line: 3, bytes, violations: [violation, violation], ...(fields && { fields }) });
const latin = Buffer.from('{"a":"caf\xe9"}', 'latin1');

describe('a row in CSV', () => {
  it('has the texts of the columns, or the text of the record', () => {
    expect(rowsCsv.row(record(Buffer.from('1,x'), ['1', 'x']), 2, 's@v')).toBe(
      '1,x,s@v,3,line 3: no; line 3: no,\n',
    );
    expect(rowsCsv.row(record(Buffer.from('1')), 2, 's@v')).toBe(',,s@v,3,line 3: no; line 3: no,1\n');
  });

  it('tells a record of empty fields from one that was not split', () => {
    expect(rowsCsv.row(record(Buffer.from('"",'), ['', '']), 2, 's@v')).toMatch(/,"""""?,"\n$/);
    expect(rowsCsv.row(record(Buffer.from('')), 2, 's@v')).toMatch(/no,\n$/);
  });

  it('is cut where there are too many reasons to read', () => {
    const violations = Array.from({ length: 1000 }, () => violation);
    const row = rowsCsv.row(quarantinedRow({ line: 3, bytes: Buffer.from('1'), violations }), 2, 's@v');
    expect(row.length).toBeLessThan(2100);
    expect(row).toContain('…');
  });
});

describe('a row in JSON', () => {
  it('has the record as it stands where it is JSON in UTF-8', () => {
    expect(rowsJsonLines.row(record(Buffer.from('{"a": 1.10}')), 0, 's@v')).toBe(
      '{"_source":"s@v","_line":3,"_errors":"line 3: no; line 3: no","record":{"a": 1.10}}\n',
    );
  });

  it.each([
    ['what is no UTF-8', latin, '{"a":"caf\uFFFD"}'],
    ['what is no JSON', Buffer.from('{"a":'), '{"a":'],
    ['a key twice', Buffer.from('{"a":1,"a":2}'), '{"a":1,"a":2}'],
    ['a NUL', Buffer.from('{"a":"\0"}'), '{"a":"\uFFFD"}'],
    ['a line break', Buffer.from('{}\r'), '{}\r'],
  ])('shows %s as a text', (_, bytes, raw) => {
    expect(JSON.parse(rowsJsonLines.row(record(bytes), 0, 's@v'))).toMatchObject({ _raw: raw });
  });
});

it('suits the format of the file', () => {
  const formats = (['csv', 'jsonl', 'json', 'parquet'] as const).map((format) => rowsWriter(format).format);
  expect(formats).toEqual(['csv', 'jsonl', 'jsonl', 'jsonl']);
});
