import { bookkeepingTables, type Mart } from '../../functions/warehouse/index.ts';

/** Tables and views of gold whose model was removed; they stay as the last rebuild with that model left them. */
export const leftOver = (tables: readonly string[], marts: readonly Pick<Mart, 'models'>[]): string[] => {
  const models = marts.flatMap(({ models }) => models.map(({ name }) => name));
  const known = new Set([...models, ...bookkeepingTables].map((name) => `gold.${name}`));
  return tables.filter((table) => table.startsWith('gold.') && !known.has(table));
};

/** A line about each of them. */
export const leftOverLines = (tables: readonly string[]): string[] =>
  tables.map((table) => `${table}: no model of this name is deployed any more, so no rebuild changes it`);
