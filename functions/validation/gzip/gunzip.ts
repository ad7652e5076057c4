import { crc32 } from 'node:zlib';
import { ByteSource } from './byte-source.ts';
import { GzipDamage } from './damage.ts';
import { skipGzipHeader } from './header.ts';
import { inflateMember } from './member.ts';

export { GzipDamage } from './damage.ts';

const longestPiece = 2 ** 16;
const trailerBytes = 8;

/** Each member costs some time, and files with millions of tiny members must not take hours. */
const mostMembers = 1_000_000;

/**
 * Uncompresses gzip by RFC 1952, in constant memory: one or more members, each with its own checksum and length, then only
 * zeros, with which tapes and archives fill their blocks. It reads at most 64 KiB ahead of its output. Throws GzipDamage at the
 * first wrong byte, and the errors of `content`.
 */
export async function* gunzip(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = new ByteSource(content, longestPiece);
  for (let member = 1; ; member++) {
    if (member > mostMembers) throw new GzipDamage(`it has more than ${mostMembers} members`);
    yield* gunzipMember(source);
    const next = await source.piece(1);
    if (!next) return;
    if (next[0] === 0) return expectZeros(source);
    source.giveBack(1);
  }
}

async function* gunzipMember(source: ByteSource): AsyncGenerator<Uint8Array> {
  const start = source.offset;
  await skipGzipHeader(source);
  let [sum, length] = [0, 0];
  for await (const plain of inflateMember(source, start)) {
    sum = crc32(plain, sum);
    length += plain.length;
    yield plain;
  }
  const trailer = await source.bytes(trailerBytes);
  if (trailer.length < trailerBytes) throw new GzipDamage(`the member at byte ${start} is cut off`);
  if (trailer.readUInt32LE(0) !== sum)
    throw new GzipDamage(`the member at byte ${start} is damaged: its checksum is another one`);
  if (trailer.readUInt32LE(4) !== length % 2 ** 32)
    throw new GzipDamage(`the member at byte ${start} is damaged: its length is another one`);
}

const expectZeros = async (source: ByteSource): Promise<void> => {
  const start = source.offset - 1;
  for (let piece = await source.piece(); piece; piece = await source.piece()) {
    const at = piece.findIndex((byte) => byte !== 0);
    if (at < 0) continue;
    const place = source.offset - piece.length + at;
    throw new GzipDamage(`the gzip data ends at byte ${start}, and byte ${place} behind it is no zero`);
  }
};
