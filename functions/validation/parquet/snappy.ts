import { ParquetDamage } from './damage.ts';

const broken = (): ParquetDamage => new ParquetDamage('has a page that is no whole Snappy block');

/** Uncompresses a Snappy block to `length` bytes. Throws ParquetDamage. */
export const uncompressSnappy = (input: Uint8Array, length: number): Uint8Array => {
  const output = new Uint8Array(length);
  let [at, to] = [0, 0];
  while ((input[at] ?? 0) >= 0x80) at++;
  at++;
  const little = (count: number): number => {
    if (at + count > input.length) throw broken();
    let value = 0;
    for (let byte = 0; byte < count; byte++) value += (input[at + byte] ?? 0) * 2 ** (8 * byte);
    at += count;
    return value;
  };
  while (at < input.length) {
    const tag = input[at++] ?? 0;
    if ((tag & 3) === 0) {
      const short = tag >> 2;
      const size = (short < 60 ? short : little(short - 59)) + 1;
      if (at + size > input.length || to + size > length) throw broken();
      output.set(input.subarray(at, at + size), to);
      at += size;
      to += size;
    } else {
      const isNear = (tag & 3) === 1;
      const size = isNear ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
      const distance = isNear ? ((tag >> 5) << 8) + little(1) : little((tag & 3) === 2 ? 2 : 4);
      to = repeatBack(output, to, distance, size, broken);
    }
  }
  if (to !== length) throw broken();
  return output;
};

/** Copies `size` bytes from `distance` before; they may overlap. Returns the position after them. */
export const repeatBack = (
  output: Uint8Array,
  to: number,
  distance: number,
  size: number,
  problem: () => Error,
): number => {
  if (distance === 0 || distance > to || to + size > output.length) throw problem();
  if (distance >= size) output.copyWithin(to, to - distance, to - distance + size);
  else for (let byte = to; byte < to + size; byte++) output[byte] = output[byte - distance] ?? 0;
  return to + size;
};
