import { fieldPath, type PathStep, parseManifest } from '../../functions/validation/index.ts';
import type { Column } from './scope.ts';
import { anyType, type Type } from './types.ts';

const text: Type = { family: 'text' };

/**
 * Columns of a landed relation: every value a text, records with members and, for `explode`, the item of each array. Undefined
 * if the manifest cannot be read.
 */
export const landedColumns = (manifest: string): Column[] | undefined => {
  const parsed = parseManifest(manifest);
  if (!parsed.ok) return undefined;
  const { format, fields } = parsed.manifest;
  const paths = fields.map(({ name }) =>
    (format === 'csv' ? [{ key: name, isArray: false }] : fieldPath(name)).map(lowered),
  );
  return [
    ...columnsOf(paths),
    ...itemColumns(paths),
    ...['unknown_fields', 'landed_file', 'landed_version', 'batch_id'].map((name) => ({ name, type: text })),
    { name: 'landed_at', type: { family: 'timestamp' } },
  ];
};

/** The parser returns names in lower case. */
const lowered = ({ key, isArray }: PathStep): PathStep => ({ key: key.toLowerCase(), isArray });

type Paths = readonly (readonly PathStep[])[];

const columnsOf = (paths: Paths): Column[] => {
  const keys = [...new Set(paths.map(([step]) => step?.key ?? ''))];
  return keys.map((name) => ({ name, type: typeOf(paths.filter(([step]) => step?.key === name)) }));
};

/** An array of records has the members of its elements: here `element` is the array itself. */
const typeOf = (paths: Paths): Type => {
  const inside = paths.map((path) => path.slice(1)).filter((path) => path.length > 0);
  if (inside.length > 0) return { family: 'any', members: membersOf(inside) };
  return paths.some(([step]) => step?.isArray) ? anyType : text;
};

const membersOf = (paths: Paths): Map<string, Type> =>
  new Map(columnsOf(paths).map(({ name, type }) => [name, type]));

/** The columns that `explode` adds: an element of the array, and its number. */
const itemColumns = (paths: Paths): Column[] => {
  const insides = paths.flatMap((path) => {
    const array = path.findIndex(({ isArray }) => isArray);
    return array < 0 ? [] : [path.slice(array + 1)];
  });
  if (insides.length === 0) return [];
  const records = insides.filter((path) => path.length > 0);
  const item: Type = records.length === 0 ? text : { family: 'any', members: membersOf(records) };
  return [
    { name: 'item', type: item },
    { name: 'item_number', type: { family: 'integer' } },
  ];
};
