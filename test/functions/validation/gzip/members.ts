import { crc32, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';

/** What the header of a member may say besides. */
export type HeaderParts = {
  readonly extra?: Uint8Array | undefined;
  readonly name?: string | undefined;
  readonly comment?: string | undefined;
  readonly hasChecksum?: boolean | undefined;
};

const short = (value: number): Buffer => Buffer.from([value & 0xff, value >> 8]);
const long = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** A gzip member as RFC 1952 has it. */
export const gzipMember = (
  plain: Uint8Array,
  { extra, name, comment, hasChecksum = false }: HeaderParts = {},
  level = 6,
): Buffer => {
  const flags =
    (hasChecksum ? 2 : 0) +
    (extra === undefined ? 0 : 4) +
    (name === undefined ? 0 : 8) +
    (comment === undefined ? 0 : 16);
  const header = Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 255]),
    extra === undefined ? Buffer.alloc(0) : Buffer.concat([short(extra.length), extra]),
    name === undefined ? Buffer.alloc(0) : Buffer.from(`${name}\0`, 'latin1'),
    comment === undefined ? Buffer.alloc(0) : Buffer.from(`${comment}\0`, 'latin1'),
  ]);
  const checksum = hasChecksum ? short(crc32(header) & 0xffff) : Buffer.alloc(0);
  const data = deflateRawSync(plain, { level });
  return Buffer.concat([header, checksum, data, long(crc32(plain)), long(plain.length)]);
};

const word = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é'), maxLength: 20 });

/** All that a header may have. */
export const headerParts: fc.Arbitrary<HeaderParts> = fc.record({
  extra: fc.option(fc.uint8Array({ maxLength: 30 }), { nil: undefined }),
  name: fc.option(word, { nil: undefined }),
  comment: fc.option(word, { nil: undefined }),
  hasChecksum: fc.boolean(),
});
