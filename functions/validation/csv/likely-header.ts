import type { Field } from '../fields/field.ts';

/** Letters and digits of a name in one case, to find different spellings of one name. */
const folded = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');

/**
 * The fields that a header lacks and the columns that are probably meant, such as `" Name "` for `name`: the same except for
 * blanks, punctuation and case. Not a column that a field already reads, or that fits two fields.
 */
export const likelyColumns = (
  columns: readonly string[],
  fields: readonly Field[],
): ReadonlyMap<Field, string> => {
  const taken = new Set(fields.map(({ from }) => from));
  const free = columns.filter((column) => !taken.has(column));
  const lacking = fields.filter(({ from }) => !columns.includes(from));
  const pairs = lacking.flatMap((field): [Field, string][] => {
    const spelt = [folded(field.from), folded(field.name)];
    const likely = free.filter((column) => folded(column) !== '' && spelt.includes(folded(column)));
    return likely[0] !== undefined && likely.length === 1 ? [[field, likely[0]]] : [];
  });
  return new Map(pairs.filter(([, column]) => pairs.filter(([, other]) => other === column).length === 1));
};

/** What to write in the manifest so that a field reads a column. */
export const takes = ({ name }: Field, column: string): string =>
  `write "from": ${JSON.stringify(column)} in the field ${name} to take it`;
