import fc from 'fast-check';
import type { FieldType } from '../../functions/validation/fields/field.ts';

/** Texts that a person or a program may write for a value of a type; a validator takes some of them. */
export const spellings = (type: FieldType): fc.Arbitrary<string> => {
  switch (type.kind) {
    case 'int':
      return fc.oneof(
        fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String),
        fc.integer().map(String),
        number,
      );
    case 'float':
      return fc.oneof(fc.double({ noNaN: true }).map(String), fc.float().map(String), number);
    case 'decimal':
      return fc.oneof(decimal(type.precision - type.scale, type.scale), number);
    case 'bool':
      return fc.mixedCase(fc.constantFrom('true', 'false', 'yes', 'no', 't', 'f', '1', '0'));
    case 'string':
      return fc.string({ unit: 'grapheme', minLength: 1 });
    case 'date':
      return date;
    case 'timestamp':
    case 'timestamptz':
      return moment;
  }
};

const digits = (most: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^[0-9]{1,${most}}$`));
const joined = (...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((texts) => texts.join(''));
const maybe = (part: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.oneof(fc.constant(''), part);

const number = joined(
  fc.constantFrom('', '', '-', '+', ' '),
  maybe(fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 25n }).map(String), digits(4))),
  maybe(joined(fc.constant('.'), maybe(digits(30)))),
  maybe(joined(fc.constantFrom('e', 'E'), fc.constantFrom('', '-', '+'), digits(3))),
);

/** Mostly as many digits as there is room for. */
const decimal = (before: number, after: number): fc.Arbitrary<string> =>
  joined(
    fc.constantFrom('', '-'),
    before > 0
      ? fc.oneof(fc.bigInt({ min: 0n, max: 10n ** BigInt(before) }).map(String), fc.constant('0'))
      : fc.constant('0'),
    after > 0
      ? maybe(
          joined(
            fc.constant('.'),
            fc.oneof(digits(after), fc.stringMatching(new RegExp(`^[0-9]{${after}}$`))),
          ),
        )
      : fc.constant(''),
  );

const padded = (min: number, max: number, length: number): fc.Arbitrary<string> =>
  fc.integer({ min, max }).map((value) => String(value).padStart(length, '0'));

const dash = fc.constant('-');
const colon = fc.constant(':');
const date = joined(
  fc.oneof(padded(0, 9999, 4), padded(1960, 2040, 4)),
  dash,
  padded(0, 13, 2),
  dash,
  padded(0, 32, 2),
);
const moment = joined(
  date,
  fc.constantFrom(' ', 'T'),
  padded(0, 24, 2),
  colon,
  padded(0, 60, 2),
  colon,
  padded(0, 60, 2),
  maybe(joined(fc.constant('.'), digits(9))),
  fc.constantFrom('', '', 'Z', '+02:00', '-0330', '+14'),
);
