import { ParquetDamage } from './damage.ts';
import { repeatBack } from './snappy.ts';

const broken = (): ParquetDamage => new ParquetDamage('has a page that is no whole LZ4 block');

/** Uncompresses an LZ4 block (LZ4_RAW) to `length` bytes. Throws ParquetDamage. */
export const uncompressLz4Block = (input: Uint8Array, length: number): Uint8Array => {
  const output = new Uint8Array(length);
  let [at, to] = [0, 0];
  const extended = (size: number): number => {
    let sum = size;
    for (let byte = 255; size === 15 && byte === 255; sum += byte) {
      if (at >= input.length) throw broken();
      byte = input[at++] ?? 0;
    }
    return sum;
  };
  while (at < input.length) {
    const token = input[at++] ?? 0;
    const literals = extended(token >> 4);
    if (at + literals > input.length || to + literals > length) throw broken();
    output.set(input.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at === input.length) break;
    if (at + 2 > input.length) throw broken();
    const distance = (input[at] ?? 0) + ((input[at + 1] ?? 0) << 8);
    at += 2;
    to = repeatBack(output, to, distance, extended(token & 15) + 4, broken);
  }
  if (to !== length) throw broken();
  return output;
};

/** Uncompresses what older writers call LZ4: Hadoop's frames, with sizes before each block, or one bare block. */
export const uncompressLz4Frames = (input: Uint8Array, length: number): Uint8Array => {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const output = new Uint8Array(length);
  let [at, to] = [0, 0];
  while (at + 8 <= input.length) {
    const [plain, packed] = [view.getUint32(at), view.getUint32(at + 4)];
    if (packed > input.length - at - 8 || plain > length - to) return uncompressLz4Block(input, length);
    output.set(uncompressLz4Block(input.subarray(at + 8, at + 8 + packed), plain), to);
    at += 8 + packed;
    to += plain;
  }
  if (at === input.length && to === length) return output;
  return uncompressLz4Block(input, length);
};
