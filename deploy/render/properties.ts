import { stringify } from 'yaml';
import type { Documentation } from '../describe/documentation.ts';
import type { DescribedColumn, DescribedRelation } from '../describe/relations.ts';

const header = `# Written by \`npm run render\` from the SQL files, the manifests and sql/descriptions/, for dbt.\n`;

/** The properties file of the dbt project: sources, and every relation with its grain, its columns and what they mean. */
export const propertiesOf = ({ relations, checks }: Pick<Documentation, 'relations' | 'checks'>): string => {
  const silver = byName(relations.filter(({ kind }) => kind === 'silver'));
  const models = byName(relations.filter(({ kind }) => kind !== 'silver'));
  const properties = {
    sources: [
      { name: 'landed', tables: silver.map(({ name }) => ({ name })) },
      { name: 'silver', schema: 'silver', tables: silver.map((table) => described(table)) },
    ],
    models: [
      ...silver.map((table) => described(table)),
      ...models.map((model) => described(model, inlined(model, relations, checks))),
    ],
    data_tests: byName(checks).map(({ name, grain }) => ({ name, description: grain })),
  };
  return `${header}${stringify(properties, { lineWidth: 0, aliasDuplicateObjects: false })}`;
};

const byName = <Named extends { readonly name: string }>(named: readonly Named[]): Named[] =>
  [...named].sort((a, b) => (a.name < b.name ? -1 : 1));

const described = (
  { name, grain, description, rules, columns }: DescribedRelation,
  settings: Readonly<Record<string, unknown>> = {},
) => {
  const config = { ...settings, ...(rules.length > 0 && { meta: { rules } }) };
  return {
    name,
    description: [grain, description].filter((text) => text !== undefined).join('. '),
    columns: columns.map(describedColumn),
    ...(Object.keys(config).length > 0 && { config }),
  };
};

const describedColumn = ({ name, type, description, unit }: DescribedColumn) => ({
  name,
  ...(description !== undefined && { description }),
  data_type: type,
  ...(unit !== undefined && { config: { meta: { unit } } }),
});

/** For files that do not set it: a staging model has no table, nor has a KPI that another model reads. */
const inlined = (
  { name, kind }: DescribedRelation,
  relations: Documentation['relations'],
  checks: Documentation['checks'],
): Readonly<Record<string, unknown>> => {
  const isRead = [...relations, ...checks].some(({ reads }) => reads.includes(name));
  return kind === 'staging' || (kind === 'kpi' && isRead) ? { materialized: 'ephemeral' } : {};
};
