/** Types of SQL expressions, as far as they decide what may be compared, combined and cast. */
export type Family =
  | 'text'
  | 'integer'
  | 'decimal'
  | 'float'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | 'interval'
  /** A literal in quotes, whose type depends on its context. */
  | 'literal'
  | 'null'
  /** Unknown, for example because a problem was already reported: fits everywhere. */
  | 'any';

export type Type = {
  readonly family: Family;
  /** Of a literal. */
  readonly text?: string;
  /** Of a text: the most characters that it may have. Unknown where absent. */
  readonly width?: number | undefined;
  /** Of a decimal: its digits after the point. Unknown where absent. */
  readonly scale?: number | undefined;
  /** Of a record: its members. */
  readonly members?: ReadonlyMap<string, Type>;
};

export const anyType: Type = { family: 'any' };
export const nullType: Type = { family: 'null' };

const spelled: Readonly<Record<string, Family>> = {
  smallint: 'integer',
  integer: 'integer',
  bigint: 'integer',
  decimal: 'decimal',
  'double precision': 'float',
  double: 'float',
  varchar: 'text',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  interval: 'interval',
};

/** The type that a cast names, in portable words such as `decimal(18,2)`. */
export const typeNamed = (type: string | undefined): Type => {
  const family = spelled[(type ?? '').replace(/\(.*/, '')] ?? 'any';
  const [, size, scale = 0] = /\((\d+)(?:, *(\d+))?/.exec(type ?? '') ?? [];
  if (size === undefined) return { family };
  if (family === 'text') return { family, width: Number(size) };
  return family === 'decimal' ? { family, width: Number(size) + 3, scale: Number(scale) } : { family };
};

/** The most characters that a value has as a text; undefined if that is not known. */
export const widthOf = ({ family, text, width }: Type): number | undefined =>
  family === 'literal' ? [...(text ?? '')].length : (width ?? widths[family]);

const widths: Readonly<Partial<Record<Family, number>>> = {
  integer: 20,
  boolean: 5,
  date: 10,
  timestamp: 29,
  null: 0,
};

/** A text that is one or the other. */
const eitherText = (one: Type, other: Type): Type => {
  const [left, right] = [widthOf(one), widthOf(other)];
  return left === undefined || right === undefined
    ? { family: 'text' }
    : { family: 'text', width: Math.max(left, right) };
};

const isText = ({ family }: Type): boolean => family === 'text' || family === 'literal';

const articles: Readonly<Record<Family, string>> = {
  text: 'a text',
  integer: 'an integer',
  decimal: 'a decimal',
  float: 'a float',
  boolean: 'a boolean',
  date: 'a date',
  timestamp: 'a timestamp',
  interval: 'an interval',
  literal: 'a text',
  null: 'NULL',
  any: 'a value',
};

/** The type in words: `an integer`. */
export const describeType = ({ family, text }: Type): string =>
  family === 'literal' ? `'${text}'` : articles[family];

const isOpen = ({ family }: Type): boolean => family === 'any' || family === 'null';

export const isNumber = ({ family }: Type): boolean =>
  family === 'integer' || family === 'decimal' || family === 'float';

const isMoment = ({ family }: Type): boolean => family === 'date' || family === 'timestamp';

/** Whether a value of the type is allowed where one of the families is needed. */
export const fits = (type: Type, wanted: readonly Family[]): boolean => {
  if (isOpen(type) || wanted.includes('any')) return true;
  if (type.family === 'literal') return wanted.some((family) => literalReads(type.text ?? '', family));
  return wanted.includes(type.family);
};

const number = /^\s*[-+]?\d+(\.\d+)?([eE][-+]?\d+)?\s*$/;
const moment = /^\s*\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?\s*$/;

const literalReads = (text: string, family: Family): boolean => {
  if (family === 'integer') return /^\s*[-+]?\d+\s*$/.test(text);
  if (family === 'decimal' || family === 'float') return number.test(text);
  if (family === 'boolean') return /^\s*(true|false|t|f|yes|no|y|n|1|0)\s*$/i.test(text);
  if (family === 'date' || family === 'timestamp')
    return moment.test(text) && !Number.isNaN(Date.parse(text.trim()));
  return true;
};

/** The common type of two values; undefined if they have none without a cast. */
export const commonType = (one: Type, other: Type): Type | undefined => {
  if (isText(one) && isText(other)) return eitherText(one, other);
  if (isOpen(one)) return other;
  if (isOpen(other)) return one;
  if (one.family === 'literal') return fits(one, [other.family]) ? other : undefined;
  if (other.family === 'literal') return fits(other, [one.family]) ? one : undefined;
  if (one.family === other.family) return one;
  if (isNumber(one) && isNumber(other)) return widerNumber(one, other);
  return isMoment(one) && isMoment(other) ? { family: 'timestamp' } : undefined;
};

/** The type of a sum or a product of two numbers. */
export const widerNumber = (one: Type, other: Type): Type => {
  const families = [one.family, other.family];
  if (families.includes('any')) return anyType;
  if (families.includes('float')) return { family: 'float' };
  return { family: families.includes('decimal') ? 'decimal' : 'integer' };
};

const casts: Readonly<Partial<Record<Family, readonly Family[]>>> = {
  integer: ['integer', 'decimal', 'float', 'text', 'boolean'],
  decimal: ['integer', 'decimal', 'float', 'text'],
  float: ['integer', 'decimal', 'float', 'text'],
  boolean: ['boolean', 'integer'],
  date: ['date', 'timestamp', 'text'],
  timestamp: ['date', 'timestamp', 'text'],
  interval: ['interval', 'text'],
};

/** Whether every engine can do `cast(one as other)`. */
export const canCast = (one: Type, other: Type): boolean => {
  if (isOpen(one) || other.family === 'any' || one.family === 'text') return true;
  if (one.family === 'literal') return fits(one, [other.family]);
  return casts[one.family]?.includes(other.family) ?? true;
};
