import { stringify } from 'yaml';
import type { Catalog } from '../../functions/pipeline/index.ts';
import type { Model } from '../../functions/warehouse/index.ts';

const header = `# Written by \`npm run render\` from the SQL files, for dbt.\n`;

/**
 * The properties file of the dbt project: sources, and every relation with its grain and columns; silver's columns with the
 * descriptions of the manifest.
 */
export const propertiesOf = ({ datasets, marts }: Catalog): string => {
  const silver = byName(
    Object.entries(datasets).map(([name, { sql, table, descriptions }]) => {
      const said = new Map(Object.entries(descriptions ?? {}));
      const columns = table.columns.map((column) => ({ ...column, description: said.get(column.name) }));
      return { name, grain: grainOf(sql), columns };
    }),
  );
  const models = byName(Object.values(marts).flatMap((mart) => mart.models.map(withGrain)));
  const relations = models.filter(({ kind }) => kind !== 'check');
  const properties = {
    sources: [
      { name: 'landed', tables: silver.map(({ name }) => ({ name })) },
      { name: 'silver', schema: 'silver', tables: silver.map(described) },
    ],
    models: [
      ...silver.map(described),
      ...relations.map((model) => ({ ...described(model), ...inlined(model, models) })),
    ],
    data_tests: models
      .filter(({ kind }) => kind === 'check')
      .map(({ name, grain }) => ({ name, description: grain })),
  };
  return `${header}${stringify(properties, { lineWidth: 0 })}`;
};

/** Sorted; a model may be in several marts. */
const byName = <Named extends { readonly name: string }>(named: readonly Named[]): Named[] =>
  [...new Map(named.map((one) => [one.name, one])).values()].sort((a, b) => (a.name < b.name ? -1 : 1));

type Relation = Pick<Model, 'name'> & {
  readonly grain: string;
  readonly columns: readonly (Model['columns'][number] & { readonly description?: string | undefined })[];
};

const described = ({ name, grain, columns }: Relation) => ({
  name,
  description: grain,
  columns: columns.map(({ name: column, type, description }) => ({
    name: column,
    ...(description !== undefined && { description }),
    data_type: type,
  })),
});

/** From the text that does not include other files. */
const withGrain = (model: Model): Model & Relation => ({ ...model, grain: grainOf(model.incremental_sql) });

/** The first comment of a file. */
const grainOf = (sql: string): string => /--[ ]*(.*)/.exec(sql)?.[1] ?? '';

/** For files that do not set it: a staging model has no table, nor has a KPI that another model reads. */
const inlined = ({ name, kind }: Model, models: readonly Model[]) => {
  const isRead = models.some(({ refs }) => refs.includes(name));
  return kind === 'staging' || (kind === 'kpi' && isRead) ? { config: { materialized: 'ephemeral' } } : {};
};
