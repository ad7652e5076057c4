import type { KpiShape } from '../model.ts';

/**
 * Rows of a list are found without holding the whole list: a model and its lists are unloaded in the order of a hash of the
 * columns that all of these lists are joined on, so that rows with the same hash can be read together.
 */

/** The column with this hash in unloaded rows; in rows without it everything is one group. */
export const groupColumn = 'list_group';

type Shaped = { readonly model: string; readonly shapes: readonly Pick<KpiShape, 'lists'>[] };

/**
 * For each model that has lists or is one, the columns by which its rows are grouped. Empty if its lists have no column in
 * common: then all rows are one group and held in memory.
 */
export const groupColumnsOf = (kpis: readonly Shaped[]): ReadonlyMap<string, readonly string[]> => {
  const groups = new Map<string, { models: Set<string>; columns: readonly string[] }>();
  for (const { model, shapes } of kpis)
    for (const { from, by } of shapes.flatMap(({ lists }) => lists)) {
      const joined = [groups.get(model), groups.get(from)].filter((group) => group !== undefined);
      const models = new Set([model, from, ...joined.flatMap((group) => [...group.models])]);
      const columns = joined.reduce((some, group) => some.filter((one) => group.columns.includes(one)), by);
      for (const one of models) groups.set(one, { models, columns });
    }
  return new Map([...groups].map(([model, { columns }]) => [model, columns]));
};
