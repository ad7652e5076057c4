import fc from 'fast-check';

/** Something that happens to the bytes of a file on its way; places are shares of its length, in millionths. */
export type Damage = (bytes: Buffer) => Buffer;

const place = fc.nat(1_000_000);
const at = (bytes: Buffer, millionths: number): number => Math.floor((bytes.length * millionths) / 1_000_001);

/** Bytes that mean something to one format or another. */
const words = [
  '\0',
  '\ufeff',
  '"',
  '""',
  '\r',
  '\n',
  '\r\n',
  ',',
  '{',
  '}',
  '[',
  ']',
  '\\',
  '\\u0000',
  'null',
  '-',
  '1e999',
  '9'.repeat(400),
  ' ',
  'PAR1',
].map((text) => Buffer.from(text));
const piece = fc.oneof(
  fc.constantFrom(
    ...words,
    Buffer.from([0xff]),
    Buffer.from([0xc3]),
    Buffer.from([0x1f, 0x8b]),
    Buffer.from([0xed, 0xa0, 0x80]),
  ),
  fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
);

const joined = (...parts: Uint8Array[]): Buffer => Buffer.concat(parts);

/** One damage; `other` is a second file of the same kind, of which a half may come in. */
export const damage = (other: Buffer): fc.Arbitrary<Damage> =>
  fc.oneof(
    place.map(
      (end): Damage =>
        (bytes) =>
          bytes.subarray(0, at(bytes, end)),
    ),
    fc.integer({ min: 1, max: 9 }).map(
      (lost): Damage =>
        (bytes) =>
          bytes.subarray(0, -lost),
    ),
    fc.tuple(place, fc.nat(7)).map(
      ([where, bit]): Damage =>
        (bytes) => {
          const copy = Buffer.from(bytes);
          const index = at(copy, where);
          if (copy.length > 0) copy[index] = (copy[index] ?? 0) ^ (1 << bit);
          return copy;
        },
    ),
    fc.tuple(place, fc.nat(255)).map(
      ([where, byte]): Damage =>
        (bytes) => {
          const copy = Buffer.from(bytes);
          if (copy.length > 0) copy[at(copy, where)] = byte;
          return copy;
        },
    ),
    piece.map(
      (end): Damage =>
        (bytes) =>
          joined(bytes, end),
    ),
    fc.nat(2_000).map(
      (zeros): Damage =>
        (bytes) =>
          joined(bytes, Buffer.alloc(zeros)),
    ),
    fc.tuple(place, piece).map(
      ([where, inside]): Damage =>
        (bytes) => {
          const index = at(bytes, where);
          return joined(bytes.subarray(0, index), inside, bytes.subarray(index));
        },
    ),
    fc.tuple(place, fc.integer({ min: 1, max: 40 })).map(
      ([where, length]): Damage =>
        (bytes) => {
          const index = at(bytes, where);
          return joined(bytes.subarray(0, index), bytes.subarray(index + length));
        },
    ),
    fc.tuple(place, place).map(
      ([end, begin]): Damage =>
        (bytes) =>
          joined(bytes.subarray(0, at(bytes, end)), other.subarray(at(other, begin))),
    ),
    fc.constant<Damage>((bytes) => joined(bytes, other)),
    fc.constant<Damage>((bytes) => joined(other, bytes)),
  );
