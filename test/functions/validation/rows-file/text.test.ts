import fc from 'fast-check';
import { parse } from 'papaparse';
import { describe, expect, it } from 'vitest';
import {
  csvRecord,
  escapeFormula,
  unescapeFormula,
} from '../../../../functions/validation/rows-file/text.ts';

const odd = fc.string({
  unit: fc.constantFrom(
    "'",
    '=',
    '+',
    '-',
    '@',
    '\t',
    '\r',
    '\n',
    '1',
    '.',
    'e',
    ',',
    ';',
    '|',
    '"',
    'ä',
    ' ',
  ),
});

describe('an escaped text', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.oneof(odd, fc.string({ unit: 'binary' })), (text) => {
        expect(unescapeFormula(escapeFormula(text))).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('starts no formula unless it is a plain number', () => {
    fc.assert(
      fc.property(odd, (text) => {
        const escaped = escapeFormula(text);
        expect(/^[=+\-@\t\r]/.test(escaped) && Number.isNaN(Number(escaped))).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['=1+1', "'=1+1"],
    ["'=1+1", "''=1+1"],
    ['-1', '-1'],
    ['-1.5e-7', '-1.5e-7'],
    ['-1-1', "'-1-1"],
    ['+49 30', "'+49 30"],
    ['@me', "'@me"],
    ["O'Neil", "O'Neil"],
    ["'quoted'", "'quoted'"],
    ['', ''],
  ])('of %j is %j', (text, escaped) => {
    expect(escapeFormula(text)).toBe(escaped);
  });
});

it('writes what an RFC 4180 reader reads, whatever the delimiter and the quote are', () => {
  const dialect = fc.constantFrom([',', '"'], [';', '"'], ['|', "'"], ['\t', '"']);
  fc.assert(
    fc.property(fc.array(odd, { minLength: 2 }), dialect, (fields, [delimiter = '', quoteChar = '']) => {
      const text = `${csvRecord(fields, delimiter, quoteChar)}\n`;
      const { data } = parse<string[]>(text, { delimiter, quoteChar, newline: '\n' });
      expect(data[0]).toEqual(fields);
    }),
  );
});
