import { describe, expect, it } from 'vitest';
import { chooseLimits } from '../../../cli/infer/column-limits.ts';
import { ColumnProfile } from '../../../cli/infer/column-profile.ts';
import { chooseType } from '../../../cli/infer/column-type.ts';

const profileOf = (name: string, values: readonly string[]): ColumnProfile => {
  const profile = new ColumnProfile(name);
  for (const value of values) profile.add(value);
  return profile;
};
const times = (count: number, value: (at: number) => string): string[] =>
  Array.from({ length: count }, (_, at) => value(at));
const typeOf = (name: string, values: readonly string[]): string => {
  const { type, format } = chooseType(profileOf(name, values));
  return format ? `${type} ${format}` : type;
};

describe('the type of a column', () => {
  it.each([
    ['customer_id', ['1', '2', '30'], 'int'],
    ['date_key', ['20200101', '20200102'], 'int'],
    ['customer_id', ['1', '', '2'], 'int'],
    ['temperature', ['-3', '0', '12'], 'int'],
    ['code', ['0123', '4567'], 'string'],
    ['postal_code', ['75001', '10115'], 'string'],
    ['zip', ['90210'], 'string'],
    ['AccountNumber', ['4711', '4712'], 'string'],
    ['account_no', ['4711', '4712'], 'string'],
    ['account_id', ['4711', '4712'], 'int'],
    ['phone', ['03012345', '03012346'], 'string'],
    ['mobile', ['4915112345678'], 'string'],
    ['contact', ['+4930123456'], 'string'],
    ['ssn', ['123456789'], 'string'],
    ['serial', ['9223372036854775807'], 'int'],
    ['serial', ['9223372036854775808'], 'string'],
    ['serial', ['-9223372036854775809', '1'], 'string'],
    ['amount', ['1234.50', '-12.00', '0'], 'decimal(18,2)'],
    ['amount', ['100', '250'], 'decimal(18,2)'],
    ['amount_count', ['100', '250'], 'int'],
    ['x', ['1', '1.5'], 'decimal(18,2)'],
    ['x', ['1.25'], 'decimal(18,2)'],
    ['fee', ['0.125'], 'decimal(18,3)'],
    ['interest_rate', ['3.5', '4'], 'decimal(18,4)'],
    ['amount', ['12345678901234567.89'], 'decimal(38,2)'],
    ['energy', ['0.461', '0.0326', '0.9'], 'float'],
    ['energy', ['1.01e-06', '0.5'], 'float'],
    ['duration', ['215.11791', '148.03546'], 'float'],
    ['price_index', ['1.2345678901234'], 'float'],
    ['energy', ['1234567890123.1234', '0.5'], 'decimal(38,4)'],
    ['energy', ['0.1000000000000000055511151231257827'], 'float'],
    ['energy', [`${'9'.repeat(37)}.25`], 'float'],
    ['sum_id', ['1234567890123456789012.25'], 'decimal(38,2)'],
    ['flag', ['0', '1'], 'int'],
    ['is_active', ['true', 'false'], 'bool'],
    ['is_active', ['True', ''], 'bool'],
    ['is_active', ['Y', 'N'], 'string'],
    ['is_active', ['true', '1'], 'string'],
    ['day', ['2020-01-01', '2024-02-29'], 'date'],
    ['day', ['2020-01-01', '2023-02-29'], 'string'],
    ['day', ['01/02/2020'], 'string'],
    ['day', ['2020/01/02'], 'string'],
    ['at', ['2024-06-25 17:43:13'], 'timestamp'],
    ['at', ['2024-06-25T17:43:13'], 'timestamp YYYY-MM-DDTHH:mm:ss'],
    ['at', ['2024-06-25T17:43:13Z', '2024-06-25T17:43:13.5Z'], 'timestamp YYYY-MM-DDTHH:mm:ss[.ffffff]Z'],
    ['at', ['2024-06-25 17:43:13', '2024-06-25 17:43:13.123456'], 'timestamp YYYY-MM-DD HH:mm:ss[.ffffff]'],
    ['at', ['2024-06-25 17:43:13', '2024-06-25T17:43:13'], 'string'],
    ['at', ['2024-06-25 25:00:00'], 'string'],
    ['at', ['2024-06-25T17:43:13+02:00'], 'timestamptz'],
    ['at', ['2024-06-25T17:43:13Z', '2024-06-25 17:43:13.5-0330'], 'timestamptz'],
    ['at', ['2024-06-25T17:43:13', '2024-06-25T17:43:13+02:00'], 'string'],
    ['at', ['2024-06-25T17:43:13+15:00'], 'string'],
    ['at', ['2024-06-25', '2024-06-25 17:43:13'], 'string'],
    ['n', ['1,234.50', '2'], 'string'],
    ['n', ['12', 'twelve'], 'string'],
    ['n', ['1', 'NULL'], 'string'],
    ['n', ['+5'], 'string'],
    ['n', ['.5'], 'string'],
    ['n', ['1_000'], 'string'],
    ['n', ['Infinity'], 'string'],
    ['n', ['-'], 'string'],
    ['n', ['-0'], 'int'],
    ['n', [' 7'], 'string'],
    ['n', ['٣'], 'string'],
    ['n', ['', ''], 'string'],
  ])('%s of %j is %s', (name, values, type) => expect(typeOf(name, values)).toBe(type));

  it('is that of a large majority, no less', () => {
    const [most, fewer] = [times(198, String), times(197, String)];
    expect(typeOf('n', [...most, 'oops', 'oops'])).toBe('int');
    expect(typeOf('n', [...fewer, 'oops', 'oops', 'oops'])).toBe('string');
    expect(typeOf('user_id', [...times(500, (at) => `${at + 1}`), '0012'])).toBe('int');
    expect(typeOf('zip', [...times(500, (at) => `${at + 10_000}`), '01012'])).toBe('string');
  });

  it('keeps the usual scale where a few values are noise', () => {
    const values = times(500, (at) => `${at}.25`);
    expect(typeOf('amount', [...values, '0.30000000000000004'])).toBe('decimal(18,2)');
  });

  it.each([
    ['n', ['1', 'NULL', '2'], /missing values as NULL; int otherwise/],
    ['n', ['?', '0.5', '1.25'], /missing values as \?; decimal\(18,2\) otherwise/],
    ['n', ['1,234.50'], /looks like numbers/],
    ['d', ['31.12.2020'], /looks like dates/],
    ['d', ['2020-01-01', '2020-01-01 00:00:00'], /mixes dates and moments/],
    ['customer_id', ['12.0', '7.0'], /written like 12.0/],
    ['n', [''], /empty in every row/],
  ])('comes with a doubt: %s of %j', (name, values, note) =>
    expect(chooseType(profileOf(name, values)).note).toMatch(note),
  );
});

describe('points between thousands', () => {
  const monthly = ['18.400', '10.052', '918', '1.250'];

  it('are looked for where semicolons part the columns', () => {
    const { type, note } = chooseType(profileOf('income', monthly), ';');
    expect([type, note]).toEqual(['string', expect.stringMatching(/thousand times too small/)]);
    expect(typeOf('income', monthly)).toBe('decimal(18,3)');
  });

  it.each([[['18.400', '0.500']], [['18.400', '10.5']], [['1234.500', '918.250']], [['18', '918']]])(
    'are none in %j',
    (values) => expect(chooseType(profileOf('income', values), ';').type).not.toBe('string'),
  );
});

describe('the limits of a column', () => {
  const limitsOf = (name: string, values: readonly string[]) => {
    const profile = profileOf(name, values);
    return chooseLimits(profile, chooseType(profile));
  };

  it.each([
    ['track_id', times(30, (at) => `4dBa8T7oDV9WvGr7kV${at + 1000}`), { length: 22 }],
    ['code', times(30, (at) => `ACC-${at + 1000}`), { pattern: 'ACC-[0-9]{4}' }],
    ['code', times(30, (at) => `C${at}`), { pattern: 'C[0-9]+' }],
    ['currency', times(30, () => 'EUR'), { length: 3 }],
    ['active_flag', times(30, (at) => `${at % 2}`), { one_of: [0, 1] }],
    ['is_open', ['Y'], { one_of: ['Y', 'N'] }],
    ['count', times(30, String), { min: 0 }],
    ['balance', times(30, String), {}],
    ['count', ['1', '2'], {}],
    ['count', times(30, (at) => `${at - 5}`), {}],
    ['city', times(30, (at) => `town ${at}`), { max_length: 64 }],
    ['text', times(30, (at) => 'x'.repeat(at + 50)), { max_length: 1_024 }],
    ['essay', times(30, (at) => 'x'.repeat(at + 4_000)), { max_length: 16_383 }],
    ['book', times(30, (at) => 'x'.repeat(at + 5_000)), {}],
    ['zip', times(30, (at) => `0${at + 1000}`), { max_length: 64 }],
    [
      'id',
      times(30, (at) => `3f2504e0-4f89-41d3-9a0c-0000000000${at + 10}`),
      { pattern: expect.stringContaining('{8}-') },
    ],
    ['mail', times(30, (at) => `a${at}@b.de`), { max_length: 64 }],
    ['when', times(30, () => '2020-01-01'), {}],
  ])('%s: tomorrow keeps them, too', (name, values, limits) => {
    expect(limitsOf(name, values)).toEqual(limits);
  });
});
