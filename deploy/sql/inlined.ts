import { inlinedName } from '../../functions/warehouse/index.ts';
import type { Draft } from '../render/model-draft.ts';

type Part = Pick<Draft, 'name' | 'kind' | 'sql'> & { readonly rendered: Pick<Draft['rendered'], 'mentions'> };

/**
 * A model's text with the models that it reads, if they have no table, as common table expressions: a statement that runs
 * alone, byte for byte what `dbt compile` writes.
 */
export const standAlone = <Model extends Part>(
  { sql, rendered }: Model,
  models: readonly Model[],
): string => {
  const inlined = inlinedBy(rendered.mentions, models);
  if (inlined.length === 0) return sql;
  const relations = inlined.map((model) => ` ${inlinedName(model.name)} as (\n${model.sql}\n)`).join(', ');
  const [before = ''] = /^(?:\s|--.*\n|\/\*[\s\S]*?\*\/)*with\s+/i.exec(sql) ?? [];
  if (before !== '') return `${before}${relations}, ${sql.slice(before.length)}`;
  const [above = ''] = /^\s*/.exec(sql) ?? [];
  return `${above}with${relations} ${sql.slice(above.length)}`;
};

/** Models without tables that are named in the text, each after those that it names itself. */
const inlinedBy = <Model extends Part>(names: readonly string[], models: readonly Model[]): Model[] => {
  const mentioned = names.flatMap((name) => models.filter((model) => model.name === name));
  const inlined = mentioned.filter(({ kind }) => kind === 'staging' || kind === 'kpi');
  return [...new Set(inlined.flatMap((model) => [...inlinedBy(model.rendered.mentions, models), model]))];
};
