import type { FieldType } from './field.ts';
import {
  compareDecimals,
  compareFloats,
  compareInts,
  decimalMisfit,
  floatMisfit,
  intMisfit,
} from './number.ts';
import {
  type QuickCheck,
  quickAny,
  quickBool,
  quickDate,
  quickDecimal,
  quickFloat,
  quickInt,
  quickNone,
  quickTimestamp,
} from './quick.ts';
import { compareTimes, timeMisfit } from './time.ts';
import { compareZoned, zonedMisfit } from './zoned.ts';

/** How the values of one type are read. */
export type ValueType = {
  /** Says in a few words why a text is no value of the type; undefined for one that is. */
  readonly misfit: (text: string) => string | undefined;
  readonly quick: QuickCheck;
  /** Orders two values of the type; types without one have no `min` and `max`. */
  readonly compare?: (one: string, other: string) => number;
};

const bools = new Set(['true', 'false', 'True', 'False', 'TRUE', 'FALSE']);
const boolMisfit = (text: string): string | undefined => (bools.has(text) ? undefined : 'true or false');

/** The reading of a type. */
export const valueType = (type: FieldType): ValueType => {
  switch (type.kind) {
    case 'int':
      return { misfit: intMisfit, quick: quickInt, compare: compareInts };
    case 'float':
      return { misfit: floatMisfit, quick: quickFloat, compare: compareFloats };
    case 'bool':
      return { misfit: boolMisfit, quick: quickBool };
    case 'string':
      return { misfit: () => undefined, quick: quickAny };
    case 'decimal':
      return {
        misfit: decimalMisfit(type.precision, type.scale),
        quick: quickDecimal(type.precision, type.scale),
        compare: compareDecimals,
      };
    case 'timestamptz':
      return { misfit: zonedMisfit, quick: quickNone, compare: compareZoned };
    case 'date':
    case 'timestamp':
      return { misfit: timeMisfit(type.format), quick: quickTime(type.format), compare: compareTimes };
  }
};

const quickTime = (format: string): QuickCheck => {
  if (format === 'YYYY-MM-DD') return quickDate;
  if (format.endsWith('Z')) return quickNone;
  return quickTimestamp(format.charCodeAt(10), format.endsWith('[.ffffff]'));
};
