import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextTime, parseCron, ScheduleProblem } from '../../../../local/cloud/template/cron.ts';
import { timingOf } from '../../../../local/cloud/template/schedule-expression.ts';

/** The first times from a moment on, without seconds. */
const timesOf = (expression: string, from: string, count = 1): (string | undefined)[] => {
  const cron = parseCron(expression);
  const times: (string | undefined)[] = [];
  for (let after: number | undefined = Date.parse(from); times.length < count && after !== undefined; ) {
    after = nextTime(cron, after);
    times.push(after === undefined ? undefined : new Date(after).toISOString().slice(0, 16));
  }
  return times;
};

describe('the next time', () => {
  // The examples of AWS's page on cron expressions, and what each sign means.
  test.each([
    ['0 10 * * ? *', '2024-02-28T10:00:00Z', ['2024-02-29T10:00', '2024-03-01T10:00']],
    ['15 12 * * ? *', '2024-02-28T12:14:59.999Z', ['2024-02-28T12:15', '2024-02-29T12:15']],
    ['0 18 ? * MON-FRI *', '2024-03-01T18:00:00Z', ['2024-03-04T18:00', '2024-03-05T18:00']],
    ['0 8 1 * ? *', '2024-12-31T23:59:00Z', ['2025-01-01T08:00', '2025-02-01T08:00']],
    ['0/15 * * * ? *', '2024-01-01T00:50:00Z', ['2024-01-01T01:00', '2024-01-01T01:15']],
    ['0/10 * ? * MON-FRI *', '2024-03-01T23:55:00Z', ['2024-03-04T00:00', '2024-03-04T00:10']],
    ['0/5 8-17 ? * MON-FRI *', '2024-03-04T17:50:00Z', ['2024-03-04T17:55', '2024-03-05T08:00']],
    ['0 9 ? * 2#1 *', '2024-01-01T09:00:00Z', ['2024-02-05T09:00', '2024-03-04T09:00']],
    ['0/30 20-23,0-2 ? * MON-FRI *', '2024-03-01T22:45:00Z', ['2024-03-01T23:00', '2024-03-01T23:30']],
    ['0 3 L * ? *', '2023-02-01T00:00:00Z', ['2023-02-28T03:00', '2023-03-31T03:00', '2023-04-30T03:00']],
    ['0 3 L-2 2 ? *', '2024-01-01T00:00:00Z', ['2024-02-27T03:00', '2025-02-26T03:00']],
    ['0 3 LW * ? *', '2024-03-01T00:00:00Z', ['2024-03-29T03:00', '2024-04-30T03:00']],
    ['0 3 15W * ? *', '2024-06-01T00:00:00Z', ['2024-06-14T03:00', '2024-07-15T03:00']],
    ['0 3 1W 6 ? *', '2024-01-01T00:00:00Z', ['2024-06-03T03:00', '2025-06-02T03:00']],
    ['0 3 31W 3 ? *', '2024-01-01T00:00:00Z', ['2024-03-29T03:00', '2025-03-31T03:00']],
    ['0 3 ? * L *', '2024-03-01T00:00:00Z', ['2024-03-02T03:00', '2024-03-09T03:00']],
    ['0 3 ? * 6L *', '2024-03-01T00:00:00Z', ['2024-03-29T03:00', '2024-04-26T03:00']],
    ['0 3 ? * friL *', '2024-03-01T00:00:00Z', ['2024-03-29T03:00']],
    ['0 3 ? * TUE#5 *', '2024-02-01T00:00:00Z', ['2024-04-30T03:00', '2024-07-30T03:00']],
    ['0 0 29 2 ? *', '2096-02-29T00:00:00Z', ['2104-02-29T00:00']],
    ['0 0 31 * ? *', '2024-03-31T00:00:00Z', ['2024-05-31T00:00']],
    ['5,3,5 4 1,15 jan,MAR-APR ? 2025/2', '2024-01-01T00:00:00Z', ['2025-01-01T04:03', '2025-01-01T04:05']],
    ['0 0 ? 1 1 2199', '2024-01-01T00:00:00Z', ['2199-01-06T00:00']],
    ['  0   3 1 * ?  2020 ', '2024-01-01T00:00:00Z', [undefined]],
    ['0 0 30 2 ? *', '2024-01-01T00:00:00Z', [undefined]],
  ])('of %s after %s', (expression, from, times) => {
    expect(timesOf(expression, from, times.length)).toEqual(times);
  });

  test('is the first minute that a plain program finds by trying each', () => {
    fc.assert(
      fc.property(expressions, fc.integer({ min: 0, max: 366 * 1440 }), (expression, minute) => {
        const after = Date.UTC(2023, 11, 1) + minute * 60_000 + 1;
        const within = after + 45 * 86_400_000;
        const found = nextTime(parseCron(expression), after);
        const tried = daysFrom(after)
          .filter((day) => isDate(expression, day))
          .flatMap((day) => minutesOf(day).filter((time) => isTime(expression, time)))
          .find((time) => time > after && time < within);
        expect(found !== undefined && found < within ? found : undefined).toBe(tried);
      }),
      { numRuns: 300 },
    );
  });
});

const part = (low: number, high: number) => {
  const value = fc.integer({ min: low, max: high });
  const range = fc
    .tuple(value, value)
    .map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`);
  const start = fc.oneof(fc.constant('*'), value.map(String), range);
  const stepped = fc.tuple(start, fc.integer({ min: 1, max: high })).map(([from, step]) => `${from}/${step}`);
  return fc.oneof(fc.constant('*'), value.map(String), range, stepped);
};
const list = (low: number, high: number) =>
  fc.array(part(low, high), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(','));

const days = fc.oneof(
  list(1, 31).map((text) => [text, '?'] as const),
  list(1, 7).map((text) => ['?', text] as const),
  fc.integer({ min: 1, max: 31 }).map((day) => [`${day}W`, '?'] as const),
  fc.integer({ min: 1, max: 7 }).map((day) => ['?', `${day}L`] as const),
  fc
    .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 5 }))
    .map(([day, nth]) => ['?', `${day}#${nth}`] as const),
  fc.constantFrom(['L', '?'] as const, ['LW', '?'] as const, ['?', 'L'] as const),
);
const expressions = fc
  .tuple(list(0, 59), list(0, 23), days, list(1, 12))
  .map(([minutes, hours, [day, weekday], month]) => `${minutes} ${hours} ${day} ${month} ${weekday} *`);

const daysFrom = (after: number): number[] =>
  Array.from({ length: 46 }, (_, index) => (Math.floor(after / 86_400_000) + index) * 86_400_000);
const minutesOf = (day: number): number[] => Array.from({ length: 1440 }, (_, index) => day + index * 60_000);

/** Reads the expression again for each day, field by field. */
const isDate = (expression: string, time: number): boolean => {
  const [, , day = '', month = '', weekday = ''] = expression.split(' ');
  const date = new Date(time);
  return (
    isIn(month, date.getUTCMonth() + 1, 12) && (day === '?' ? isWeekday(weekday, date) : isDay(day, date))
  );
};

const isTime = (expression: string, time: number): boolean => {
  const [minutes = '', hours = ''] = expression.split(' ');
  const date = new Date(time);
  return isIn(hours, date.getUTCHours(), 23) && isIn(minutes, date.getUTCMinutes(), 59);
};

const isIn = (text: string, value: number, high: number): boolean =>
  text.split(',').some((one) => {
    const [range = '', step = ''] = one.split('/');
    const low = range === '*' ? (high === 59 || high === 23 ? 0 : 1) : Number(range.split('-')[0]);
    const open = range === '*' || (step !== '' && !range.includes('-'));
    const top = open ? high : Number(range.split('-').at(-1));
    return value >= low && value <= top && (value - low) % Number(step || 1) === 0;
  });

const isDay = (text: string, date: Date): boolean => {
  const day = date.getUTCDate();
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  if (text === 'L') return day === last;
  if (!text.endsWith('W')) return isIn(text, day, 31);
  const wanted = text === 'LW' ? last : Number(text.slice(0, -1));
  if (wanted > last) return false;
  const isWorkday = (one: number) =>
    ![0, 6].includes(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), one)).getUTCDay());
  const nearest = [0, -1, 1, -2, 2].map((step) => wanted + step).filter((one) => one >= 1 && one <= last);
  return day === nearest.find(isWorkday);
};

const isWeekday = (text: string, date: Date): boolean => {
  const weekday = date.getUTCDay() + 1;
  if (text === 'L') return weekday === 7;
  const later = new Date(date.getTime() + 7 * 86_400_000);
  if (text.endsWith('L')) return weekday === Number(text[0]) && later.getUTCMonth() !== date.getUTCMonth();
  if (!text.includes('#')) return isIn(text, weekday, 7);
  return weekday === Number(text[0]) && Math.ceil(date.getUTCDate() / 7) === Number(text[2]);
};

describe('an expression that EventBridge rejects', () => {
  test.each([
    ['0 3 1 * ?', 'has 5 fields'],
    ['0 0 3 1 * ? *', 'has 7 fields'],
    ['0 3 * * * *', 'needs ? in exactly one'],
    ['0 3 ? * ? *', 'needs ? in exactly one'],
    ['60 3 1 * ? *', 'has 60 in minutes, where 0 to 59 may be'],
    ['0 24 1 * ? *', 'has 24 in hours'],
    ['0 3 0 * ? *', 'has 0 in day-of-month'],
    ['0 3 1 13 ? *', 'has 13 in month'],
    ['0 3 ? * 8 *', 'has 8 in day-of-week'],
    ['0 3 ? * 0 *', 'has 0 in day-of-week'],
    ['0 3 1 * ? 1969', 'has 1969 in year'],
    ['0 3 ? * FRI-MON *', 'has a range that goes backwards in day-of-week: FRI-MON'],
    ['0/0 3 1 * ? *', 'has 0/0 in minutes'],
    ['0/5/5 3 1 * ? *', 'has 0/5/5 in minutes'],
    ['1-2-3 3 1 * ? *', 'has 1-2-3 in minutes'],
    ['0, 3 1 * ? *', 'has an empty part in minutes'],
    ['x 3 1 * ? *', 'has X in minutes'],
    ['1.5 3 1 * ? *', 'has 1.5 in minutes'],
    ['0 ? 1 * ? *', 'has ? in hours'],
    ['0 3 L,5 * ? *', 'has L in day-of-month'],
    ['0 3 W * ? *', 'has W in day-of-month'],
    ['0 3 32W * ? *', 'has 32W in day-of-month'],
    ['0 3 ? * 3#6 *', 'has 3#6 in day-of-week'],
    ['0 3 ? * 3#1,6#3 *', 'has 3#1 in day-of-week'],
    ['0 3 1 MON ? *', 'has MON in month'],
  ])('is a problem: %s', (expression, message) => {
    expect(() => parseCron(expression)).toThrow(ScheduleProblem);
    expect(() => parseCron(expression)).toThrow(message);
  });
});

describe('timingOf', () => {
  test.each([
    ['rate(1 minute)', 60_000],
    ['rate(15 minutes)', 900_000],
    ['rate(2 hours)', 7_200_000],
    ['rate(7 days)', 604_800_000],
  ])('reads %s', (expression, every) => {
    expect(timingOf(expression)).toEqual({ every });
  });

  test.each([
    'rate(0 minutes)',
    'rate(5 weeks)',
    'rate(1.5 hours)',
    'rate()',
    'at(2024-01-01T00:00:00)',
    'cron',
  ])('rejects %s', (expression) => {
    expect(() => timingOf(expression)).toThrow(ScheduleProblem);
  });
});
