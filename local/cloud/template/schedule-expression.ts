import { type Cron, parseCron, ScheduleProblem } from './cron.ts';
import { type Place, TemplateError } from './error.ts';

const units: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** When a schedule fires: every so many milliseconds, or at the times of a `cron(…)`, in UTC. */
export type Timing = { readonly every: number } | { readonly cron: Cron };

/** Reads `rate(15 minutes)` or `cron(0 3 1 * ? *)`. Throws `ScheduleProblem`. */
export const timingOf = (expression: string): Timing => {
  const [, kind, text = ''] = /^(rate|cron)\((.*)\)$/.exec(expression.trim()) ?? [];
  if (kind === 'cron') return { cron: parseCron(text) };
  if (kind !== 'rate') throw new ScheduleProblem('is not rate(…) or cron(…)');
  const [, count = '', unit = ''] = /^\s*([1-9]\d{0,5})\s+(minute|hour|day)s?\s*$/.exec(text) ?? [];
  const every = Number(count) * (units[unit] ?? 0);
  if (every === 0) throw new ScheduleProblem('is not a number of minutes, hours or days');
  return { every };
};

/** Throws `TemplateError` for an expression that EventBridge would reject. */
export const checkExpression = (expression: string, place: Place): void => {
  try {
    timingOf(expression);
  } catch (cause) {
    if (!(cause instanceof ScheduleProblem)) throw cause;
    throw new TemplateError(place, `the schedule ${expression} ${cause.message}`, { cause });
  }
};
