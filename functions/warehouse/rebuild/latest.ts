import { sequenceBefore } from '../kpis/items.ts';
import type { Kpi } from '../model.ts';
import { affectedSpines } from './facts.ts';
import { factOf, isAmong, literal, modelsOf, type Plan, withInlined } from './plan.ts';
import { notedType } from './touched.ts';

/**
 * In which generation each newest item of a KPI was written, so that whoever publishes the next one knows the one before it
 * without asking the KPI table. Speaks of KPIs that are published as `latest`, an item for each value of their partition.
 *
 * Rebuilds of one generation put their items on the same keys, one after the other. A rebuild begins a new generation
 * wherever somebody may still write for the one before it.
 */

const isLatest = ({ kpi }: Kpi): boolean => kpi.some(({ publish }) => publish === 'latest');

const itemsOf = ({ mart }: Plan, { name }: Kpi): string =>
  `mart = ${literal(mart.name)} and model = ${literal(name)}`;

/** Columns and a join that a KPI's rows get when they are unloaded; empty for other KPIs. */
export const withSequenceBefore = (
  plan: Plan,
  kpi: Kpi,
): { readonly column: string; readonly join: string } => {
  if (!isLatest(kpi)) return { column: '', join: '' };
  const items = `(${newestShown(plan, kpi)}) as items`;
  return {
    column: `, items.seq as ${sequenceBefore}`,
    join: `\nleft join ${items} on items.item = cast(model.${kpi.partition} as ${notedType})`,
  };
};

/** Of each item the newest generation that is out: what a publication that failed has noted is not there, or not for long. */
const newestShown = (plan: Plan, kpi: Kpi): string =>
  `select item, max(seq) as seq from gold.latest_items where ${itemsOf(plan, kpi)} and ${isShown(plan)} group by item`;

const isShown = ({ run: { shown = 0, unshown = [] } }: Plan): string =>
  `seq <= ${shown}${unshown.length > 0 ? ` and seq not in (${unshown.join(', ')})` : ''}`;

/** Notes the generation of this rebuild for every item that it unloads, and forgets those that another has followed. */
export const noteLatest = (plan: Plan): string[] => {
  const kpis = modelsOf(plan, 'kpi').filter(isLatest);
  if (kpis.length === 0) return [];
  const { shown = 0, previous } = plan.run;
  const facts = [...new Set(kpis.map((kpi) => factOf(plan, kpi)))];
  const spines = withInlined(
    plan,
    [],
    facts.flatMap((fact) => affectedSpines(plan, fact)),
  );
  return [
    ...(previous && shown > 0 ? [forgetFollowed(plan)] : []),
    `insert into gold.latest_items (mart, model, item, seq)
${spines}${kpis.map((kpi) => latestRows(plan, kpi)).join('\nunion all\n')}`,
  ];
};

const latestRows = (plan: Plan, kpi: Kpi): string => {
  const { mart, run } = plan;
  const { seq, generation = seq } = run;
  const partition = kpi.partition;
  const affected = `select cast(${partition} as ${notedType}) as item from affected_${kpi.fact}_${partition}`;
  const noted = `select item from gold.latest_items where ${itemsOf(plan, kpi)} and seq = ${generation} and item is not null`;
  return `select ${literal(mart.name)}, ${literal(kpi.name)}, item, ${generation} from (${affected}) as latest where not ${isAmong(['item'], noted)}`;
};

const forgetFollowed = (plan: Plan): string => {
  const ofMart = `mart = ${literal(plan.mart.name)} and ${isShown(plan)}`;
  const newest = `select model, item, max(seq) as seq from gold.latest_items where ${ofMart} group by model, item`;
  return `delete from gold.latest_items where ${ofMart} and not ${isAmong(['model', 'item', 'seq'], newest)}`;
};
