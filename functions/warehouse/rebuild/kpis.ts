import type { Model } from '../model.ts';
import { affectedSpines, partitionOf } from './facts.ts';
import { withSequenceBefore } from './latest.ts';
import { isAmong, kpiSettings, modelNamed, type Plan, withInlined } from './plan.ts';

/** Unloads a KPI's rows for what the rebuild touched, as JSON lines under `<unload><model>/`. */
export const unloadKpi = (plan: Plan, kpi: Model): string => {
  const fact = modelNamed(plan, kpiSettings(kpi).fact);
  const partition = kpi.partition ?? partitionOf(fact);
  const affected = `select ${partition} from affected_${fact.name}_${partition}`;
  const before = withSequenceBefore(plan, kpi);
  const columns = kpi.columns.map(({ name }) => `model.${name}`).join(', ');
  const select = `${withInlined(plan, kpi.refs, affectedSpines(plan, fact))}select ${columns}${before.column} from (
${kpi.incremental_sql}
) as model${before.join} where ${isAmong([`model.${partition}`], affected)}`;
  return plan.engine.unload(select, `${plan.run.unload}${kpi.name}/`);
};
