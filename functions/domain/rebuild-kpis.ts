import type { Model } from './catalog.ts';
import { affectedSpines, partitionOf } from './rebuild-facts.ts';
import { columnList, isAmong, kpiSettings, modelNamed, type Plan, withInlined } from './rebuild-plan.ts';

/** Unloads a KPI's rows for what the rebuild touched, as JSON lines under `<unload><model>/`. */
export const unloadKpi = (plan: Plan, kpi: Model): string => {
  const fact = modelNamed(plan, kpiSettings(kpi).fact);
  const partition = kpi.partition ?? partitionOf(fact);
  const affected = `select ${partition} from affected_${fact.name}_${partition}`;
  const select = `${withInlined(plan, kpi.refs, affectedSpines(plan, fact))}select ${columnList(kpi.columns)} from (
${kpi.incremental_sql}
) as model where ${isAmong([partition], affected)}`;
  return plan.engine.unload(select, `${plan.run.unload}${kpi.name}/`);
};
