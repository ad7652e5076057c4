import { figure } from './dialect.ts';
import { compileFigureCondition, doubleOf } from './figure-condition.ts';
import type { CompiledAtom } from './scope.ts';
import type { Condition } from './syntax.ts';

/** A share of counts; NULL if the whole is zero. */
const shareOf = (part: string, whole: string): string => `cast(${part} as double) / nullif(${whole}, 0)`;

/** A rule about a share: it holds if the whole is zero; without a condition the share must be 1. */
export const compileShare = (part: string, whole: string, condition: Condition | undefined): CompiledAtom => {
  const share = shareOf(part, whole);
  const held = condition ? compileFigureCondition(share, condition, doubleOf) : `${part} = ${whole}`;
  return { passed: `coalesce(${whole} = 0 or ${held}, false)`, metric: figure(share) };
};

/** A rule about a metric: it fails if there is none. */
export const compileFigure = (
  value: string,
  condition: Condition,
  literalOf: (digits: string) => string,
): CompiledAtom => ({
  passed: `coalesce(${compileFigureCondition(value, condition, literalOf)}, false)`,
  metric: figure(value),
});
