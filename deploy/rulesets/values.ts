import type { Condition, Family, Value } from '../../functions/quality/index.ts';

/**
 * Possible values of a metric, a share or a column, as points of a line: numbers and moments times `unit`, exact. Whether
 * conditions allow any value is decided by testing the points at, between and around the values that they name.
 */
export type Point = bigint | string | null;

/** Two numbers that differ by one are this many points apart. */
export const unit = 2n * 10n ** 28n;

/** The possible values of a subject. */
export type Domain = {
  /** Least distance of two values, in points; 0 if there is always a value between two others. */
  readonly step: bigint;
  readonly least?: bigint;
  readonly most?: bigint;
  /** Texts and booleans; undefined if the values are points of a line. */
  readonly words?: 'any' | readonly string[];
  readonly mayBeNull: boolean;
};

export const shares: Domain = { step: 0n, least: 0n, most: unit, mayBeNull: false };
export const counts: Domain = { step: unit, least: 0n, mayBeNull: false };
export const positives: Domain = { step: 0n, least: 0n, mayBeNull: false };
export const numbers: Domain = { step: 0n, mayBeNull: false };

const booleans: readonly string[] = ['true', 'false'];
const largest = 2n ** 63n;

/** The values of a column; undefined for a type that is not analyzed. */
export const columnDomain = ({ family, scale }: { family: Family; scale: number }): Domain | undefined => {
  if (family === 'integer')
    return { step: unit, least: -largest * unit, most: (largest - 1n) * unit, mayBeNull: true };
  if (family === 'decimal') return { step: unit / 10n ** BigInt(Math.min(scale, 28)), mayBeNull: true };
  if (family === 'float' || family === 'timestamp') return { step: 0n, mayBeNull: true };
  if (family === 'date') return { step: unit * 86_400_000n, mayBeNull: true };
  if (family === 'boolean') return { step: 0n, words: booleans, mayBeNull: true };
  return family === 'text' ? { step: 0n, words: 'any', mayBeNull: true } : undefined;
};

/** A number's digits as a point. */
export const pointOf = (digits: string): bigint => {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(digits) ?? [];
  const scaled = BigInt(whole + fraction) * (unit / 10n ** BigInt(fraction.length));
  return sign === '-' ? -scaled : scaled;
};

/** A condition as a test of points, and the points that it names. */
export type Limit = { readonly names: readonly Point[]; readonly holds: (point: Point) => boolean };

/** A condition on a subject of that domain; undefined if its values are known only when a file lands. */
export const limitOf = (condition: Condition, { words }: Domain): Limit | undefined => {
  const read = (value: Value): Point | undefined => valuePoint(value, words !== undefined);
  if (condition.kind === 'matches') return undefined;
  if (condition.kind === 'between') {
    const [low, high] = [read(condition.low), read(condition.high)];
    if (typeof low !== 'bigint' || typeof high !== 'bigint') return undefined;
    const inside = (point: Point) => typeof point === 'bigint' && point > low && point < high;
    return {
      names: [low, high],
      holds: condition.negated ? (point) => point !== null && !inside(point) : inside,
    };
  }
  if (condition.kind === 'in') return membership(condition.values.map(read), condition.negated);
  const { operator } = condition;
  const named = read(condition.value);
  if (operator === '=' || operator === '!=') return membership([named], operator === '!=');
  if (typeof named !== 'bigint') return undefined;
  return {
    names: [named],
    holds: (point) => typeof point === 'bigint' && comparisons[operator](point, named),
  };
};

const comparisons = {
  '<': (one: bigint, other: bigint) => one < other,
  '<=': (one: bigint, other: bigint) => one <= other,
  '>': (one: bigint, other: bigint) => one > other,
  '>=': (one: bigint, other: bigint) => one >= other,
};

/** NULL passes a condition that excludes values, unless NULL is one of them. */
const membership = (values: readonly (Point | undefined)[], isNegated: boolean): Limit | undefined => {
  const known = values.filter((value) => value !== undefined);
  if (known.length < values.length) return undefined;
  return { names: known, holds: (point) => known.includes(point) !== isNegated };
};

const milliseconds = unit;

const valuePoint = (value: Value, isWord: boolean): Point | undefined => {
  if (value.kind === 'number') return isWord ? value.digits : pointOf(value.digits);
  if (value.kind === 'keyword')
    return value.keyword === 'NULL' ? null : value.keyword === 'EMPTY' ? '' : undefined;
  if (value.kind !== 'text') return undefined;
  if (isWord) return value.text;
  const moment = Date.parse(`${value.text}T00:00:00Z`);
  return Number.isNaN(moment) ? undefined : BigInt(moment) * milliseconds;
};

/** A date or a timestamp in the manifest's format, as a point. */
export const momentPoint = (text: string): bigint | undefined => {
  const moment = Date.parse(
    `${text.trim().replace(' ', 'T').replace(/Z$/, '')}${text.includes(':') ? 'Z' : 'T00:00:00Z'}`,
  );
  return Number.isNaN(moment) ? undefined : BigInt(moment) * milliseconds;
};

/** Points of a domain at, between and around the named ones. */
export const candidates = (domain: Domain, named: readonly Point[]): Point[] => [
  ...(domain.mayBeNull ? [null] : []),
  ...(domain.words === undefined ? linePoints(domain, named) : wordPoints(domain.words, named)),
];

const wordPoints = (words: 'any' | readonly string[], named: readonly Point[]): string[] => {
  if (words !== 'any') return [...words];
  const texts = named.filter((point) => typeof point === 'string');
  return [...texts, `${texts.join('')} and another text`];
};

const linePoints = ({ step, least, most }: Domain, named: readonly Point[]): bigint[] => {
  const marks = [...named, least, most].filter((point) => typeof point === 'bigint');
  const sorted = [...(marks.length > 0 ? marks : [0n])].sort((one, other) =>
    one < other ? -1 : one > other ? 1 : 0,
  );
  const between = sorted.flatMap((point, at) => {
    const next = sorted[at + 1];
    return next === undefined ? [] : [(point + next) / 2n];
  });
  const width = step || unit;
  const around = [...sorted, ...between].flatMap((point) =>
    step === 0n
      ? [point - width, point, point + width]
      : [-1n, 0n, 1n, 2n].map((steps) => (point / step + steps) * step - (point < 0n ? step : 0n)),
  );
  return around.filter(
    (point) => (least === undefined || point >= least) && (most === undefined || point <= most),
  );
};
