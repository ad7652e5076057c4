/** Hours of an average month. */
export const monthHours = 730;

const hoursOf: Readonly<Record<string, number>> = { minute: 1 / 60, hour: 1, day: 24 };

/** How often a schedule runs in a month. Throws for one that is not understood. */
export const runsAMonth = (expression: string): number => {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (count !== undefined) return monthHours / (Number(count) * (hoursOf[unit] ?? 1));
  const [, day = '', weekday = ''] = /^cron\(\d+ \d+ (\S+) \* (\S+) \*\)$/.exec(expression) ?? [];
  if (/^\d+$/.test(day)) return 1;
  if (day === '*' && weekday === '?') return monthHours / 24;
  if (/^[A-Z]{3}$/.test(weekday)) return monthHours / 24 / 7;
  throw new Error(`the schedule ${expression} is not understood`);
};
