import { groupColumn, groupColumnsOf } from '../kpis/groups.ts';
import type { Kpi } from '../model.ts';
import { affectedSpines } from './facts.ts';
import { withSequenceBefore } from './latest.ts';
import { factOf, incrementalText, isAmong, modelsOf, type Plan, withInlined } from './plan.ts';

/** Unloads a KPI's rows for what the rebuild touched, as JSON lines under `<unload><model>/`. */
export const unloadKpi = (plan: Plan, kpi: Kpi): string => {
  const fact = factOf(plan, kpi);
  const { partition } = kpi;
  const affected = `select ${partition} from affected_${fact.name}_${partition}`;
  const before = withSequenceBefore(plan, kpi);
  const group = groupOf(plan, kpi);
  const columns = kpi.columns.map(({ name }) => `model.${name}`).join(', ');
  const { sql, relations } = incrementalText(kpi);
  const select = `${withInlined(plan, kpi.refs, affectedSpines(plan, fact), relations)}select ${columns}${before.column}${group ? `, ${group} as ${groupColumn}` : ''} from (
${sql}
) as model${before.join} where ${isAmong([`model.${partition}`], affected)}`;
  return plan.engine.unload(select, `${plan.run.unload}${kpi.name}/`, group && groupColumn);
};

/** A hash, because its order is the same in every database and here; undefined for a model without lists that is no list. */
const groupOf = (plan: Plan, { name }: Kpi): string | undefined => {
  const kpis = modelsOf(plan, 'kpi');
  const groups = groupColumnsOf(kpis.map((kpi) => ({ model: kpi.name, shapes: kpi.kpi })));
  const columns = groups.get(name) ?? [];
  const grouped = kpis.filter((kpi) => groups.get(kpi.name) === columns);
  const usable = columns.filter((column) => isOneText(grouped, column));
  if (usable.length === 0) return undefined;
  const texts = usable.map((column) => `coalesce(cast(model.${column} as varchar(4096)), '')`);
  return `md5(${texts.join(" || '#' || ")})`;
};

/** True if equal values of a column have the same text in all of these models. */
const isOneText = (kpis: readonly Kpi[], column: string): boolean => {
  const types = kpis.flatMap((kpi) => kpi.columns.find(({ name }) => name === column)?.type ?? []);
  return families.some((family) => types.every((type) => family.test(type)));
};

const families = [/^date$/i, /^(varchar|char)\b/i, /^(smallint|integer|int|bigint)$/i];
