import { open, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { DamagedState } from '../../state/index.ts';

/** A file of checksums begins with this and the number of bytes that each CRC-32 is for. */
const magic = Buffer.from('crc\0');
const headSize = 8;
const sumSize = 4;

/**
 * Compares files that Spark wrote with the checksum files that it wrote beside them, `.<name>.crc`: Spark does so when it reads, DuckDB
 * does not. Each file is compared once.
 */
export class ChecksumFiles {
  readonly #compared = new Set<string>();

  /** Throws `DamagedState` if one of the files is missing or does not have the bytes that were written. */
  async expectSound(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      if (this.#compared.has(path)) continue;
      const checksums = await readFile(join(dirname(path), `.${basename(path)}.crc`)).catch(
        undefinedIfMissing,
      );
      if (checksums) await compare(path, checksums);
      this.#compared.add(path);
    }
  }
}

const compare = async (path: string, checksums: Buffer): Promise<void> => {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new DamagedState(path, 'it is missing');
  const each = checksums.subarray(magic.length, headSize);
  const size = each.length === sumSize ? each.readUInt32BE() : 0;
  const isWhole = size > 0 && checksums.length === headSize + Math.ceil(found.size / size) * sumSize;
  if (!isWhole || !checksums.subarray(0, magic.length).equals(magic))
    throw new DamagedState(path, 'it does not have the size of its checksum file');
  const file = await open(path);
  try {
    const most = size * 512;
    for (let at = 0; at < found.size; at += most) {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(most), 0, most, at);
      for (let start = 0; start < bytesRead; start += size) {
        const sum = checksums.readUInt32BE(headSize + ((at + start) / size) * sumSize);
        if (crc32(buffer.subarray(start, Math.min(start + size, bytesRead))) !== sum)
          throw new DamagedState(path, `it has other bytes than were written, from byte ${at + start}`);
      }
    }
  } finally {
    await file.close();
  }
};

const undefinedIfMissing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error;
};
