import type { Catalog } from '../../functions/pipeline/index.ts';

/** The project's description of one table. */
export type DescribedTable = {
  /** Types by column, with sizes, as the SQL casts them. */
  readonly types: ReadonlyMap<string, string>;
  readonly key: readonly string[];
};

/** The tables that the project describes, by full names such as `gold.dim_tracks`: datasets and models. */
export const describedTables = ({
  datasets,
  marts,
}: Pick<Catalog, 'datasets' | 'marts'>): ReadonlyMap<string, DescribedTable> => {
  const silver = Object.entries(datasets).map(([name, { table }]) => [`silver.${name}`, table] as const);
  const models = Object.values(marts).flatMap((mart) => mart.models);
  const gold = models.map((model) => [`gold.${model.name}`, model] as const);
  return new Map(
    [...silver, ...gold].map(([name, { columns, key }]) => [
      name,
      { types: new Map(columns.map((column) => [column.name, column.type])), key },
    ]),
  );
};
