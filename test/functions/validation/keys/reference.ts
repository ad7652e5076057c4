import type { Manifest } from '../../../../functions/validation/manifest/manifest.ts';
import { canonicalText } from '../fields/reference.ts';

/** A record that is right, its position in the file from 1. */
export type ValidRecord = {
  readonly ordinal: number;
  readonly line: number;
  readonly fields: readonly string[];
};

/** A record that is quarantined for its key, and the line of the one for which it is. */
export type ReferenceDuplicate = { readonly ordinal: number; readonly line: number; readonly other: number };

/** Records to be quarantined for their keys, in order, found by comparing each with all. */
export const duplicatesAmong = (
  records: readonly ValidRecord[],
  columns: readonly string[],
  { key = [], fields, on_duplicate }: Manifest,
): readonly ReferenceDuplicate[] => {
  const placeOf = (name: string): number =>
    columns.indexOf(fields.find((field) => field.name === name)?.from ?? name);
  if (key.length === 0 || key.some((name) => placeOf(name) < 0)) return [];
  const keyOf = (record: ValidRecord): string =>
    JSON.stringify(
      key.map((name) => {
        const field = fields.find((one) => one.name === name);
        return field && canonicalText(field, record.fields[placeOf(name)] ?? '');
      }),
    );
  const keyed = records.map((record) => ({ ...record, key: keyOf(record) }));
  return keyed.flatMap((record) => {
    const alike = keyed.filter((other) => other.key === record.key);
    const kept = on_duplicate === 'last' ? alike.at(-1) : alike[0];
    const other = on_duplicate === 'reject' && kept === record ? alike[1] : kept;
    const { ordinal, line } = record;
    return other === undefined || other === record ? [] : [{ ordinal, line, other: other.line }];
  });
};
