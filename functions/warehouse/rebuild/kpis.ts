import type { Kpi } from '../model.ts';
import { affectedSpines } from './facts.ts';
import { withSequenceBefore } from './latest.ts';
import { factOf, incrementalText, isAmong, type Plan, withInlined } from './plan.ts';

/** Unloads a KPI's rows for what the rebuild touched, as JSON lines under `<unload><model>/`. */
export const unloadKpi = (plan: Plan, kpi: Kpi): string => {
  const fact = factOf(plan, kpi);
  const { partition } = kpi;
  const affected = `select ${partition} from affected_${fact.name}_${partition}`;
  const before = withSequenceBefore(plan, kpi);
  const columns = kpi.columns.map(({ name }) => `model.${name}`).join(', ');
  const { sql, relations } = incrementalText(kpi);
  const select = `${withInlined(plan, kpi.refs, affectedSpines(plan, fact), relations)}select ${columns}${before.column} from (
${sql}
) as model${before.join} where ${isAmong([`model.${partition}`], affected)}`;
  return plan.engine.unload(select, `${plan.run.unload}${kpi.name}/`);
};
