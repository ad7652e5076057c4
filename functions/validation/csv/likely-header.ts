import type { Field } from '../fields/field.ts';

/** Letters and digits of a name in one case: what is left where two spell one name in two ways. */
const folded = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');

/**
 * The fields that a header lacks and the columns that are likely meant, such as `" Name "` for `name`: spelt alike but for
 * blanks, punctuation and case. A column that a field takes, or that could be two fields', is none.
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

/** What to write in the manifest so that a field takes a column. */
export const takes = ({ name }: Field, column: string): string =>
  `write "from": ${JSON.stringify(column)} in the field ${name} to take it`;
