import type { Kpi, Mart, Model } from '../model.ts';
import { columnList, fullText, inlinedName, modelNamed, withRelations } from '../rebuild/plan.ts';

/** A select of all rows that a KPI model has now, in the SQL of the mart. It reads tables of gold only. */
export const rowsOfKpi = (mart: Mart, kpi: Kpi): string => {
  const inlined = withoutTables(mart, kpi.refs);
  const { sql, relations } = fullText(kpi);
  const before = mart.models
    .filter((model) => inlined.has(model.name))
    .flatMap((model) => [...fullText(model).relations, { name: inlinedName(model.name), sql: model.sql }]);
  return `${withRelations([...before, ...relations])}select ${columnList(kpi.columns)} from (\n${sql}\n) as model`;
};

/** Names of the models without a table among these, and among what they read. */
const withoutTables = (mart: Mart, names: readonly string[]): Set<string> => {
  const models = names.map((name): Model => modelNamed({ mart }, name)).filter(hasNoTable);
  return new Set(models.flatMap(({ name, refs }) => [name, ...withoutTables(mart, refs)]));
};

const hasNoTable = ({ kind }: Model): boolean => kind === 'staging' || kind === 'kpi';
