/** A `cron(…)` expression of EventBridge, parsed: the minutes at which it fires, in UTC. */
export type Cron = {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  readonly years: readonly number[];
  /** The days of a month on which it fires, in order. Months count from 1. */
  readonly daysOf: (year: number, month: number) => readonly number[];
};

/** A schedule expression that EventBridge would reject; the message says which field and why. */
export class ScheduleProblem extends Error {
  override readonly name = 'ScheduleProblem';
}

type Field = {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** Names of the values from `low` on, in three letters. */
  readonly names?: readonly string[];
};

const fields = {
  minutes: { name: 'minutes', low: 0, high: 59 },
  hours: { name: 'hours', low: 0, high: 23 },
  dayOfMonth: { name: 'day-of-month', low: 1, high: 31 },
  month: {
    ...{ name: 'month', low: 1, high: 12 },
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  },
  dayOfWeek: {
    ...{ name: 'day-of-week', low: 1, high: 7 },
    names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
  },
  year: { name: 'year', low: 1970, high: 2199 },
} as const satisfies Record<string, Field>;

/**
 * Parses the text between the brackets of `cron(…)`: minutes, hours, day-of-month, month, day-of-week, year, as documented by
 * AWS. Throws `ScheduleProblem`.
 */
export const parseCron = (text: string): Cron => {
  const parts = text.trim().toUpperCase().split(/\s+/);
  if (parts.length !== 6) throw new ScheduleProblem(`has ${parts.length} fields, not six`);
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = parts;
  if ((dayOfMonth === '?') === (dayOfWeek === '?'))
    throw new ScheduleProblem('needs ? in exactly one of day-of-month and day-of-week');
  return {
    minutes: valuesOf(minutes, fields.minutes),
    hours: valuesOf(hours, fields.hours),
    months: valuesOf(month, fields.month),
    years: valuesOf(year, fields.year),
    daysOf: dayOfMonth === '?' ? daysOfWeek(dayOfWeek) : daysOfMonth(dayOfMonth),
  };
};

/** The first time after a moment at which it fires, in epoch milliseconds; undefined when there is none until 2199. */
export const nextTime = (cron: Cron, after: number): number | undefined => {
  const from = new Date(after);
  for (const year of cron.years.filter((value) => value >= from.getUTCFullYear()))
    for (const month of cron.months)
      for (const day of Date.UTC(year, month) > after ? cron.daysOf(year, month) : []) {
        if (Date.UTC(year, month - 1, day + 1) <= after) continue;
        const found = timesOf(cron, Date.UTC(year, month - 1, day)).find((time) => time > after);
        if (found !== undefined) return found;
      }
  return undefined;
};

const timesOf = ({ hours, minutes }: Cron, day: number): number[] =>
  hours.flatMap((hour) => minutes.map((minute) => day + (hour * 60 + minute) * 60_000));

/** The numbers of a list of values, ranges and steps, in order, each once. */
const valuesOf = (text: string, field: Field): number[] => {
  const values = text.split(',').flatMap((part) => partOf(part, field));
  return [...new Set(values)].sort((left, right) => left - right);
};

const partOf = (part: string, field: Field): number[] => {
  const [range = '', step, ...rest] = part.split('/');
  if (rest.length > 0) throw problemOf(field, part);
  const [low, high] = boundsOf(range, step !== undefined, field);
  const width = step === undefined ? 1 : numberOf(step, part, { ...field, low: 1 });
  if (low > high) throw new ScheduleProblem(`has a range that goes backwards in ${field.name}: ${part}`);
  return Array.from({ length: Math.floor((high - low) / width) + 1 }, (_, index) => low + index * width);
};

/** `5/10` means from 5 to the end of the field. */
const boundsOf = (range: string, hasStep: boolean, field: Field): readonly [low: number, high: number] => {
  if (range === '*') return [field.low, field.high];
  const [from = '', to, ...rest] = range.split('-');
  if (rest.length > 0) throw problemOf(field, range);
  const low = valueIn(from, field);
  if (to !== undefined) return [low, valueIn(to, field)];
  return [low, hasStep ? field.high : low];
};

const valueIn = (text: string, field: Field): number => {
  const named = field.names?.indexOf(text) ?? -1;
  return named >= 0 ? field.low + named : numberOf(text, text, field);
};

const numberOf = (text: string, part: string, field: Field): number => {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= field.low && value <= field.high) return value;
  throw problemOf(field, part);
};

const problemOf = ({ name, low, high }: Field, part: string): ScheduleProblem =>
  new ScheduleProblem(
    `has ${part === '' ? 'an empty part' : part} in ${name}, where ${low} to ${high} may be`,
  );

const lastDay = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** 1 is Sunday. */
const weekdayOf = (year: number, month: number, day: number): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;

/** Values, or one of `L`, `L-3`, `LW`, `15W`. */
const daysOfMonth = (text: string): Cron['daysOf'] => {
  const [, nearest] = /^(\d+)W$/.exec(text) ?? [];
  const [, before] = /^L-(\d+)$/.exec(text) ?? [];
  if (text === 'L') return (year, month) => [lastDay(year, month)];
  if (text === 'LW') return (year, month) => [workdayNear(year, month, lastDay(year, month))];
  if (before !== undefined) {
    const days = numberOf(before, text, { ...fields.dayOfMonth, high: 30 });
    return (year, month) => [lastDay(year, month) - days].filter((day) => day > 0);
  }
  if (nearest !== undefined) {
    const day = numberOf(nearest, text, fields.dayOfMonth);
    return (year, month) => (day > lastDay(year, month) ? [] : [workdayNear(year, month, day)]);
  }
  const days = valuesOf(text, fields.dayOfMonth);
  return (year, month) => days.filter((day) => day <= lastDay(year, month));
};

/** The day of Monday to Friday that is nearest to a day, in the same month. */
const workdayNear = (year: number, month: number, day: number): number => {
  const weekday = weekdayOf(year, month, day);
  if (weekday === 7) return day === 1 ? 3 : day - 1;
  if (weekday === 1) return day === lastDay(year, month) ? day - 2 : day + 1;
  return day;
};

/** Values, or one of `L` (Saturday), `6L` (the last Friday), `3#2` (the second Tuesday). */
const daysOfWeek = (text: string): Cron['daysOf'] => {
  const [, last] = /^(\w+)L$/.exec(text) ?? [];
  const [, weekday, count] = /^(\w+)#(\w+)$/.exec(text) ?? [];
  if (last !== undefined) {
    const day = valueIn(last, fields.dayOfWeek);
    return (year, month) => weekly(year, month, [day]).slice(-1);
  }
  if (weekday !== undefined && count !== undefined) {
    const day = valueIn(weekday, fields.dayOfWeek);
    const nth = numberOf(count, text, { ...fields.dayOfWeek, high: 5 });
    return (year, month) => weekly(year, month, [day]).slice(nth - 1, nth);
  }
  const days = text === 'L' ? [7] : valuesOf(text, fields.dayOfWeek);
  return (year, month) => weekly(year, month, days);
};

const weekly = (year: number, month: number, weekdays: readonly number[]): number[] =>
  Array.from({ length: lastDay(year, month) }, (_, index) => index + 1).filter((day) =>
    weekdays.includes(weekdayOf(year, month, day)),
  );
