import { RulesetError } from './ruleset-error.ts';
import type { Condition, Value } from './syntax.ts';

/** Writes a number's digits as the literal for the comparison. */
export type LiteralOf = (digits: string) => string;

/** For metrics that are doubles. */
export const doubleOf: LiteralOf = (digits) => `cast(${digits} as double)`;

/** For counts and exact sums. */
export const exactOf: LiteralOf = (digits) => digits;

/** Whether a metric meets a condition on numbers; NULL if there is no metric. `between` excludes its bounds. */
export const compileFigureCondition = (figure: string, condition: Condition, literalOf: LiteralOf): string =>
  compileComparison(figure, condition, (value) => numberOf(value, literalOf));

/** The same for values of any kind that `literal` can write. */
export const compileComparison = (
  subject: string,
  condition: Condition,
  literal: (value: Value) => string,
): string => {
  switch (condition.kind) {
    case 'compare':
      return `${subject} ${condition.operator === '!=' ? '<>' : condition.operator} ${literal(condition.value)}`;
    case 'between':
      return condition.negated
        ? `(${subject} <= ${literal(condition.low)} or ${subject} >= ${literal(condition.high)})`
        : `(${subject} > ${literal(condition.low)} and ${subject} < ${literal(condition.high)})`;
    case 'in':
      return `${subject} ${condition.negated ? 'not in' : 'in'} (${condition.values.map(literal).join(', ')})`;
    case 'matches':
      throw new RulesetError('matches compares texts only', condition.at);
  }
};

const numberOf = (value: Value, literalOf: LiteralOf): string => {
  if (value.kind !== 'number') throw new RulesetError('expected a number', value.at);
  return literalOf(value.digits);
};
