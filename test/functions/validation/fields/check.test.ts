import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FieldValidator, validateField } from '../../../../functions/validation/fields/check.ts';
import { timestampFormats } from '../../../../functions/validation/fields/time.ts';
import { manifestOf } from '../fixture.ts';

const validateOf = (field: Record<string, unknown>): FieldValidator => {
  const [first] = manifestOf({ fields: { a: field } }).fields;
  if (!first) throw new Error('the manifest names no field');
  return validateField(first);
};

const ruleOf = (field: Record<string, unknown>, text: string): string | undefined =>
  validateOf(field).violation(text)?.rule;

describe('types', () => {
  it.each([
    ['int', ['0', '-0', '7', '-12', '9223372036854775807', '-9223372036854775808', '999999999999999999']],
    [
      'float',
      [
        '0',
        '-6.746',
        '0.676',
        '1e-6',
        '1.01E-06',
        '1.5e+10',
        '12',
        '4.9e-324',
        '1.7976931348623157e308',
        '0e5',
        '0.0e-999',
      ],
    ],
    ['decimal(10,2)', ['0', '-0.05', '12345678.12', '1.5', '12345678']],
    ['decimal(2,2)', ['0.12', '-0.99', '0']],
    ['decimal(38,0)', ['9'.repeat(38), '-1']],
    ['bool', ['true', 'false', 'True', 'False', 'TRUE', 'FALSE']],
    ['string', ['x', ' ', '12', 'é\n"']],
    ['date', ['2024-02-29']],
    ['timestamp', ['2024-06-25 17:43:13']],
  ])('%s takes its values', (type, texts) => {
    for (const text of texts) expect(validateOf({ type }).violation(text), text).toBeUndefined();
  });

  it.each([
    [
      'int',
      [
        '1e3',
        ' 13',
        '13 ',
        '12.0',
        '+1',
        '01',
        '-',
        '--1',
        '1_000',
        '1,000',
        '0x1',
        'abc',
        '١٢',
        '１２',
        '−1',
        '9223372036854775808',
        '-9223372036854775809',
        '9'.repeat(5000),
        '12\n',
        'NaN',
        '\u00a01',
      ],
    ],
    [
      'float',
      [
        '1.',
        '.5',
        '01.5',
        '+1',
        'NaN',
        'nan',
        'inf',
        '--1',
        '-Infinity',
        '1e',
        'e5',
        '1e400',
        '-1e400',
        '1e-400',
        '1,5',
        ' 1',
        '0x1p3',
        '1_0',
        '1d',
        '1f',
      ],
    ],
    ['decimal(10,2)', ['123456789', '1.123', '1.', '.5', '1e2', '01', '+1', ' 1', '1,00']],
    ['decimal(38,0)', ['9'.repeat(39), '1.0']],
    ['bool', ['1', '0', 'yes', 't', 'tRUE', ' true']],
    ['date', ['2023-02-29', '2024-06-25 00:00:00', '25/06/2024']],
    ['timestamp', ['2024-06-25', '2024-06-25 24:00:00']],
  ])('%s rejects what an engine might read otherwise', (type, texts) => {
    const validate = validateOf({ type });
    for (const text of texts) {
      expect(validate.violation(text)?.rule, text).toBe('type');
      expect(validate.quick(Buffer.from(text), 0, Buffer.byteLength(text)), text).toBe(false);
    }
  });

  it('says what is wrong in plain words', () => {
    expect(validateOf({ type: 'int' }).violation('12.0')?.says).toBe(
      'is not an int (digits only, no fraction)',
    );
    expect(validateOf({ type: 'int' }).violation('9'.repeat(19))?.says).toBe(
      'is not an int (it does not fit into 64 bits)',
    );
    expect(validateOf({ type: 'decimal(5,2)' }).violation('1.234')?.says).toBe(
      'is not a decimal(5,2) (at most 3 digits before the point and 2 after it)',
    );
  });

  it('int is exactly the integers of 64 bits', () => {
    const [least, most] = [-(2n ** 63n), 2n ** 63n - 1n];
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 66n), 2n ** 66n), (value) => {
        expect(ruleOf({ type: 'int' }, String(value)) === undefined).toBe(value >= least && value <= most);
      }),
    );
  });
});

describe('limits', () => {
  it.each([
    [{ type: 'int', min: 1, max: 10 }, ['1', '10'], ['0', '-5', '11']],
    [{ type: 'int', max: '9007199254740993' }, ['9007199254740993'], ['9007199254740994']],
    [{ type: 'float', min: 0, max: 1 }, ['0', '0.5', '1', '1.0'], ['-0.1', '1.0001']],
    [
      { type: 'decimal(20,10)', min: '0.0000000001', max: 5 },
      ['0.0000000001', '5'],
      ['0', '-1', '5.0000000001'],
    ],
    [{ type: 'date', min: '2024-01-01' }, ['2024-01-01'], ['2023-12-31']],
    [{ type: 'timestamp', max: '2024-01-01 00:00:00' }, ['2024-01-01 00:00:00'], ['2024-01-01 00:00:01']],
    [{ type: 'string', length: 3 }, ['abc', 'äöü', '😀😀😀'], ['ab', 'abcd', '😀😀']],
    [{ type: 'string', min_length: 2, max_length: 3 }, ['ab', 'abc'], ['a', 'abcd']],
    [{ type: 'string', min_length: 2 }, ['ab'], ['a', '😀']],
    [{ type: 'string', pattern: '[A-Z]{2}|x' }, ['DE', 'x'], ['DEU', 'xx', 'DE\n', 'de']],
    [{ type: 'string', one_of: ['a', 'b'] }, ['a', 'b'], ['c', 'A', 'ab']],
    [{ type: 'int', one_of: [0, 1] }, ['0', '1'], ['2', '10']],
  ])('%j', (field, right, wrong) => {
    for (const text of right) expect(validateOf(field).violation(text), text).toBeUndefined();
    for (const text of wrong) expect(validateOf(field).violation(text), text).toBeDefined();
  });

  it('names the limit', () => {
    expect(validateOf({ type: 'int', min: 1 }).violation('0')).toEqual({
      rule: 'min',
      says: 'is less than 1',
    });
    expect(validateOf({ type: 'string', length: 22 }).violation('ab')).toEqual({
      rule: 'length',
      says: 'has 2 characters, the manifest asks for 22',
    });
    expect(validateOf({ type: 'string', one_of: ['a', 'b'] }).violation('c')?.says).toBe('is none of a, b');
  });

  it('runs patterns in linear time', () => {
    const validate = validateOf({ type: 'string', pattern: '(a+)+b' });
    const begun = performance.now();
    expect(validate.violation('a'.repeat(20_000))?.rule).toBe('pattern');
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});

describe('quick checks', () => {
  const types = [
    ...['int', 'float', 'bool', 'date', 'decimal(4,2)'].map((type) => ({ type })),
    ...timestampFormats.map((format) => ({ type: 'timestamp', format })),
    { type: 'string', min_length: 2, max_length: 4 },
    { type: 'int', min: 3 },
  ].map(validateOf);
  const near = fc.oneof(
    fc.string({ maxLength: 5 }),
    fc
      .array(fc.constantFrom(...'0123456789-.:TZ eE'), { maxLength: 20 })
      .map((characters) => characters.join('')),
    fc.float({ noNaN: true }).map(String),
    fc.bigInt(-(2n ** 65n), 2n ** 65n).map(String),
    fc.constantFrom(
      'true',
      'false',
      'True',
      'tru',
      'truee',
      'falsf',
      '0.1',
      '00.1',
      '99.99',
      '999.9',
      '-0.00',
      '--1.0',
    ),
    fc
      .tuple(
        fc.constantFrom('', '', '.', '.1', '.123456', '.1234567', '.12a', 'Z'),
        fc.integer({ min: 0, max: 9999 }),
        ...[14, 33, 26, 62, 62].map((max) => fc.integer({ min: 0, max })),
      )
      .map(([fraction, year, ...rest]) => {
        const [month, day, hour, minute, second] = rest.map((part) => String(part).padStart(2, '0'));
        return `${String(year).padStart(4, '0')}-${month}-${day} ${hour}:${minute}:${second}${fraction}`;
      }),
  );

  it('never take what the careful check rejects', () => {
    fc.assert(
      fc.property(fc.constantFrom(...types), near, fc.boolean(), (validate, text, isIso) => {
        const value = isIso ? text.replace(' ', 'T') : text;
        const bytes = Buffer.from(`12-:.${value}34-:.`);
        if (value === '' || !validate.quick(bytes, 5, bytes.length - 5)) return;
        expect(validate.violation(value)).toBeUndefined();
      }),
      { numRuns: 20_000 },
    );
  });

  it.each([
    [{ type: 'int' }, '26213'],
    [{ type: 'int' }, '-5'],
    [{ type: 'float' }, '0.676'],
    [{ type: 'string', length: 3 }, 'abc'],
    [{ type: 'timestamp' }, '2024-02-29 17:43:13'],
    [{ type: 'date' }, '2024-12-31'],
    [{ type: 'timestamp', format: 'YYYY-MM-DDTHH:mm:ss[.ffffff]' }, '2024-02-29T17:43:13.970697'],
    [{ type: 'decimal(10,2)' }, '-1.03'],
    [{ type: 'decimal(2,2)' }, '0.5'],
    [{ type: 'bool' }, 'true'],
  ])('take the common case of %j', (field, text) => {
    expect(validateOf(field).quick(Buffer.from(`x${text}x`), 1, text.length + 1)).toBe(true);
  });
});
