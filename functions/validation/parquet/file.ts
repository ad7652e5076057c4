import { fetched } from './bytes.ts';
import { ParquetDamage, type ReadRange } from './damage.ts';
import { type Footer, parseFooter } from './footer.ts';

/** Most bytes of a footer. */
export const mostFooterBytes = 2 ** 24;
const magicBytes = 8;

/** Reads what the footer says. Throws ParquetDamage, RangeUnread. */
export const readFooter = async (size: number, read: ReadRange): Promise<Footer> => {
  const tail = Buffer.from(await fetched(read, Math.max(0, size - magicBytes), size));
  const magic = tail.subarray(-4).toString('latin1');
  if (magic === 'PARE') throw new ParquetDamage('is encrypted, which is not read');
  if (magic !== 'PAR1') throw new ParquetDamage('does not end as Parquet does');
  const length = tail.length < magicBytes ? Infinity : tail.readUInt32LE(0);
  if (length > Math.min(mostFooterBytes, size - magicBytes))
    throw new ParquetDamage('has a footer that is longer than the file, or than 16 MiB');
  return parseFooter(await fetched(read, size - magicBytes - length, size - magicBytes));
};
