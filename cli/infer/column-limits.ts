import { digitText, isFlag, isIdentifier, isSigned, wordsOf } from './column-names.ts';
import type { ColumnProfile } from './column-profile.ts';
import type { ColumnType } from './column-type.ts';
import { escaped, shapePattern } from './text-shape.ts';

/** Limits for a column's values that a manifest sets in addition to the type. */
export type ColumnLimits = {
  readonly min?: number;
  readonly length?: number;
  readonly max_length?: number;
  readonly pattern?: string;
  readonly one_of?: readonly (string | number)[];
};

/** With fewer values no limit is guessed. */
const enough = 20;
/** The last is the most that the warehouse surely holds: 65,535 bytes. */
const steps = [64, 256, 1_024, 4_096, 16_383];

const pairs: readonly (readonly string[])[] = [
  ['Y', 'N'],
  ['y', 'n'],
  ['yes', 'no'],
  ['Yes', 'No'],
  ['YES', 'NO'],
  ['T', 'F'],
];

/**
 * Guesses limits that future files should meet, too: a minimum of 0 if there are no negative numbers, the constant length or
 * pattern of a code, generous text lengths, both values of a flag; never the largest number or the only names seen so far.
 */
export const chooseLimits = (
  profile: ColumnProfile,
  { type, isFlag: isBinary, numbers }: ColumnType,
): ColumnLimits => {
  if (isBinary) return { one_of: [0, 1] };
  if (numbers) return { pattern: `${escaped(numbers.word)}|${numberPattern(numbers.type)}` };
  if (type === 'string') return textLimits(profile);
  const isNumber = type === 'int' || type === 'float' || type.startsWith('decimal');
  const isNatural =
    isNumber && profile.negatives === 0 && profile.values >= enough && !isSigned(profile.name);
  return isNatural ? { min: 0 } : {};
};

/** Numbers of a type in their plainest form, which the type stores exactly. */
const numberPattern = (type: string): string => {
  const [precision = 18, scale = 0] = (type.match(/[0-9]+/g) ?? []).map(Number);
  const fraction = scale > 0 ? `(\\.[0-9]{1,${scale}})?` : '';
  return `-?(0|[1-9][0-9]{0,${precision - scale - 1}})${fraction}`;
};

const textLimits = (profile: ColumnProfile): ColumnLimits => {
  const pair = flagPair(profile);
  if (pair) return { one_of: pair };
  if (profile.values < enough) return roomy(profile);
  const pattern = patternOf(profile);
  if (pattern !== undefined) return { pattern };
  const { shortest, longest, isCode } = profile;
  const isConstant = isCode && shortest === longest && longest > 1;
  if (isConstant && (isIdentifying(profile) || isIsoCode(profile))) return { length: longest };
  return roomy(profile);
};

const roomy = ({ longest }: ColumnProfile): ColumnLimits => {
  const room = roomFor(longest);
  return room === undefined ? {} : { max_length: room };
};

/** Room for texts four times as long; undefined if no limit is large enough. */
export const roomFor = (longest: number): number | undefined => steps.find((step) => step >= longest * 4);

/** The pair of words of a flag, if it shows one or both of them. */
const flagPair = ({ name, counts, values }: ColumnProfile): readonly string[] | undefined => {
  const seen = [...(counts?.keys() ?? [])];
  const pair = pairs.find((words) => seen.length > 0 && seen.every((word) => words.includes(word)));
  return pair && (isFlag(name) || (seen.length === 2 && values >= enough)) ? pair : undefined;
};

/** Codes that differ in nearly each row; not digits alone, because those may be shorter in other countries. */
const isIdentifying = ({ name, counts }: ColumnProfile): boolean =>
  counts === undefined &&
  !(digitText(name) ?? '').includes('postal') &&
  (isIdentifier(name) || digitText(name) !== undefined);

const isIsoCode = ({ name, longest }: ColumnProfile): boolean =>
  (longest === 3 && wordsOf(name).includes('currency')) ||
  (longest === 2 && wordsOf(name).includes('country'));

const uuid = '[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}';
const iban = '[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}';

/** The pattern of codes with a clear structure that all values share. */
const patternOf = (profile: ColumnProfile): string | undefined => {
  const { looks, shape, counts, values } = profile;
  if (looks.get('uuid') === values) return uuid;
  if (looks.get('iban') === values) return iban;
  if (!shape || counts !== undefined || !isStructured(shape.text)) return undefined;
  return shapePattern(shape.text, shape.runs);
};

/** A fixed prefix, or digits separated by signs: `ACC-0`, `0/0/0`; not a mail address. */
const isStructured = (shape: string): boolean =>
  !shape.includes('@') && /^[A-Za-z]{0,8}[-_/:.#]?0(?:[-_/:.T]?0)*$/.test(shape);
