import type { ViolationLog } from './violations.ts';

/** Most columns that are not in the manifest and are kept as texts. */
export const mostKept = 2000;

/** The ledger keeps the names with the file in one item of at most 400 KB, and twice while the file is reprocessed. */
export const mostNameBytes = 160 * 2 ** 10;

/** Bytes of a column's name in the ledger. */
export const bytesOfName = (name: string): number => Buffer.byteLength(name) + 1;

/** Rejects a file whose columns have longer names than the ledger can keep. */
export const validateNames = (names: readonly string[], violations: ViolationLog): void => {
  const bytes = names.reduce((sum, name) => sum + bytesOfName(name), 0);
  if (bytes <= mostNameBytes) return;
  const says = `has ${names.length} columns, whose names take more than ${mostNameBytes} bytes together`;
  violations.add('header', undefined, () => ({ subject: 'the file', says }));
};
