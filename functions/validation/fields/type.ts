import { boolViolation } from './bool.ts';
import type { FieldType } from './field.ts';
import {
  compareDecimals,
  compareFloats,
  compareInts,
  decimalViolation,
  floatViolation,
  intViolation,
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
import { compareTimes, timeViolation } from './time.ts';
import { compareZoned, zonedViolation } from './zoned.ts';

/** How the values of one type are read. */
export type ValueType = {
  /** Says in a few words why a text is not a value of the type; undefined if it is. */
  readonly violation: (text: string) => string | undefined;
  readonly quick: QuickCheck;
  /** Orders two values of the type; types without one have no `min` and `max`. */
  readonly compare?: (one: string, other: string) => number;
};

/** The reading of a type. */
export const valueType = (type: FieldType): ValueType => {
  switch (type.kind) {
    case 'int':
      return { violation: intViolation, quick: quickInt, compare: compareInts };
    case 'float':
      return { violation: floatViolation, quick: quickFloat, compare: compareFloats };
    case 'bool':
      return { violation: boolViolation, quick: quickBool };
    case 'string':
      return { violation: () => undefined, quick: quickAny };
    case 'decimal':
      return {
        violation: decimalViolation(type.precision, type.scale),
        quick: quickDecimal(type.precision, type.scale),
        compare: compareDecimals,
      };
    case 'timestamptz':
      return { violation: zonedViolation, quick: quickNone, compare: compareZoned };
    case 'date':
    case 'timestamp':
      return { violation: timeViolation(type.format), quick: quickTime(type.format), compare: compareTimes };
  }
};

const quickTime = (format: string): QuickCheck => {
  if (format === 'YYYY-MM-DD') return quickDate;
  if (format.endsWith('Z')) return quickNone;
  return quickTimestamp(format.charCodeAt(10), format.endsWith('[.ffffff]'));
};
