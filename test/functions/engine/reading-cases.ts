import { gzipSync } from 'node:zlib';
import type { SpecFile } from '../../../functions/pipeline/spec.ts';
import { gzipMember } from '../validation/gzip/members.ts';

export type ReadingCase = readonly [
  what: string,
  body: string | Buffer,
  known: Partial<SpecFile['facts']> & { records: number },
  rows: readonly (readonly (string | null)[])[],
];

/** CSV as it may be written, what a validator knows of it beyond the usual, and the `id` and `name` of its rows in order. */
export const readingCases: readonly ReadingCase[] = [
  [
    'plain lines',
    'id,name\n1,x\n2,y\n',
    { records: 2 },
    [
      ['1', 'x'],
      ['2', 'y'],
    ],
  ],
  [
    'a last line without an end',
    'id,name\n1,x\n2,y',
    { records: 2 },
    [
      ['1', 'x'],
      ['2', 'y'],
    ],
  ],
  [
    'quotes and delimiters in quotes',
    'id,name\n1,"he said ""hi"", ok"\n',
    { records: 1 },
    [['1', 'he said "hi", ok']],
  ],
  [
    'line breaks of every kind in quotes',
    'id,name\n1,"a\nb\r\n\nc\rd"\n2,y\n',
    { records: 2, multiline: true },
    [
      ['1', 'a\nb\r\n\nc\rd'],
      ['2', 'y'],
    ],
  ],
  [
    'CRLF',
    'id,name\r\n1,x\r\n2,"y\nz"\r\n',
    { records: 2, line_end: 'crlf', multiline: true },
    [
      ['1', 'x'],
      ['2', 'y\nz'],
    ],
  ],
  [
    'LF and CRLF mixed',
    'id,name\r\n1,x\n2,"y\r\nz"\r\n3,w\n',
    { records: 3, line_end: 'mixed', multiline: true },
    [
      ['1', 'x'],
      ['2', 'y\r\nz'],
      ['3', 'w'],
    ],
  ],
  [
    'one column with LF and CRLF mixed, LF first',
    'name\nx\r\n""\r\ny\n"z\r"\r\n',
    { records: 4, header: ['name'], line_end: 'mixed', multiline: true },
    [
      [null, 'x'],
      [null, 'y'],
      [null, 'z\r'],
      [null, null],
    ],
  ],
  [
    'one column with LF and CRLF mixed, CRLF first',
    'name\r\nx\n""\ny\r\nz',
    { records: 4, header: ['name'], line_end: 'mixed' },
    [
      [null, 'x'],
      [null, 'y'],
      [null, 'z'],
      [null, null],
    ],
  ],
  [
    'a byte-order mark before a quoted header',
    '\ufeff"id",name\n1,x\n',
    { records: 1, bom: true },
    [['1', 'x']],
  ],
  ['gzip', gzipSync('id,name\n1,x\n'), { records: 1, compression: 'gzip' }, [['1', 'x']]],
  [
    'gzip that zeros follow',
    Buffer.concat([gzipSync('id,name\n1,x\n'), Buffer.alloc(70_000)]),
    { records: 1, compression: 'gzip' },
    [['1', 'x']],
  ],
  [
    'gzip whose header has all that it may have',
    gzipMember(Buffer.from('id,name\n1,x\n'), {
      name: 'a',
      comment: 'b',
      extra: Buffer.from('c'),
      hasChecksum: true,
    }),
    { records: 1, compression: 'gzip' },
    [['1', 'x']],
  ],
  [
    'two gzip members',
    Buffer.concat([gzipSync('id,name\n1,x\n'), gzipSync('2,y\n')]),
    { records: 2, compression: 'gzip' },
    [
      ['1', 'x'],
      ['2', 'y'],
    ],
  ],
  ['a header in another order', 'name,id\nx,1\n', { records: 1, header: ['name', 'id'] }, [['1', 'x']]],
  ['an optional column that is missing', 'id\n1\n', { records: 1, header: ['id'] }, [['1', null]]],
  [
    'columns that nobody asked for',
    'id,ID,name,"na""me"\n1,9,x,8\n',
    { records: 1, header: ['id', 'ID', 'name', 'na"me'] },
    [['1', 'x']],
  ],
  [
    'a header that spans lines',
    'id,name,"a\nb"\n1,x,2\n',
    { records: 1, header: ['id', 'name', 'a\nb'], multiline: true },
    [['1', 'x']],
  ],
  ['text beyond ASCII', 'id,name\n1,日本語 😀 ü\n', { records: 1 }, [['1', '日本語 😀 ü']]],
  [
    'empty fields, quoted or not',
    'id,name\n1,\n2,""\n',
    { records: 2 },
    [
      ['1', null],
      ['2', null],
    ],
  ],
  [
    'spaces and words that others take for NULL',
    'id,name\n1, NULL \n2,null\n3,\\N\n',
    { records: 3 },
    [
      ['1', ' NULL '],
      ['2', 'null'],
      ['3', '\\N'],
    ],
  ],
  [
    'backslashes and comment signs',
    'id,name\n1,#x\\\n2,"\\"\n',
    { records: 2 },
    [
      ['1', '#x\\'],
      ['2', '\\'],
    ],
  ],
  [
    'another delimiter and quote',
    "id;name\n1;'a;''b'\n",
    { records: 1, delimiter: ';', quote: "'" },
    [['1', "a;'b"]],
  ],
  ['a tab', 'id\tname\n1\tx,y\n', { records: 1, delimiter: '\t' }, [['1', 'x,y']]],
  ['no rows', 'id,name\n', { records: 0 }, []],
];
