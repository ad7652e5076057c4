import { jsonPlaces, parseManifest } from '../../functions/validation/index.ts';
import type { Rules } from '../render/datasets.ts';
import type { Problem } from '../sql/problem.ts';
import { namesIn, nodesIn, SqlSyntaxError, statementOf } from '../sql/tree.ts';

/**
 * Fields that SQL cannot read by their names, such as `offset`: silver could not be written. Redshift's own reserved words may
 * be names of fields, because silver gives its columns names of their own.
 */
export const fieldNameProblems = ({ dataset, manifest }: Rules): Problem[] => {
  const parsed = parseManifest(manifest);
  if (!parsed.ok) return [];
  const place = jsonPlaces(manifest);
  return parsed.manifest.fields
    .filter(({ name }) => !isReadable(name))
    .map(({ name, from }) => ({
      file: `rules/${dataset}/manifest.json`,
      ...place(['schema', 'fields', name]),
      message: `schema.fields.${name}: ${name} is a word of SQL and cannot be read as a column: call the field ${name}_value and write "from": "${from}"`,
    }));
};

/** Whether the parser reads the name of a field as a column; paths have other problems. */
export const isReadable = (word: string): boolean => {
  if (!/^\w+$/.test(word)) return true;
  try {
    const [target] = nodesIn(statementOf(`select ${word} as x from t`)?.fields.targetList);
    const [value] = nodesIn(target?.fields.val);
    return value?.kind === 'ColumnRef' && namesIn(value.fields.fields)[0] === word.toLowerCase();
  } catch (error) {
    if (error instanceof SqlSyntaxError) return false;
    throw error;
  }
};
