import type { Model } from '../catalog.ts';
import { sequenceBefore } from './kpi-items.ts';
import { affectedSpines, partitionOf } from './rebuild-facts.ts';
import { isAmong, kpiSettings, literal, modelNamed, type Plan, withInlined } from './rebuild-plan.ts';

/**
 * Which sequence each newest item of a KPI bears, so that whoever publishes the next one knows the one before it
 * without asking the KPI table. Speaks of KPIs that are published as `latest`, an item for each value of their partition.
 */

const partitionColumn = (plan: Plan, kpi: Model): string =>
  kpi.partition ?? partitionOf(modelNamed(plan, kpiSettings(kpi).fact));

const isLatest = ({ kpi }: Model): boolean => kpi.some(({ publish }) => publish === 'latest');

const itemsOf = ({ mart }: Plan, { name }: Model): string =>
  `mart = ${literal(mart.name)} and model = ${literal(name)}`;

/** Columns and a join that a KPI's rows get on their way out; empty for other KPIs. */
export const withSequenceBefore = (
  plan: Plan,
  kpi: Model,
): { readonly column: string; readonly join: string } => {
  if (!isLatest(kpi)) return { column: '', join: '' };
  const items = `(${newestShown(plan, kpi)}) as items`;
  return {
    column: `, items.seq as ${sequenceBefore}`,
    join: `\nleft join ${items} on items.item = cast(model.${partitionColumn(plan, kpi)} as varchar(256))`,
  };
};

/** Of each item the newest sequence that is out: what a publication that failed has noted is not there, or not for long. */
const newestShown = (plan: Plan, kpi: Model): string =>
  `select item, max(seq) as seq from gold.latest_items where ${itemsOf(plan, kpi)} and seq <= ${plan.run.shown ?? 0} group by item`;

/** Notes the sequence of this rebuild for every item that it unloads, and forgets those that another has followed. */
export const noteLatest = (plan: Plan, kpi: Model): string[] => {
  if (!isLatest(kpi)) return [];
  const partition = partitionColumn(plan, kpi);
  const fact = modelNamed(plan, kpiSettings(kpi).fact);
  const spines = withInlined(plan, [], affectedSpines(plan, fact));
  const affected = `select cast(${partition} as varchar(256)) as item from affected_${fact.name}_${partition}`;
  const { shown = 0, seq, previous } = plan.run;
  return [
    ...(previous && shown > 0
      ? [
          `delete from gold.latest_items where ${itemsOf(plan, kpi)} and seq <= ${shown} and not ${isAmong(['item', 'seq'], newestShown(plan, kpi))}`,
        ]
      : []),
    `insert into gold.latest_items (mart, model, item, seq)
${spines}select ${literal(plan.mart.name)}, ${literal(kpi.name)}, item, ${seq} from (${affected}) as latest`,
  ];
};
