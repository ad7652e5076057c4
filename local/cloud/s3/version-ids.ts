import { randomBytes } from 'node:crypto';

const randomLength = 16;

/** Makes an opaque id, 32 URL-safe characters that begin with a letter, in which a sequence number is hidden. */
export const makeId = (sequence: number): string => {
  const bytes = randomBytes(randomLength + 8);
  bytes[0] = (bytes[0] ?? 0) & 0x3f;
  const mask = bytes.readBigUInt64BE(0);
  bytes.writeBigUInt64BE(BigInt(sequence) ^ mask, randomLength);
  return bytes.toString('base64url');
};

/** Reads the sequence number back from an id; undefined when it is none of ours. */
export const sequenceOf = (id: string): number | undefined => {
  const bytes = Buffer.from(id, 'base64url');
  if (bytes.length !== randomLength + 8 || bytes.toString('base64url') !== id) return undefined;
  const sequence = bytes.readBigUInt64BE(randomLength) ^ bytes.readBigUInt64BE(0);
  return sequence <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(sequence) : undefined;
};
