import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExactly, stringifyExactly } from '../../../functions/values/exact-json.ts';
import { compareNumbers, ExactNumber, numberOf } from '../../../functions/values/exact-number.ts';

const runs = { numRuns: Number(process.env.EXACT_RUNS ?? 1000) };
const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }),
  fc.constantFrom(0n, -(2n ** 63n), 2n ** 63n - 1n, 1234567890123456789n),
);
const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }), fc.integer({ min: 0, max: 38 }))
  .map(([units, scale]) => {
    const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
    const point = digits.length - scale;
    const fraction = scale === 0 ? '' : `.${digits.slice(point)}`;
    return `${units < 0n ? '-' : ''}${digits.slice(0, point)}${fraction}`;
  });

/** The same value with as many units after the point as any decimal has. */
const unitsOf = (text: string): bigint => {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  return BigInt(whole + fraction.padEnd(38, '0')) * (text.startsWith('-') ? -1n : 1n);
};

describe('reading', () => {
  test('keeps every integer of 64 bits', () => {
    fc.assert(
      fc.property(int64, (value) => {
        const read = parseExactly(`{"id":${value},"name":"${value}"}`) as Record<string, unknown>;
        expect(String(read.id)).toBe(String(value));
        expect(read.name).toBe(String(value));
        const isSafe = value <= 2n ** 53n - 1n && value >= -(2n ** 53n) + 1n;
        expect(typeof read.id).toBe(isSafe ? 'number' : 'object');
      }),
      runs,
    );
  });

  test('keeps every decimal of 38 digits', () => {
    fc.assert(
      fc.property(decimal, (text) => {
        const [read] = parseExactly(`[${text}]`) as [number | ExactNumber];
        const shown = typeof read === 'number' ? text : read.text;
        if (typeof read === 'number') expect(read).toBe(Number(text));
        else expect(shown).not.toMatch(/^-?0[0-9]|\.[0-9]*0$/);
        expect(unitsOf(shown)).toBe(unitsOf(text));
      }),
      runs,
    );
  });

  test('leaves a float what it was', () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(double, (value) => {
        const [read] = parseExactly(`[${JSON.stringify(value)}]`) as [number | ExactNumber];
        if (Math.abs(value) <= Number.MAX_SAFE_INTEGER)
          expect(read).toBe(Object.is(value, -0) ? read : value);
        expect(Number(read) === value).toBe(true);
      }),
      runs,
    );
  });

  test('reads all else as JSON.parse does, whatever texts look like', () => {
    const hostile = fc.constantFrom('n1', 's', 'NaN', '12345678901234567890', '\\', '"', 'n"', '__proto__x');
    const texts = fc.oneof(fc.string({ unit: 'binary' }), hostile);
    const small = fc.oneof(texts, fc.boolean(), fc.constant(null), fc.integer());
    const document = fc.dictionary(
      texts.filter((name) => name !== '__proto__'),
      fc.oneof(small, fc.array(small)),
    );
    fc.assert(
      fc.property(document, (value) => {
        const text = JSON.stringify({ ...value, force: 1e21 });
        expect(parseExactly(text)).toEqual({ ...JSON.parse(text), force: numberOf('1e21') });
      }),
      { numRuns: runs.numRuns / 5 },
    );
  });

  test.each([
    '{"a":1234567890123456789',
    '[01234567890123456789]',
    '["x 12345678901234567890]',
    '',
    '[1e5,]',
  ])('throws for %s, which is no JSON', (text) => {
    expect(() => parseExactly(text)).toThrow(SyntaxError);
  });

  test('reads the words that DuckDB writes for floats that are no numbers', () => {
    expect(parseExactly('{"a":NaN,"b":-Infinity,"c":"NaN"}')).toEqual({
      a: new ExactNumber('NaN'),
      b: new ExactNumber('-Infinity'),
      c: 'NaN',
    });
  });

  test('reads decimals that DuckDB writes without a digit before the point', () => {
    const text = '{"a":.000000000000000000,"b":-.00000000000000000012,"c":[.5],"d":" .5"}';
    expect(parseExactly(text)).toEqual({ a: 0, b: -1.2e-19, c: [0.5], d: ' .5' });
    expect(parseExactly('[.12345678901234567891]')).toEqual([new ExactNumber('0.12345678901234567891')]);
    expect(() => parseExactly('[1..5]')).toThrow(SyntaxError);
  });

  test('takes a text of several megabytes', () => {
    const text = '\\"é'.repeat(1_000_000);
    expect(parseExactly(`["${text}",1234567890123456789]`)).toEqual([
      JSON.parse(`"${text}"`),
      new ExactNumber('1234567890123456789'),
    ]);
  });
});

describe('writing', () => {
  test('gives back what was read, digit by digit', () => {
    const value = fc.oneof(int64.map(String), decimal);
    fc.assert(
      fc.property(fc.array(value), fc.string(), (numbers, text) => {
        const read = parseExactly(`{"text":${JSON.stringify(text)},"numbers":[${numbers.join(',')}]}`);
        expect(parseExactly(stringifyExactly(read, 2))).toEqual(read);
        expect(stringifyExactly([0n, 2n ** 70n])).toBe('[0,1180591620717411303424]');
      }),
      runs,
    );
  });

  test('writes all else as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(stringifyExactly(value, 2)).toBe(JSON.stringify(value, null, 2));
      }),
      runs,
    );
    expect(stringifyExactly({ a: new ExactNumber('NaN'), b: undefined })).toBe('{"a":"NaN"}');
  });
});

test('orders numbers by their exact values', () => {
  fc.assert(
    fc.property(decimal, decimal, (one, other) => {
      const [a, b] = [unitsOf(one), unitsOf(other)];
      const order = compareNumbers(numberOf(one), numberOf(other));
      expect(Math.sign(order)).toBe(a < b ? -1 : a > b ? 1 : 0);
    }),
    runs,
  );
});
