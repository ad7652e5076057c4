import { crc32 } from 'node:zlib';
import type { ByteSource } from './byte-source.ts';
import { GzipDamage } from './damage.ts';

const [checksumFlag, extraFlag, nameFlag, commentFlag, reservedFlags] = [2, 4, 8, 16, 0xe0];
const fixedBytes = 10;
const deflate = 8;

/** Skips the header of a member, by RFC 1952 2.3; its `checksum`, if present, must fit. */
export const skipGzipHeader = async (source: ByteSource): Promise<void> => {
  const start = source.offset;
  const fixed = await source.bytes(fixedBytes);
  expectMagic(fixed, start);
  if (fixed.length < fixedBytes) throw cutOff(start);
  const [, , method, flags = 0] = fixed;
  if (method !== deflate) throw new GzipDamage(`the header at byte ${start} names an unknown method`);
  if (flags & reservedFlags) throw new GzipDamage(`the header at byte ${start} has unknown flags`);
  let sum = crc32(fixed);
  const take = async (count: number): Promise<Buffer> => {
    const bytes = await source.bytes(count);
    if (bytes.length < count) throw cutOff(start);
    // Of nothing it is 0, whatever came before.
    if (count > 0) sum = crc32(bytes, sum);
    return bytes;
  };
  const text = async (): Promise<void> => {
    for (;;) {
      const piece = await source.piece();
      if (!piece) throw cutOff(start);
      const end = piece.indexOf(0);
      const used = end < 0 ? piece : piece.subarray(0, end + 1);
      source.giveBack(piece.length - used.length);
      sum = crc32(used, sum);
      if (end >= 0) return;
    }
  };
  if (flags & extraFlag) await take((await take(2)).readUInt16LE());
  if (flags & nameFlag) await text();
  if (flags & commentFlag) await text();
  if (!(flags & checksumFlag)) return;
  const expected = sum & 0xffff;
  if ((await take(2)).readUInt16LE() !== expected)
    throw new GzipDamage(`the header at byte ${start} is damaged: its checksum is another one`);
};

const expectMagic = (bytes: Uint8Array, start: number): void => {
  if (bytes[0] === 0x1f && (bytes.length === 1 || bytes[1] === 0x8b)) return;
  throw new GzipDamage(
    start === 0
      ? 'it does not begin with the bytes 1f 8b'
      : `the gzip data ends at byte ${start}, and what follows is neither gzip nor zeros`,
  );
};

const cutOff = (start: number): GzipDamage =>
  new GzipDamage(`the file ends inside the header at byte ${start}`);
