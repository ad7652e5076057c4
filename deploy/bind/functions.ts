import { anyType, describeType, type Family, fits, isNumber, type Type, widthOf } from './types.ts';

/** Arguments and results of the functions in the portable subset. */
type Signature = {
  /** Families of each argument; the last one is for all further arguments if `isOpenEnded`. */
  readonly takes: readonly (readonly Family[])[];
  readonly least: number;
  /** A family, or the type of the argument at an index. */
  readonly gives: Family | number;
};

const number: readonly Family[] = ['integer', 'decimal', 'float'];
const text: readonly Family[] = ['text'];
const whole: readonly Family[] = ['integer'];
const moment: readonly Family[] = ['date', 'timestamp'];
const any: readonly Family[] = ['any'];
const ordered: readonly Family[] = [...number, ...text, ...moment, 'interval'];

const signature = (
  takes: Signature['takes'],
  gives: Signature['gives'],
  least = takes.length,
): Signature => ({
  takes,
  gives,
  least,
});

const signatures: Readonly<Record<string, Signature>> = {
  count: signature([any], 'integer', 0),
  sum: signature([number], 0),
  min: signature([ordered], 0),
  max: signature([ordered], 0),
  stddev_samp: signature([number], 'float'),
  percentile_cont: signature([number], 'float'),
  bool_or: signature([['boolean']], 'boolean'),
  bool_and: signature([['boolean']], 'boolean'),
  row_number: signature([], 'integer'),
  rank: signature([], 'integer'),
  dense_rank: signature([], 'integer'),
  ntile: signature([whole], 'integer'),
  lag: signature([any, whole, any], 0, 1),
  lead: signature([any, whole, any], 0, 1),
  first_value: signature([any], 0),
  last_value: signature([any], 0),
  upper: signature([text], 'text'),
  lower: signature([text], 'text'),
  btrim: signature([text, text], 'text', 1),
  ltrim: signature([text, text], 'text', 1),
  rtrim: signature([text, text], 'text', 1),
  replace: signature([text, text, text], 'text'),
  translate: signature([text, text, text], 'text'),
  left: signature([text, whole], 'text'),
  right: signature([text, whole], 'text'),
  reverse: signature([text], 'text'),
  chr: signature([whole], 'text'),
  lpad: signature([text, whole, text], 'text', 2),
  position: signature([text, text], 'integer'),
  substring: signature([text, whole, whole], 'text', 2),
  split_part: signature([text, text, whole], 'text'),
  length: signature([text], 'integer'),
  md5: signature([text], 'text'),
  like_escape: signature([text, text], 'text'),
  extract: signature([any, [...moment, 'interval']], 'integer'),
  date_trunc: signature([any, moment], 'timestamp'),
  last_day: signature([moment], 'date'),
  round: signature([number, whole], 0, 1),
  abs: signature([number], 0),
  mod: signature([number, number], 0),
  floor: signature([number], 0),
  ceil: signature([number], 0),
};

const aggregates = new Set([
  'count',
  'sum',
  'min',
  'max',
  'stddev_samp',
  'percentile_cont',
  'bool_or',
  'bool_and',
]);
const onlyOver = new Set([
  'row_number',
  'rank',
  'dense_rank',
  'ntile',
  'lag',
  'lead',
  'first_value',
  'last_value',
]);

/** Whether a function combines many rows into one value. */
export const isAggregate = (name: string): boolean => aggregates.has(name);

/** Whether a function needs `over (…)`. */
export const needsOver = (name: string): boolean => onlyOver.has(name);

const rounded = (name: string, type: Type, digits: number | undefined): Type =>
  type.family === 'decimal' && ['round', 'floor', 'ceil'].includes(name) ? { ...type, scale: digits } : type;

/**
 * The type of a call, and what is wrong with it; `wholes` are the arguments that are whole numbers. The linter reports functions
 * outside the subset.
 */
export const typeOfCall = (
  name: string,
  args: readonly Type[],
  wholes: readonly (number | undefined)[] = [],
): { type: Type; problem?: string } => {
  const known = signatures[name];
  if (!known) return { type: anyType };
  const { takes, least, gives } = known;
  const width = gives === 'text' ? textWidth(name, args.map(widthOf), wholes) : undefined;
  const type: Type =
    typeof gives === 'number'
      ? rounded(name, args[gives] ?? anyType, args.length > 1 ? wholes[1] : 0)
      : { family: gives, ...(width !== undefined && { width }) };
  if (args.length < least || args.length > takes.length)
    return { type, problem: `${name} needs ${countOf(least, takes.length)}, but has ${args.length}` };
  const wrong = args.findIndex((arg, at) => !fits(arg, takes[at] ?? any));
  const arg = args[wrong];
  if (!arg) return { type: isNumber(type) || typeof gives !== 'number' ? type : plain(type) };
  const wanted = (takes[wrong] ?? any).map((family) => describeType({ family })).join(' or ');
  return { type: anyType, problem: `${name} needs ${wanted}, but this is ${describeType(arg)}` };
};

/** A literal in a result is a text. */
const plain = (type: Type): Type =>
  type.family === 'literal' ? { family: 'text', width: widthOf(type) } : type;

/** The most characters of what a function gives; a letter becomes at most three by `upper` and `lower`. */
const textWidth = (
  name: string,
  [own, second, third]: readonly (number | undefined)[],
  wholes: readonly (number | undefined)[],
): number | undefined => {
  if (name === 'md5') return 32;
  if (name === 'chr') return 1;
  if (name === 'lpad') return wholes[1];
  if (own === undefined) return undefined;
  if (name === 'left' || name === 'right') return Math.min(own, wholes[1] ?? own);
  if (name === 'substring') return Math.min(own, wholes[2] ?? own);
  if (name !== 'replace') return own;
  const [replaced, by] = [second ?? 1, third ?? own];
  return by <= replaced ? own : own * Math.max(1, by);
};

const countOf = (least: number, most: number): string =>
  `${least === most ? least : `${least} to ${most}`} argument${most === 1 ? '' : 's'}`;
