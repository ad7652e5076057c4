import { RowsNotConserved, SpecMismatch } from './errors.ts';
import type { Session } from './session.ts';

/** Rows per file in a relation (or a subquery) with `landed_file`; a file without rows is absent. */
export const rowsPerFile = async (session: Session, relation: string): Promise<Map<string, number>> => {
  const rows = await session.rows(`select landed_file, count(*) as n from ${relation} group by landed_file`);
  return new Map(rows.map(({ landed_file, n }) => [String(landed_file), Number(n)]));
};

/** Throws `RowsNotConserved` unless every file has as many rows as expected, and no other file has rows. */
export const expectRows = (
  found: ReadonlyMap<string, number>,
  expected: ReadonlyMap<string, number>,
  where: string,
): void => {
  for (const file of new Set([...expected.keys(), ...found.keys()])) {
    const [due, have] = [expected.get(file) ?? 0, found.get(file) ?? 0];
    if (due !== have) throw new RowsNotConserved(file, due, have, where);
  }
};

/** Throws if two versions of one key are in one batch: their rows could not be told apart. */
export const expectDistinctKeys = (files: readonly { key: string }[]): void => {
  const seen = new Set<string>();
  for (const { key } of files) {
    if (seen.has(key))
      throw new SpecMismatch(`${key} is in the batch twice; a batch claims one version of a key`);
    seen.add(key);
  }
};
