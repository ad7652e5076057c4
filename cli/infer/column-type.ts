import { digitText, isFlag, isIdentifier, isMoney, isPlace, isPlainMoney, isRate } from './column-names.ts';
import type { ColumnProfile } from './column-profile.ts';
import type { JsonLeaf } from './json-records.ts';

/** The type that a manifest gives a column, and what a person should know about the choice. */
export type ColumnType = {
  /** In manifest syntax, e.g. `decimal(18,2)`. */
  readonly type: string;
  readonly format?: string;
  /** A flag written as 0 and 1. */
  readonly isFlag?: boolean;
  /** Text that holds numbers of a type, and a word for missing values. */
  readonly numbers?: { readonly type: string; readonly word: string };
  /** Why this type was chosen and not the obvious one; certain. */
  readonly reason?: string;
  /** Something that a person should look at; absent if nothing is unusual. */
  readonly note?: string;
};

/** Share of values that must fit a type; the others count as wrong values. */
const majority = 0.99;
/** Digits of an integer that always fits into 64 bits. */
const surelyInt = 18;
/** Digits of a decimal, and digits after the point that are not noise. */
const [mostDigits, longestScale] = [38, 18] as const;
const emptyNote = 'is empty in every row, so text is a guess';
const usualFormat = 'YYYY-MM-DD HH:mm:ss';

/** Chooses the narrowest type that fits nearly all values; a column without values is text. */
export const chooseType = (profile: ColumnProfile, delimiter = ','): ColumnType => {
  const { values } = profile;
  if (values === 0) return { type: 'string', note: emptyNote };
  return (
    asWord(profile) ??
    (delimiter === ';' ? asGrouped(profile) : undefined) ??
    asNumber(profile) ??
    asMoment(profile) ??
    (isMost(profile.of('bool'), values) ? { type: 'bool' } : asText(profile))
  );
};

/** Chooses the type of values that JSON marks as strings, numbers or booleans. */
export const chooseJsonType = (
  profile: ColumnProfile,
  kinds: ReadonlyMap<JsonLeaf['kind'], number>,
): ColumnType => {
  const [[kind] = ['string']] = [...kinds].sort(([, a], [, b]) => b - a);
  if (profile.values === 0) return { type: 'string', note: emptyNote };
  const type = typeOfKind(profile, kind);
  const note = 'mixes kinds of JSON values; rows with the rarer kinds would be quarantined';
  return kinds.size > 1 ? { ...type, note } : type;
};

const typeOfKind = (profile: ColumnProfile, kind: string): ColumnType => {
  if (kind === 'bool') return { type: 'bool' };
  if (kind === 'number') return asNumber(profile) ?? asLarge(profile);
  const moment = asMoment(profile);
  if (moment) return moment;
  const isNumeric = isMost(profile.of('int', 'decimal', 'float'), profile.values);
  return isNumeric && digitText(profile.name) === undefined
    ? { type: 'string', note: 'holds numbers in quotes, which are text in JSON' }
    : { type: 'string' };
};

/** Integers beyond 64 bits: their digits are counted if there are no other numbers. */
const asLarge = (profile: ColumnProfile): ColumnType => {
  const isWhole = profile.of('decimal', 'float') === 0;
  return { type: isWhole && profile.longest <= 36 ? 'decimal(38,0)' : 'float' };
};

const isMost = (part: number, whole: number): boolean => part >= whole * majority;
const isSome = (part: number, whole: number): boolean => part > whole * (1 - majority);

/** Whether values of that type have a time of day. */
export const isTimestamp = ({ type }: Pick<ColumnType, 'type'>): boolean =>
  type === 'timestamp' || type === 'timestamptz';

/** Digits that are an identifier: a number type would lose leading zeros or the last digits. */
const asWord = (profile: ColumnProfile): ColumnType | undefined => {
  const { name, values } = profile;
  const digits = profile.of('int', 'zero_led', 'huge');
  if (!isMost(digits, values)) return undefined;
  const called = digitText(name);
  const zeroLed = profile.of('zero_led');
  const isZeroLed = isSome(zeroLed, values) || (zeroLed > 0 && called !== undefined);
  if (isZeroLed) return { type: 'string', reason: 'digits with leading zeros, which a number would lose' };
  if (called !== undefined) return { type: 'string', reason: `digits alone, but ${called} is text` };
  const isHuge = isSome(profile.of('huge'), values);
  return isHuge
    ? { type: 'string', reason: 'integers beyond 64 bits, which do not fit any number type' }
    : undefined;
};

const asNumber = (profile: ColumnProfile, values = profile.values): ColumnType | undefined => {
  const { name } = profile;
  const [ints, decimals, floats] = [profile.of('int'), profile.of('decimal'), profile.of('float')];
  if (!isMost(ints + decimals + floats, values)) return undefined;
  if (isMost(ints, values)) return asWhole(profile);
  if (isSome(floats, values)) return { type: 'float' };
  if (isIdentifier(name) && decimals === profile.wholeDecimals)
    return {
      type: decimalType(profile, 2),
      note: 'holds whole numbers written like 12.0, which an int does not accept',
    };
  const scale = scaleOf(profile, values);
  const isFixed = decimals >= 20 && ints === 0 && profile.scales.size === 1;
  const isExact = isMoney(name) || isRate(name) || (isFixed && scale <= 6);
  const kept = Math.max(scale, isRate(name) ? 4 : 2);
  const isTooLong = profile.wholeDigits + kept > mostDigits || scale > longestScale;
  const isFloat = isPlace(name) || scale > 8 || (scale > 2 && !isExact);
  if (isFloat && profile.rounded === 0) return { type: 'float' };
  if (isTooLong)
    return {
      type: 'float',
      note: 'has numbers with very many digits; a float keeps only 15',
    };
  return { type: decimalType(profile, kept) };
};

/** If the delimiter is a semicolon, decimals use commas, and points may separate thousands. */
const asGrouped = (profile: ColumnProfile): ColumnType | undefined => {
  const { grouped, wholeDigits, values } = profile;
  const decimals = profile.of('decimal');
  const isOther = decimals === 0 || grouped < decimals || wholeDigits > 3;
  if (isOther || !isMost(decimals + profile.of('int'), values)) return undefined;
  const note =
    'looks like whole numbers with a point between thousands (18.400 for 18400); it stays text, since a number would be a thousand times too small';
  return { type: 'string', note };
};

const asWhole = (profile: ColumnProfile): ColumnType => {
  const { name, least, greatest } = profile;
  const isBinary = least >= 0 && greatest <= 1;
  if (isBinary && isFlag(name) && !isIdentifier(name)) return { type: 'int', isFlag: true };
  if (!isBinary && isPlainMoney(name)) {
    const note = 'holds only whole numbers, but an amount may have decimals later';
    return { type: decimalType(profile, 2), note };
  }
  return { type: 'int' };
};

/** Digits after the point; a few values with very many digits are noise. */
const scaleOf = ({ scales }: ColumnProfile, values: number): number => {
  const sorted = [...scales].sort(([a], [b]) => a - b);
  const most = sorted.at(-1)?.[0] ?? 0;
  if (most <= 6) return most;
  let covered = 0;
  const usual = sorted.find(([, number]) => {
    covered += number;
    return isMost(covered, values);
  });
  return usual && usual[0] <= 4 ? usual[0] : most;
};

const decimalType = ({ wholeDigits }: ColumnProfile, scale: number): string =>
  `decimal(${wholeDigits + scale + 2 <= 18 ? 18 : 38},${scale})`;

const asMoment = (profile: ColumnProfile): ColumnType | undefined => {
  const { values, momentFormats } = profile;
  if (isMost(profile.of('date'), values)) return { type: 'date' };
  const zoned = profile.of('timestamptz');
  if (!isMost(profile.of('timestamp') + zoned, values)) return undefined;
  const formats = [...momentFormats.keys()];
  if (zoned > 0) {
    const utc = formats.filter((format) => format.endsWith('Z'));
    const all = zoned + utc.reduce((sum, format) => sum + (momentFormats.get(format) ?? 0), 0);
    return isMost(all, values)
      ? { type: 'timestamptz' }
      : { type: 'string', note: 'holds moments with and without an offset from UTC' };
  }
  const wide = formats.find((format) => format.includes('[')) ?? formats[0] ?? usualFormat;
  const narrow = wide.replace('[.ffffff]', '');
  const fitting = [...momentFormats].filter(([format]) => format === wide || format === narrow);
  const covered = fitting.reduce((sum, [, number]) => sum + number, 0);
  if (!isMost(covered, values))
    return { type: 'string', note: `holds moments written in ${formats.length} ways` };
  return { type: 'timestamp', ...(wide !== usualFormat && { format: wide }) };
};

const asText = (profile: ColumnProfile): ColumnType => {
  const numbers = asNumbersOrWord(profile);
  if (numbers) {
    const note = `writes missing values as ${numbers.word}; ${numbers.type} otherwise, as in the silver table`;
    return { type: 'string', numbers, note };
  }
  const note = textNote(profile);
  return { type: 'string', ...(note !== undefined && { note }) };
};

/** Only numbers whose form guarantees that the cast works: no exponents. */
const asNumbersOrWord = (profile: ColumnProfile): ColumnType['numbers'] => {
  const { nullWords, values } = profile;
  const [[word, number] = ['', 0], ...others] = [...nullWords];
  if (number === 0 || others.length > 0 || digitText(profile.name) !== undefined) return undefined;
  const type = asNumber(profile, values - number)?.type;
  const isTooWide = type === 'int' && profile.wholeDigits > surelyInt;
  return type === undefined || type === 'float' || isTooWide ? undefined : { type, word };
};

const textNote = (profile: ColumnProfile): string | undefined => {
  const { values, looks } = profile;
  const nulls = profile.of('null_word');
  const numbers = profile.of('int', 'decimal', 'float');
  const moments = profile.of('date', 'timestamp', 'timestamptz');
  const rest = Math.max(numbers, moments, profile.of('bool'));
  if (nulls > 0 && rest > 0 && isMost(nulls + rest, values))
    return `writes missing values as a word such as ${[...profile.nullWords.keys()][0]}; it stays text until the source leaves them empty`;
  if (isMost(moments, values)) return 'mixes dates and moments, or several notations, so no type fits';
  if (isMost(profile.of('odd_date') + moments, values) && looks.size === 0)
    return 'looks like dates, but not written YYYY-MM-DD, so it stays text';
  if (isMost(profile.of('odd_number') + numbers, values) && looks.size === 0)
    return 'looks like numbers, but not in plain form such as 1234.50, so it stays text';
  return undefined;
};
