import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manifestOf } from '../fixture.ts';
import { dirtyColumns, dirtyContent } from './arbitrary.ts';
import { readCarefully, readFast } from './reading.ts';

const whole = { sizes: [2 ** 20], windowBytes: 2 ** 18 };
const cut = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 4 }),
  windowBytes: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constant(2 ** 18)),
});

/** How many of the records of a file of one column the scanner takes by itself. */
const taken = (field: object, values: readonly string[], schema: object = {}): number => {
  const manifest = manifestOf({ fields: { a: field }, ...schema });
  return readFast(Buffer.from(`a\n${values.join('\n')}\n`), manifest, whole).taken;
};

describe('the scanner', () => {
  it.each<[string, object, readonly string[]]>([
    ['int', { type: 'int' }, ['0', '-0', '7', '-12', '9223372036854775807', '-9223372036854775808', '"5"']],
    [
      'int with bounds',
      { type: 'int', min: -5, max: '9223372036854775807' },
      ['-5', '0', '9223372036854775807'],
    ],
    ['decimal', { type: 'decimal(5,2)' }, ['0', '-0.1', '123.45', '999', '"1.5"']],
    ['decimal without a point', { type: 'decimal(38,0)' }, ['9'.repeat(38), '-1']],
    [
      'decimal with bounds',
      { type: 'decimal(18,9)', min: '-0.5', max: '1.25' },
      ['-0.5', '1.250000000', '1'],
    ],
    ['float', { type: 'float' }, ['0', '1.5', '-1e5', '1.01e-06', '1E+22', '0.30000000000000004']],
    ['float with bounds', { type: 'float', min: 0, max: 0.1 }, ['0', '0.1', '1e-1', '0.05']],
    ['bool', { type: 'bool' }, ['true', 'True', 'TRUE', 'false', 'False', 'FALSE', '"true"']],
    ['date', { type: 'date' }, ['2024-02-29', '0001-01-01', '9999-12-31', '2000-02-29', '2023-10-31']],
    [
      'date with bounds',
      { type: 'date', min: '2024-01-31', max: '2024-03-01' },
      ['2024-01-31', '2024-02-29'],
    ],
    ['timestamp', { type: 'timestamp' }, ['2024-12-31 23:59:59', '"2024-01-01 00:00:00"']],
    [
      'timestamp with a fraction',
      { type: 'timestamp', format: 'YYYY-MM-DDTHH:mm:ss[.ffffff]Z', max: '2024-01-01T00:00:00.5Z' },
      ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00.5Z', '2024-01-01T00:00:00.499999Z'],
    ],
    [
      'string',
      { type: 'string' },
      ['é', '"a,b"', '"say ""hi"""', '"two\nlines"', 'x'.repeat(1000), '\u2028'],
    ],
    ['string with a length', { type: 'string', length: 3 }, ['abc', 'é☃😀', '"a,b"', '"a""b"']],
    ['string with a pattern', { type: 'string', pattern: '[a-z]"?[a-z]' }, ['ab', 'ab', '"a""b"', '"ab"']],
    ['one of some', { type: 'int', one_of: [1, 22] }, ['1', '22', '1', '"22"']],
  ])('takes right values of type %s', (_, field, values) => {
    expect(taken(field, values)).toBe(values.length);
  });

  it.each<[string, object, readonly string[]]>([
    [
      'int',
      { type: 'int' },
      ['', '-', '+1', '01', '-01', '1.0', '9223372036854775808', '-9223372036854775809', '１'],
    ],
    ['int with bounds', { type: 'int', min: -5, max: 5 }, ['-6', '6', '99999999999999999999']],
    ['decimal', { type: 'decimal(5,2)' }, ['1234', '1.234', '1.', '.5', '00.5', '1e1', '-']],
    [
      'decimal with bounds',
      { type: 'decimal(18,9)', min: '-0.5', max: '1.25' },
      ['-0.500000001', '1.250000001'],
    ],
    ['float', { type: 'float' }, ['1e', '1e400', '01', 'NaN', 'Infinity', '1.', '-', '0x1']],
    ['float with bounds', { type: 'float', min: 0, max: 0.1 }, ['-1', '0.11', '1e1']],
    ['bool', { type: 'bool' }, ['tRUE', 'fALSE', 'FALSe', 'falsE', 'yes', '1', 'truee', 'fals']],
    [
      'date',
      { type: 'date' },
      [
        '0000-01-01',
        '2023-02-29',
        '1900-02-29',
        '2024-04-31',
        '2024-13-01',
        '2024-00-01',
        '2024-01-00',
        '2024-1-1',
      ],
    ],
    [
      'date with bounds',
      { type: 'date', min: '2024-01-31', max: '2024-03-01' },
      ['2024-01-30', '2024-03-02'],
    ],
    [
      'timestamp',
      { type: 'timestamp' },
      [
        '2024-01-01 24:00:00',
        '2024-01-01 23:60:00',
        '2016-12-31 23:59:60',
        '2024-01-01T00:00:00',
        '2024-01-01 00:00:00.1',
      ],
    ],
    [
      'timestamp with a fraction',
      { type: 'timestamp', format: 'YYYY-MM-DDTHH:mm:ss[.ffffff]Z', max: '2024-01-01T00:00:00.5Z' },
      [
        '2024-01-01T00:00:00.500001Z',
        '2023-01-01T00:00:00.1234567Z',
        '2023-01-01T00:00:00.Z',
        '2023-01-01T00:00:00',
      ],
    ],
    ['string', { type: 'string' }, ['a"b', '"a"b', '"a', 'a\rb']],
    ['string with a length', { type: 'string', length: 3 }, ['ab', 'é☃', '"a"""', 'abcd']],
    ['string with a pattern', { type: 'string', pattern: '[a-z]"?[a-z]' }, ['a', '"a""""b"', '😀']],
    ['one of some', { type: 'int', one_of: [1, 22] }, ['2', '"11"']],
  ])('doubts what is no right value of type %s', (_, field, values) => {
    for (const value of values)
      expect([value, taken({ ...field, required: true }, [value])]).toEqual([value, 0]);
  });

  it('takes records of any dialect and with any line end', () => {
    expect(taken({ type: 'string' }, ["'a;\r'", "''\r", "''''"], { quote: "'", delimiter: ';' })).toBe(3);
  });

  it('takes all records between two that are wrong', () => {
    const values = Array.from({ length: 5000 }, (_, at) => (at % 100 === 50 ? 'x' : `${at}`));
    expect(taken({ type: 'int' }, values)).toBe(4950);
  });

  it('takes ASCII beside bytes that are no text', () => {
    const content = Buffer.from('a,b\n1,x\n2,é\n3,\xff\n4,y\n5,\0\n6,z\n', 'latin1');
    const manifest = manifestOf({ fields: { a: { type: 'int' }, b: { type: 'string' } } });
    const { taken: some, reading } = readFast(content, manifest, whole);
    expect(some).toBe(3);
    expect(reading.counts).toEqual({ 'encoding:b': 2, 'nul:b': 1 });
  });

  it('stops before a record that is too long', () => {
    const schema = { fields: { a: { type: 'string' } }, max_row_bytes: 10 };
    const { reading } = readFast(
      Buffer.from(`a\n${'x'.repeat(10)}\n${'x'.repeat(11)}\n`),
      manifestOf(schema),
      whole,
    );
    expect(reading).toMatchObject({ records: 1, counts: { max_row_bytes: 1 } });
  });
});

describe('a file read with the scanner', () => {
  it.each([{}, { pattern: '[0-9]+' }])(
    'is left without what is to be duplicateCount, where fields ask for %j',
    (rule) => {
      const manifest = manifestOf({ fields: { a: { type: 'int', required: true, ...rule } }, key: ['a'] });
      const content = Buffer.from('a\n1\n2\n1\nx\n3\n2\n4\n');
      const { duplicates } = readFast(content, manifest, whole).reading;
      const ordinals = duplicates.map(({ ordinal }) => ordinal);
      expect(ordinals).toEqual([1, 2, 3, 6]);
      const { reading, taken: some } = readFast(content, manifest, whole, duplicates);
      expect(reading.told.filter((told) => told.startsWith('good'))).toEqual(['good 3\n', 'good 4\n']);
      expect(reading).toMatchObject({
        records: 7,
        invalidRecords: 5,
        counts: { 'duplicate:a': 4, 'type:a': 1 },
      });
      expect(some).toBe(2);
    },
  );

  it('is what it is when every record is validated by itself', () => {
    fc.assert(
      fc.property(
        dirtyColumns.chain((schema) => fc.tuple(fc.constant(schema), dirtyContent(schema), cut)),
        ([schema, content, cutting]) => {
          const manifest = manifestOf(schema);
          const { reading } = readFast(content, manifest, cutting);
          const expected = readCarefully(content, manifest, cutting);
          if (!isDeepStrictEqual(reading, expected)) expect(reading).toEqual(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
