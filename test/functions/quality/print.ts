import type { Atom, Condition, Quoted, Rule, Value } from '../../../functions/quality/syntax.ts';

/** Writes rules as a ruleset that parses back to the same tree. */
export const printRuleset = (rules: readonly Rule[]): string =>
  rules.length === 0
    ? 'Rules = []\n'
    : `Rules = [\n${rules.map((rule) => `  ${printRule(rule)}`).join(',\n')}\n]\n`;

const printRule = (rule: Rule): string =>
  rule.kind === 'atom'
    ? printAtom(rule)
    : rule.parts.map((part) => `(${printRule(part)})`).join(` ${rule.kind} `);

const printAtom = ({ type, parameters, condition, where, threshold }: Atom): string =>
  [
    type,
    ...parameters.map(printQuoted),
    ...(condition ? [printCondition(condition)] : []),
    ...(where ? ['where', printQuoted(where)] : []),
    ...(threshold ? ['with threshold', printCondition(threshold)] : []),
  ].join(' ');

const printQuoted = ({ raw }: Quoted): string => `"${raw}"`;

const printCondition = (condition: Condition): string => {
  const not = condition.kind !== 'compare' && condition.negated ? 'not ' : '';
  switch (condition.kind) {
    case 'compare':
      return `${condition.operator} ${printValue(condition.value)}`;
    case 'between':
      return `${not}between ${printValue(condition.low)} and ${printValue(condition.high)}`;
    case 'in':
      return `${not}in [ ${condition.values.map(printValue).join(', ')} ]`;
    case 'matches':
      return `${not}matches "${condition.pattern}"`;
  }
};

const printValue = (value: Value): string => {
  switch (value.kind) {
    case 'number':
      return value.digits;
    case 'text':
      return `"${value.text.replace(/["\\]/g, '\\$&')}"`;
    case 'keyword':
      return value.keyword;
    case 'duration':
      return `${value.amount} ${value.unit}`;
    case 'now':
      return value.shift ? `(now() ${value.shift.sign} ${value.shift.amount} ${value.shift.unit})` : 'now()';
  }
};
