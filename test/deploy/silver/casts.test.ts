import { expect, test } from 'vitest';
import { unsafeCast } from '../../../deploy/silver/casts.ts';
import type { Field } from '../../../functions/validation/index.ts';

const text = (limits: Partial<Field> = {}): Field =>
  ({ name: 'note', type: { kind: 'string' }, type_name: 'string', ...limits }) as Field;

test.each([
  [64, 64],
  [16_383, 16_383],
  [16_383, 65_535],
  [undefined, 65_535],
])('a text of up to %s characters fits into varchar(%i), whatever its letters are', (most, width) => {
  expect(unsafeCast(text(most === undefined ? {} : { max_length: most }), `varchar(${width})`)).toBe(
    undefined,
  );
});

test.each([
  [65, 64, /allows 65 characters.* longer than 64; make it varchar\(65\)/],
  [16_384, 16_384, /allows 16384 characters.* more than 65535 bytes; give the field "max_length": 16383/],
  [20_000, 65_535, /allows 20000 characters.* more than 65535 bytes/],
  [undefined, 1_024, /texts of any length/],
])('a text of up to %s characters may be cut off by varchar(%i)', (most, width, message) => {
  expect(unsafeCast(text(most === undefined ? {} : { max_length: most }), `varchar(${width})`)).toMatch(
    message,
  );
});
