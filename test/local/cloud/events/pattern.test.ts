import { describe, expect, test } from 'vitest';
import { flattenEvent } from '../../../../local/cloud/events/flatten.ts';
import { compilePattern } from '../../../../local/cloud/events/pattern.ts';
import { type Random, seededRandom } from '../../../../local/generate/random.ts';

const matches = (pattern: unknown, event: Record<string, unknown>) => compilePattern(pattern)(event);
const withValue = (matcher: unknown, value: unknown) => matches({ a: [matcher] }, { a: value });

describe('one matcher', () => {
  test.each([
    ['x', 'x', true],
    ['x', 'X', false],
    ['1', 1, false],
    [1, 1, true],
    [1, '1', false],
    [300, 3.0e2, true],
    [true, true, true],
    [true, 'true', false],
    [null, null, true],
    [null, 'null', false],
    [null, '', false],
    ['', '', true],
    [{ prefix: 'da' }, 'data', true],
    [{ prefix: 'da' }, 'Data', false],
    [{ prefix: '' }, 'anything', true],
    [{ prefix: '1' }, 12, false],
    [{ prefix: { 'equals-ignore-case': 'DA' } }, 'data', true],
    [{ suffix: '.csv' }, 'a.csv', true],
    [{ suffix: '.csv' }, 'a.CSV', false],
    [{ suffix: { 'equals-ignore-case': '.CSV' } }, 'a.csv', true],
    [{ 'equals-ignore-case': 'AbC' }, 'aBc', true],
    [{ 'equals-ignore-case': 'AbC' }, 'aBcd', false],
    [{ 'anything-but': 'x' }, 'y', true],
    [{ 'anything-but': 'x' }, 'x', false],
    [{ 'anything-but': 'x' }, 5, true],
    [{ 'anything-but': 5 }, 5, false],
    [{ 'anything-but': ['x', 'y'] }, 'y', false],
    [{ 'anything-but': ['x', 'y'] }, 'z', true],
    [{ 'anything-but': [1, 2] }, 2, false],
    [{ 'anything-but': 'x' }, null, true],
    [{ 'anything-but': { prefix: 'data/' } }, 'data/x', false],
    [{ 'anything-but': { prefix: ['data/archive/', 'runs/'] } }, 'data/x', true],
    [{ 'anything-but': { prefix: ['data/archive/', 'runs/'] } }, 'runs/x', false],
    [{ 'anything-but': { suffix: '.csv' } }, 'x.csv', false],
    [{ 'anything-but': { suffix: ['.csv', '.gz'] } }, 'x.json', true],
    [{ 'anything-but': { 'equals-ignore-case': ['ABC'] } }, 'abc', false],
    [{ 'anything-but': { 'equals-ignore-case': 'ABC' } }, 'abd', true],
    [{ 'anything-but': { wildcard: '*/x/*' } }, 'a/x/b', false],
    [{ 'anything-but': { wildcard: ['*/x/*', 'q*'] } }, 'a/b', true],
    [{ numeric: ['=', 3.018e2] }, 301.8, true],
    [{ numeric: ['<', 10] }, 10, false],
    [{ numeric: ['<=', 10] }, 10, true],
    [{ numeric: ['>', 0, '<=', 5] }, 5, true],
    [{ numeric: ['>', 0, '<=', 5] }, 0, false],
    [{ numeric: ['>=', -1, '<', 5] }, -1, true],
    [{ numeric: ['>', 0] }, '5', false],
    [{ exists: true }, null, true],
    [{ exists: true }, {}, false],
    [{ exists: true }, { b: 1 }, false],
    [{ exists: true }, [], false],
    [{ exists: false }, [], true],
    [{ exists: false }, { b: 1 }, true],
    [{ exists: false }, 'x', false],
    [{ wildcard: 'data/*/s*.csv' }, 'data/a/b/s1.csv', true],
    [{ wildcard: 'data/*/s*.csv' }, 'data/s1.csv', false],
    [{ wildcard: '*' }, '', true],
    [{ wildcard: 'a.c' }, 'abc', false],
    [{ wildcard: 'a\\*c' }, 'a*c', true],
    [{ wildcard: 'a\\*c' }, 'abc', false],
    [{ wildcard: 'a\\\\*' }, 'a\\b', true],
    [{ wildcard: 'a*b' }, 'a\nb', true],
    [{ cidr: '10.0.0.0/24' }, '10.0.0.255', true],
    [{ cidr: '10.0.0.0/24' }, '10.0.1.0', false],
    [{ cidr: '10.0.0.0/24' }, 'ten', false],
    [{ cidr: '2001:db8::/32' }, '2001:db8::1', true],
    [{ cidr: '2001:db8::/32' }, '10.0.0.1', false],
  ])('%j meets %j: %j', (matcher, value, expected) => {
    expect(withValue(matcher, value)).toBe(expected);
  });

  test('a field that is not there meets only exists false', () => {
    expect(matches({ a: [{ exists: false }] }, { b: 1 })).toBe(true);
    expect(matches({ a: [{ 'anything-but': 'x' }] }, { b: 1 })).toBe(false);
    expect(matches({ a: [{ exists: true }] }, { b: 1 })).toBe(false);
    expect(matches({ a: ['x', { exists: false }] }, { b: 1 })).toBe(true);
  });
});

describe('several matchers', () => {
  test('in one array are alternatives, so a wildcard beside anything-but lets everything through', () => {
    const key = [{ wildcard: 'data/*' }, { 'anything-but': { prefix: 'data/archive/' } }];
    expect(matches({ key }, { key: 'data/archive/x' })).toBe(true);
  });

  test('on several fields must all hold', () => {
    const pattern = { a: ['x'], b: { c: ['y'] } };
    expect(matches(pattern, { a: 'x', b: { c: 'y' } })).toBe(true);
    expect(matches(pattern, { a: 'x', b: { c: 'z' } })).toBe(false);
    expect(matches(pattern, { a: 'x' })).toBe(false);
  });

  test('meet an array when any element does', () => {
    expect(matches({ a: ['x'] }, { a: ['q', 'x'] })).toBe(true);
    expect(matches({ a: ['x', 'y'] }, { a: ['p', 'q'] })).toBe(false);
    expect(matches({ a: [{ 'anything-but': 'x' }] }, { a: ['x', 'y'] })).toBe(true);
    expect(matches({ a: [1] }, { a: [[2], [1]] })).toBe(true);
  });

  test('on fields of the objects of one array hold within one element', () => {
    const pattern = { items: { name: ['x'], price: [1] } };
    expect(
      matches(pattern, {
        items: [
          { name: 'x', price: 2 },
          { name: 'x', price: 1 },
        ],
      }),
    ).toBe(true);
    expect(
      matches(pattern, {
        items: [
          { name: 'x', price: 2 },
          { name: 'y', price: 1 },
        ],
      }),
    ).toBe(false);
  });

  test('do not care for the elements of different arrays', () => {
    const pattern = { a: { b: [1] }, c: { d: [2] } };
    expect(matches(pattern, { a: [{ b: 0 }, { b: 1 }], c: [{ d: 2 }, { d: 3 }] })).toBe(true);
  });

  test('treat the values of one array as alternatives beside its objects', () => {
    expect(matches({ a: ['x'], b: ['y'] }, { a: ['x', 'z'], b: ['z', 'y'] })).toBe(true);
  });

  test('address a path with dots like nested objects', () => {
    expect(matches({ 'a.b': ['x'] }, { a: { b: 'x' } })).toBe(true);
  });
});

describe('$or', () => {
  const pattern = { source: ['s'], $or: [{ a: [1] }, { b: { c: ['x'] } }] };

  test('needs one of its objects and every field outside', () => {
    expect(matches(pattern, { source: 's', a: 1 })).toBe(true);
    expect(matches(pattern, { source: 's', b: { c: 'x' } })).toBe(true);
    expect(matches(pattern, { source: 's', a: 2 })).toBe(false);
    expect(matches(pattern, { source: 't', a: 1 })).toBe(false);
  });

  test('nests and works below a field', () => {
    const nested = { d: { $or: [{ a: [1] }, { b: [2], $or: [{ c: [3] }, { c: [4] }] }] } };
    expect(matches(nested, { d: { b: 2, c: 4 } })).toBe(true);
    expect(matches(nested, { d: { b: 2, c: 5 } })).toBe(false);
  });

  test('overrides a field named before it and is overridden by one named after it', () => {
    expect(matches({ a: [1], $or: [{ a: [2] }, { b: [3] }] }, { a: 2 })).toBe(true);
    expect(matches({ a: [1], $or: [{ a: [2] }, { b: [3] }] }, { a: 1, b: 3 })).toBe(true);
    expect(matches({ $or: [{ a: [2] }, { b: [3] }], a: [1] }, { a: 2 })).toBe(false);
  });
});

describe('a pattern that AWS rejects', () => {
  test.each([
    ['no object', 'x', /must be an object/],
    ['an array', [], /must be an object/],
    ['empty', {}, /must not be empty/],
    ['an empty field object', { a: {} }, /a must not be empty/],
    ['an empty array', { a: [] }, /a must not be an empty array/],
    ['a bare value', { a: 'x' }, /a must be an object or an array/],
    ['an array in an array', { a: [['x']] }, /a must be a plain value/],
    ['two operators in one object', { a: [{ prefix: 'x', suffix: 'y' }] }, /one operator/],
    ['an unknown operator', { a: [{ regex: 'x' }] }, /has the unknown operator "regex"/],
    ['a prefix that is no text', { a: [{ prefix: 1 }] }, /a\.prefix must be/],
    ['an inner operator of prefix', { a: [{ prefix: { wildcard: 'x' } }] }, /equals-ignore-case/],
    ['numbers and texts in anything-but', { a: [{ 'anything-but': ['x', 1] }] }, /not both/],
    ['null in anything-but', { a: [{ 'anything-but': [null] }] }, /texts or numbers/],
    ['an empty anything-but', { a: [{ 'anything-but': [] }] }, /texts or numbers/],
    ['an empty prefix in anything-but', { a: [{ 'anything-but': { prefix: '' } }] }, /not be an empty text/],
    [
      'numeric inside anything-but',
      { a: [{ 'anything-but': { numeric: ['=', 1] } }] },
      /has the unknown operator/,
    ],
    ['numeric without operator', { a: [{ numeric: [1] }] }, /operator, number/],
    ['an unknown comparison', { a: [{ numeric: ['!=', 1] }] }, /has the unknown comparison "!="/],
    ['a comparison with a text', { a: [{ numeric: ['=', '1'] }] }, /must compare with a number/],
    ['a range upside down', { a: [{ numeric: ['<', 5, '>', 1] }] }, /must be a range/],
    ['a range without room', { a: [{ numeric: ['>', 5, '<', 1] }] }, /with bottom below top/],
    ['exists with a text', { a: [{ exists: 'yes' }] }, /true or false/],
    ['two wildcards in a row', { a: [{ wildcard: 'a**' }] }, /two \* in a row/],
    ['an unknown escape', { a: [{ wildcard: 'a\\b' }] }, /escapes only/],
    ['a block without bits', { a: [{ cidr: '10.0.0.0' }] }, /must be a block/],
    ['a block with too many bits', { a: [{ cidr: '10.0.0.0/33' }] }, /must be a block/],
    ['$or with one object', { $or: [{ a: [1] }] }, /\$or must be an array of two/],
    ['$or with values', { d: { $or: ['a', 'b'] } }, /d\.\$or must contain only objects/],
    ['an operator as a field in $or', { $or: [{ prefix: ['a'] }, { a: [1] }] }, /operator prefix/],
  ])('is rejected with its place: %s', (_, pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(message);
  });
});

describe('fields of arrays', () => {
  const names = ['a', 'b', 'c'];
  const anything = (random: Random, depth: number): unknown => {
    if (depth === 0 || random.chance(0.2)) return random.below(2);
    if (random.chance(0.5))
      return Array.from({ length: 1 + random.below(3) }, () => anything(random, depth - 1));
    return Object.fromEntries(
      names.filter(() => random.chance(0.7)).map((name) => [name, anything(random, depth - 1)]),
    );
  };
  const paths = names.flatMap((first) => [first, ...names.map((second) => `${first}.${second}`)]);
  const nested = (wanted: readonly string[]): Record<string, unknown> => {
    const pattern: Record<string, Record<string, unknown>> = {};
    for (const path of wanted) {
      const [first = '', second = ''] = path.split('.');
      pattern[first] = { ...pattern[first], [second]: [1] };
    }
    return pattern;
  };

  /** Every way to choose a value for each field, tried one by one. */
  const isChosen = (event: Record<string, unknown>, wanted: readonly string[]): boolean => {
    const leaves = flattenEvent(event);
    const choose = (left: readonly string[], elements: ReadonlyMap<number, number>): boolean => {
      const [path, ...others] = left;
      if (path === undefined) return true;
      return (leaves.get(path) ?? []).some(({ value, place }) => {
        const next = new Map(elements);
        for (let at = place; at; at = at.around) {
          if ((next.get(at.array) ?? at.element) !== at.element) return false;
          next.set(at.array, at.element);
        }
        return value === 1 && choose(others, next);
      });
    };
    return choose(wanted, new Map());
  };

  test('match as if every choice of elements was tried', () => {
    const random = seededRandom(7);
    const outcomes = new Set<boolean>();
    for (let run = 0; run < 3_000; run++) {
      const event = { a: anything(random, 4), b: anything(random, 4), c: anything(random, 3) };
      const wanted = paths.filter((path) => path.includes('.') && random.chance(0.4));
      if (wanted.length === 0) continue;
      const expected = isChosen(event, wanted);
      outcomes.add(expected);
      expect(matches(nested(wanted), event), JSON.stringify({ event, wanted })).toBe(expected);
    }
    expect(outcomes).toEqual(new Set([true, false]));
  });
});
