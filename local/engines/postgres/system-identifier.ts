import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The files of a cluster are not as this PostgreSQL writes them. */
export class UnknownCluster extends Error {
  override readonly name = 'UnknownCluster';
}

/**
 * Gives a new cluster the system identifier that it shall have, in place of the one that initdb made from the time. So a server
 * that is made again with the same data is the same server to its clients. It must not have been started yet. Throws
 * `UnknownCluster`.
 */
export const setSystemIdentifier = async (data: string, identifier: bigint): Promise<void> => {
  await change(join(data, 'global', 'pg_control'), (control) => {
    const end = endOfControl(control);
    control.writeBigUInt64LE(identifier, 0);
    control.writeUInt32LE(crc32c(control.subarray(0, end)), end);
  });
  await change(join(data, 'pg_wal', '000000010000000000000001'), (segment) =>
    segment.writeBigUInt64LE(identifier, identifierInSegment),
  );
};

const change = async (file: string, edit: (bytes: Buffer) => unknown): Promise<void> => {
  const bytes = await readFile(file);
  edit(bytes);
  await writeFile(file, bytes);
};

/** `xlp_sysid` in the header of a segment's first page (XLogLongPageHeaderData). */
const identifierInSegment = 24;

/** The length of ControlFileData before its checksum, which depends on the version: where the checksum is right. */
const endOfControl = (control: Buffer): number => {
  for (let end = 200; end < 500; end += 4)
    if (control.readUInt32LE(end) === crc32c(control.subarray(0, end))) return end;
  throw new UnknownCluster('pg_control has no checksum where this version of PostgreSQL has it');
};

/** CRC-32C (Castagnoli). */
const crc32c = (bytes: Buffer): number => {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
};
