import { createHash } from 'node:crypto';
import { Crc32, Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';
import { Xxh3_64, Xxh3_128, Xxh64 } from '@aws-sdk/checksums/xxh';
import type { Element } from './xml.ts';

/** A running checksum over the bytes so far. */
export type Digest = { update(chunk: Uint8Array): void; digest(): Uint8Array | Promise<Uint8Array> };

const hash = (name: string) => (): Digest => {
  const running = createHash(name);
  return { update: (chunk) => void running.update(chunk), digest: () => running.digest() };
};

const digests = {
  crc32: () => new Crc32(),
  crc32c: () => new Crc32c(),
  crc64nvme: () => new Crc64Nvme(),
  md5: hash('md5'),
  sha1: hash('sha1'),
  sha256: hash('sha256'),
  sha512: hash('sha512'),
  xxhash3: () => new Xxh3_64(),
  xxhash64: () => new Xxh64(),
  xxhash128: () => new Xxh3_128(),
} satisfies Record<string, () => Digest>;

/** As in the header name `x-amz-checksum-<algorithm>`. */
export type Algorithm = keyof typeof digests;

/** A checksum as S3 stores it: base64, over the whole object or over its parts' checksums (then with `-<parts>`). */
export type Checksum = {
  readonly algorithm: Algorithm;
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
};

export const algorithms = Object.keys(digests) as Algorithm[];

/** What S3 computes if a client requests nothing. */
export const defaultAlgorithm: Algorithm = 'crc64nvme';

/** Starts a checksum. */
export const startDigest = (algorithm: Algorithm): Digest => digests[algorithm]();

/** Finds the algorithm that a client names, in upper or lower case; undefined if S3 does not have it. */
export const algorithmNamed = (name: string): Algorithm | undefined =>
  algorithms.find((algorithm) => algorithm === name.toLowerCase());

/** The XML element that holds a checksum of an algorithm. */
export const checksumElement = (algorithm: Algorithm): string => `Checksum${algorithm.toUpperCase()}`;

/** A checksum as XML elements. */
export const checksumElements = ({ algorithm, value, type }: Checksum): Element[] => [
  [checksumElement(algorithm), value],
  ['ChecksumType', type],
];

/** Computes the checksum of an object made of parts, from the parts' checksums. */
export const compositeOf = async (algorithm: Algorithm, parts: readonly string[]): Promise<string> => {
  const digest = startDigest(algorithm);
  for (const part of parts) digest.update(Buffer.from(part, 'base64'));
  return `${Buffer.from(await digest.digest()).toString('base64')}-${parts.length}`;
};

/** Computes the entity tag of an object made of parts from those of the parts (hexadecimal MD5). */
export const multipartEtag = (parts: readonly string[]): string => {
  const digest = createHash('md5');
  for (const part of parts) digest.update(part, 'hex');
  return `${digest.digest('hex')}-${parts.length}`;
};
