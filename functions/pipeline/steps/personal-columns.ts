import { fieldPath, type Manifest } from '../../validation/index.ts';
import type { SilverTable } from '../../values/index.ts';

/** Columns that the lake adds, which never come from a field. */
const made = ['landed_file', 'landed_version', 'landed_at', 'batch_id', 'item_number'];

/**
 * Columns of a silver table whose values may be personal. A silver model may rename fields or combine several, so if any field
 * is personal, all columns are, except those with the name of a field that is not.
 */
export const personalColumns = (
  { fields }: Pick<Manifest, 'fields'>,
  { columns }: Pick<SilverTable, 'columns'>,
): string[] => {
  if (!fields.some(({ pii }) => pii)) return [];
  const open = new Set(fields.filter(({ pii }) => !pii).map(({ name }) => lastKey(name)));
  for (const { name } of fields.filter(({ pii }) => pii)) open.delete(lastKey(name));
  for (const name of made) open.add(name);
  return columns.map(({ name }) => name).filter((name) => !open.has(name));
};

const lastKey = (name: string): string => fieldPath(name).at(-1)?.key ?? name;
