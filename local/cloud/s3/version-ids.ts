import { randomBytes } from 'node:crypto';

const randomLength = 16;

/** Makes an opaque id of 32 URL-safe characters, the first a letter, that contains a sequence number. */
export const makeId = (sequence: number): string => {
  const bytes = randomBytes(randomLength + 8);
  bytes[0] = (bytes[0] ?? 0) & 0x3f;
  const mask = bytes.readBigUInt64BE(0);
  bytes.writeBigUInt64BE(BigInt(sequence) ^ mask, randomLength);
  return bytes.toString('base64url');
};

/** Reads the sequence number from an id; undefined if the id was not made here. */
export const sequenceOf = (id: string): number | undefined => {
  const bytes = Buffer.from(id, 'base64url');
  if (bytes.length !== randomLength + 8 || bytes.toString('base64url') !== id) return undefined;
  const sequence = bytes.readBigUInt64BE(randomLength) ^ bytes.readBigUInt64BE(0);
  return sequence <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(sequence) : undefined;
};
