import { describe, expect, test } from 'vitest';
import { csvOf, documentOf, tableLines } from '../../../cli/output/rows-text.ts';
import { stringifyExactly } from '../../../functions/values/exact-json.ts';

const rows = {
  columns: [
    { name: 'id', type: 'int8' },
    { name: 'name', type: 'varchar' },
    { name: 'price', type: 'numeric' },
    { name: 'liked', type: 'bool' },
  ],
  rows: [
    ['9223372036854775807', 'a "b", c', '1.10', 'true'],
    ['7', '', '12345678901234567890.123456', null],
    ['-1', null, null, 'false'],
  ],
};

describe('rows of a query', () => {
  test('are a table, numbers on the right, without what would move the cursor', () => {
    expect(tableLines(rows)).toEqual([
      '                 id  name                            price  liked',
      '───────────────────  ────────  ───────────────────────────  ─────',
      '9223372036854775807  a "b", c                         1.10  true',
      '                  7            12345678901234567890.123456  NULL',
      '                 -1  NULL                             NULL  false',
    ]);
    const odd = { columns: [{ name: 'x', type: 'varchar' }], rows: [['\u001b[2J\n'], ['y'.repeat(100)]] };
    expect(tableLines(odd).slice(2)).toEqual(['\\u001b[2J\\n', `${'y'.repeat(59)}…`]);
  });

  test('are CSV in which NULL and an empty text differ', () => {
    expect(csvOf(rows)).toBe(
      'id,name,price,liked\n9223372036854775807,"a ""b"", c",1.10,true\n7,"",12345678901234567890.123456,\n-1,,,false\n',
    );
  });

  test('are JSON with every digit, and with a number behind a name that comes again', () => {
    const text = stringifyExactly(documentOf(rows));
    expect(text).toContain('{"id":9223372036854775807,"name":"a \\"b\\", c","price":1.1,"liked":true}');
    expect(text).toContain('"price":12345678901234567890.123456,"liked":null');
    const twice = {
      columns: [rows.columns[0], rows.columns[0]].flatMap((one) => one ?? []),
      rows: [['1', '2']],
    };
    expect(documentOf(twice)).toMatchObject({ rows: [{ id: 1, id_2: 2 }] });
  });
});
