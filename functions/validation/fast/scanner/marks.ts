import { carriageReturn, delimiter, lineFeed, lowest, quote } from './dialect';

const blockBytes: usize = 64;
export const markBytes: usize = 4;
const behindAll: u32 = 0xffff_ffff;

/**
 * Notes the positions from `from` to `to` of all bytes that can end a field, that quote, or that are not certainly text, as
 * 32-bit numbers from `marks` on, and two positions after all others. Reads up to a block past `to`.
 */
export function mark(from: usize, to: usize, marks: usize): void {
  const delimiters = i8x16.splat(delimiter);
  const quotes = i8x16.splat(quote);
  const lowests = i8x16.splat(lowest);
  let at = marks;
  for (let block = from; block < to; block += blockBytes) {
    let bits = u64(marked(block, delimiters, quotes, lowests));
    bits |= u64(marked(block + 16, delimiters, quotes, lowests)) << 16;
    bits |= u64(marked(block + 32, delimiters, quotes, lowests)) << 32;
    bits |= u64(marked(block + 48, delimiters, quotes, lowests)) << 48;
    at = noteBits(bits, block, at);
  }
  store<u32>(at, behindAll);
  store<u32>(at + markBytes, behindAll);
}

function marked(at: usize, delimiters: v128, quotes: v128, lowests: v128): u32 {
  const bytes = v128.load(at);
  const breaks = v128.or(
    i8x16.eq(bytes, i8x16.splat(lineFeed)),
    i8x16.eq(bytes, i8x16.splat(carriageReturn)),
  );
  const ends = v128.or(i8x16.eq(bytes, delimiters), breaks);
  const odd = v128.or(i8x16.eq(bytes, quotes), i8x16.lt_s(bytes, lowests));
  return i8x16.bitmask(v128.or(ends, odd));
}

/** Notes the position of each bit and returns where the next note is written; four at once, which needs no branches. */
function noteBits(bits: u64, block: usize, marks: usize): usize {
  const end = marks + usize(popcnt(bits)) * markBytes;
  for (let at = marks; at < end; at += 4 * markBytes) {
    store<u32>(at, u32(block + usize(ctz(bits))), 0);
    bits &= bits - 1;
    store<u32>(at, u32(block + usize(ctz(bits))), 4);
    bits &= bits - 1;
    store<u32>(at, u32(block + usize(ctz(bits))), 8);
    bits &= bits - 1;
    store<u32>(at, u32(block + usize(ctz(bits))), 12);
    bits &= bits - 1;
  }
  return end;
}
