import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseRuleset } from '../../../functions/quality/parse.ts';
import { RULE_TYPES, type RuleType, type Signature } from '../../../functions/quality/rule-types.ts';
import type { Rule, Value } from '../../../functions/quality/syntax.ts';
import { printRuleset } from './print.ts';

const at = fc.constant({ line: 1, column: 1 });
const text = fc.string({ unit: 'grapheme', maxLength: 12 }).map((value) => value.replaceAll('\r', ' '));
const rawOf = (value: string) => value.replace(/["\\]/g, '\\$&');
const quoted = text.chain((value) =>
  fc.record({ text: fc.constant(value), raw: fc.constant(rawOf(value)), at }),
);

const number = fc.record({
  kind: fc.constant('number' as const),
  digits: fc
    .tuple(fc.boolean(), fc.nat(), fc.nat(99))
    .map(([minus, whole, rest]) => `${minus ? '-' : ''}${whole}.${rest}`),
  at,
});
const span = {
  amount: fc.nat(9_999),
  unit: fc.constantFrom('days' as const, 'hours' as const, 'minutes' as const),
};
const duration = fc.record({ kind: fc.constant('duration' as const), ...span, at });
const quotedValue = fc.record({ kind: fc.constant('text' as const), text, at });
const shift = fc.record({ sign: fc.constantFrom('+' as const, '-' as const), ...span });
const now = fc.record({ kind: fc.constant('now' as const), shift, at }, { requiredKeys: ['kind', 'at'] });
const keyword = fc.record({
  kind: fc.constant('keyword' as const),
  keyword: fc.constantFrom('NULL' as const, 'EMPTY' as const, 'WHITESPACES_ONLY' as const),
  at,
});
const values = {
  number,
  'optional number': number,
  text: quotedValue,
  duration,
  any: fc.oneof(number, quotedValue, now, keyword),
};

const conditionOver = (kind: keyof typeof values) => {
  const value = values[kind] as fc.Arbitrary<Value>;
  const negated = fc.boolean();
  const operator = fc.constantFrom(
    ...(['=', '!=', ...(kind === 'text' ? [] : ['<', '<=', '>', '>='])] as ('=' | '!=')[]),
  );
  const compare = fc.record({ kind: fc.constant('compare' as const), operator, value, at });
  const among = fc.record({
    kind: fc.constant('in' as const),
    negated,
    values: fc.array(value, { minLength: 1, maxLength: 3 }),
    at,
  });
  const between = fc.record({ kind: fc.constant('between' as const), negated, low: value, high: value, at });
  const matches = fc.record({ kind: fc.constant('matches' as const), negated, pattern: text.map(rawOf), at });
  if (kind === 'text') return fc.oneof(compare, among);
  return kind === 'any' ? fc.oneof(compare, among, between, matches) : fc.oneof(compare, among, between);
};

const atomOf = (type: RuleType) => {
  const { parameters, condition, where, threshold }: Signature = RULE_TYPES[type];
  const [minLength, maxLength] = parameters;
  return fc.record(
    {
      kind: fc.constant('atom' as const),
      type: fc.constant(type),
      parameters: fc.array(quoted, { minLength, maxLength: Math.min(maxLength, 3) }),
      ...(condition !== 'none' && { condition: conditionOver(condition) }),
      ...(where && { where: quoted }),
      ...(threshold && type !== 'CustomSql' && { threshold: conditionOver('number') }),
      at,
    },
    {
      requiredKeys: [
        'kind',
        'type',
        'parameters',
        'at',
        ...(condition === 'none' ? [] : (['condition'] as never[])),
      ],
    },
  );
};

const atom = fc.constantFrom(...(Object.keys(RULE_TYPES) as RuleType[])).chain(atomOf);
const { rule } = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom as fc.Arbitrary<Rule>,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      parts: fc.array(tie('rule'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

const withoutPlaces = (node: unknown): unknown =>
  JSON.parse(JSON.stringify(node, (key, value) => (key === 'at' ? undefined : value)));

it('prints what parses back to the same rules', () => {
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 4 }), (rules) => {
      const printed = printRuleset(rules);
      const parsed = parseRuleset(printed).map((entry) => entry.rule);
      expect(withoutPlaces(parsed)).toEqual(withoutPlaces(rules));
      expect(printRuleset(parsed)).toBe(printed);
    }),
    { numRuns: 200 },
  );
});
