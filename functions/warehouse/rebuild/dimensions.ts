import type { Dimension } from '../model.ts';
import { datasetsOf } from '../references.ts';
import { isAnyChanged } from './inputs.ts';
import { columnList, goldTable, incrementalText, isAmong, type Plan, withInlined } from './plan.ts';

/** Name of a natural key's column in the relation of changed rows. */
const changed = (column: string): string => `changed_${column}`;

/** A select of the natural keys of a dimension whose rows differ from gold before the rebuild. */
export const changedKeys = (dimension: Dimension): string =>
  `select ${dimension.natural_key.map(changed).join(', ')} from changed_${dimension.name}`;

/** Computes the whole dimension if anything that it reads differs, and replaces the rows of the natural keys that changed. */
export const rebuildDimension = (plan: Plan, dimension: Dimension): string[] => {
  const table = goldTable(dimension);
  const columns = columnList(dimension.columns);
  const key = dimension.natural_key;
  return [
    `${plan.engine.createTemporary} changed_${dimension.name} as\n${changedRows(plan, dimension)}`,
    `delete from ${table} where ${isAmong(key, changedKeys(dimension))}`,
    `insert into ${table} (${columns})\nselect ${columns} from changed_${dimension.name} where ${key[0]} is not null`,
  ];
};

/** New rows of the natural keys that changed; a key that is gone has no row. Keys are never NULL. */
const changedRows = (plan: Plan, dimension: Dimension): string => {
  const columns = columnList(dimension.columns);
  const key = dimension.natural_key;
  const isDue = isAnyChanged(datasetsOf(plan.mart.models, dimension.name), [dimension.name]);
  const hasKey = key.map((column) => `${column} is not null`).join(' and ');
  const text = incrementalText(dimension);
  const relations = [
    ...text.relations,
    {
      name: 'model',
      sql: `select ${columns} from (\n${text.sql}\n) as model where ${hasKey} and ${isDue}`,
    },
    { name: 'held', sql: `select ${columns} from ${goldTable(dimension)} where ${isDue}` },
    {
      name: 'differing',
      sql: `(select ${columns} from model except select ${columns} from held)
union all
(select ${columns} from held except select ${columns} from model)`,
    },
    {
      name: 'changed_keys',
      sql: `select distinct ${key.map((column) => `${column} as ${changed(column)}`).join(', ')} from differing`,
    },
  ];
  const all = [
    ...key.map((column) => `changed_keys.${changed(column)}`),
    ...dimension.columns.map(({ name }) => `model.${name}`),
  ];
  const isSame = key.map((column) => `model.${column} = changed_keys.${changed(column)}`).join(' and ');
  const inlined = withInlined(plan, dimension.refs, [], relations, isDue);
  return `${inlined}select ${all.join(', ')}\nfrom changed_keys\nleft join model on ${isSame}`;
};
