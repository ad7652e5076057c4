const units: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Milliseconds between two runs for `rate(15 minutes)`; undefined for any other expression. */
export const rateOf = (expression: string): number | undefined => {
  const [, count, unit = ''] = /^rate\(\s*(\d+)\s+(minute|hour|day)s?\s*\)$/.exec(expression.trim()) ?? [];
  return count === undefined ? undefined : Number(count) * (units[unit] ?? 0);
};
