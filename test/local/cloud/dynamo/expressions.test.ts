import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { speedUpParsers } from '../../../../local/cloud/dynamo/expressions.ts';
import { seededRandom } from '../../../../local/generate/random.ts';

type Parser = { parse(expression: string, options: object): unknown };

speedUpParsers(import.meta.url);
const dynalite = createRequire(createRequire(import.meta.url).resolve('dynalite'));

/** A parser as dynalite has it. */
const unchanged = (name: string): Parser => {
  const module = { exports: {} as Parser };
  new Function('module', readFileSync(dynalite.resolve(`./db/${name}`), 'utf8'))(module);
  return module.exports;
};

const context = () => ({
  ...{ attrNames: { '#n': 'n' }, attrVals: { ':a': { S: 'a' }, ':n': { N: '1' } } },
  ...{ unusedAttrNames: {}, unusedAttrVals: {}, isReserved: (name: string) => name === 'size' },
  compare: () => false,
});

const read = ({ parse }: Parser, expression: string): unknown => {
  try {
    return parse(expression, { context: context() });
  } catch (cause) {
    // What was expected where depends on what was tried.
    return String(cause).replace(/^(SyntaxError): Expected.*/s, '$1');
  }
};

const words = [
  ...[
    'a',
    'b.c[1]',
    '#n',
    ':a',
    ':n',
    ' = ',
    ' <> ',
    ' AND ',
    ' OR ',
    'NOT ',
    '(',
    ')',
    ', ',
    'SET ',
    'REMOVE ',
  ],
  ...[
    'size(a)',
    'attribute_exists(b)',
    ' BETWEEN :n AND :n',
    ' IN (:a, :n)',
    'ADD ',
    ' + ',
    'if_not_exists(a, :n)',
  ],
];

test.each(['conditionParser', 'updateParser', 'projectionParser'])(
  'reads expressions as before with %s',
  (name) => {
    const [before, now]: Parser[] = [unchanged(name), dynalite(`./db/${name}`)];
    const random = seededRandom(3);
    let valid = 0;
    const usual = [
      'a = :a',
      'a = :a AND NOT (b.c = :n OR #n IN (:a))',
      'SET a = :a, b = b + :n REMOVE #n',
      'a, b.c[1]',
    ];
    const odd = Array.from({ length: 1_500 }, () =>
      Array.from({ length: random.between(1, 9) }, () => random.pick(words)).join(''),
    );
    for (const expression of [...usual, ...odd]) {
      const wanted = read(before as Parser, expression);
      if (typeof wanted === 'object') valid += 1;
      expect(read(now as Parser, expression), expression).toEqual(wanted);
    }
    expect(valid).toBeGreaterThan(0);
  },
);

test.each([
  ['open brackets', `${'('.repeat(300)}a = `, /SyntaxError/],
  ['brackets around brackets', `${'('.repeat(25)}a = :a${')'.repeat(25)}`, /redundant parentheses/],
  ['more brackets than the stack holds', '('.repeat(4_000), /redundant parentheses/],
  ['more than 4 KB', `a = ${'x'.repeat(4_093)}`, /exceeded the maximum allowed size/],
  ['more than 300 operators', 'a=:a OR '.repeat(200).concat('a=:a'), /too many operators/],
  ['more than 32 levels', `a${'[1]'.repeat(32)} = :a`, /too many nesting/],
  [
    'more than 100 operands',
    `a IN (${Array.from({ length: 101 }, () => ':a').join()})`,
    /number of operands: 101/,
  ],
])('rejects %s in no time', (_, expression, message) => {
  const begun = performance.now();
  expect(String(read(dynalite('./db/conditionParser'), expression))).toMatch(message);
  expect(performance.now() - begun).toBeLessThan(1_000);
});
