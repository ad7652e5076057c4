import type { Model } from '../catalog.ts';
import { datasetsOf } from './models.ts';
import { changedKeys } from './rebuild-dimensions.ts';
import { changedFiles, isAnyChanged } from './rebuild-inputs.ts';
import {
  columnList,
  factSettings,
  goldTable,
  inlinedName,
  isAmong,
  kpiSettings,
  kpisOn,
  modelNamed,
  modelsOf,
  type Named,
  type Plan,
  withInlined,
} from './rebuild-plan.ts';
import { forgetTouched, insertTouched, touchedRows, touchedSince } from './rebuild-touched.ts';

/**
 * A fact is replaced by partitions. Its partition follows from its key (packaging sees to it), so all rows of a key lie
 * in one partition, and the partitions of the rows that came from differing files, before and now, are all that these
 * files can have changed.
 */

const spineName = (prefix: 'affected' | 'before', fact: Model, columns: readonly string[]): string =>
  `${prefix}_${fact.name}_${columns.join('_')}`;

/** The column by which a fact is replaced. */
export const partitionOf = ({ partition }: Model): string => partition ?? '';

/** A select of the partitions that the rebuild replaces. */
export const affectedPartitions = (fact: Model): string =>
  `select ${partitionOf(fact)} from ${spineName('affected', fact, [partitionOf(fact)])}`;

/** Finds the partitions a rebuild has to replace, notes what KPIs stood for there, and replaces them. */
export const rebuildFact = (plan: Plan, fact: Model): string[] => {
  const table = goldTable(fact);
  const columns = columnList(fact.columns);
  const isAffected = isAmong([partitionOf(fact)], affectedPartitions(fact));
  return [
    findPartitions(plan, fact),
    ...spinesOf(plan, fact).map(
      (spine) => `${plan.engine.createTemporary} ${spineName('before', fact, spine)} as
select distinct ${spine.join(', ')} from ${table} where ${isAffected}`,
    ),
    `delete from ${table} where ${isAffected}`,
    `insert into ${table} (${columns})
${withInlined(plan, fact.refs)}select ${columns} from (\n${fact.incremental_sql}\n) as model where ${isAffected}`,
  ];
};

/** What the KPIs on a fact have to speak of besides its partitions: lists of columns, each once. */
const spinesOf = (plan: Plan, fact: Model): string[][] => {
  const spines = kpisOn(plan, fact).flatMap((kpi) => [[kpi.partition ?? ''], kpiSettings(kpi).spine]);
  const wanted = new Map(spines.map((spine) => [spine.join(', '), spine]));
  wanted.delete(partitionOf(fact));
  return [...wanted.values()];
};

/** For the KPIs on a fact: the values of each spine in the affected partitions, before the rebuild or now. */
export const affectedSpines = (plan: Plan, fact: Model): Named[] =>
  spinesOf(plan, fact).map((spine) => ({
    name: spineName('affected', fact, spine),
    sql: `select ${spine.join(', ')} from ${spineName('before', fact, spine)}
union
${touchedSince(plan, fact, spine)}
union
select ${spine.join(', ')} from ${goldTable(fact)} where ${isAmong([partitionOf(fact)], affectedPartitions(fact))}`,
  }));

/** Notes what the KPIs on all facts have to speak of until they are out. */
export const noteTouched = (plan: Plan): string[] => {
  const facts = modelsOf(plan, 'fact').filter((fact) => kpisOn(plan, fact).length > 0);
  if (facts.length === 0) return [];
  const spines = withInlined(
    plan,
    [],
    facts.flatMap((fact) => affectedSpines(plan, fact)),
  );
  const touched = facts.flatMap((fact) =>
    [[partitionOf(fact)], ...spinesOf(plan, fact)].map((spine) =>
      touchedRows(plan, fact, spine, spineName('affected', fact, spine)),
    ),
  );
  return [...forgetTouched(plan), `${insertTouched}\n${spines}${touched.join('\nunion all\n')}`];
};

const findPartitions = (plan: Plan, fact: Model): string => {
  const { reads } = factSettings(fact);
  const partition = partitionOf(fact);
  const touched = [
    { relation: goldTable(fact), columns: fact.columns },
    { relation: inlinedName(reads), columns: modelNamed(plan, reads).columns },
  ].flatMap(({ relation, columns }) =>
    reasons(plan, fact, columns).map((reason) => `select ${partition} from ${relation} where ${reason}`),
  );
  return `${plan.engine.createTemporary} ${spineName('affected', fact, [partition])} as
${withInlined(plan, [reads])}select distinct ${partition} from (
${[...touched, touchedSince(plan, fact, [partition])].join('\nunion all\n')}
) as touched where ${partition} is not null`;
};

/** Conditions, on a row with these columns of the fact or of what it reads, under which its partition has to be replaced. */
const reasons = (plan: Plan, fact: Model, columns: Model['columns']): string[] => {
  const { reads, dimensions, whole } = factSettings(fact);
  const files = modelNamed(plan, reads).sources.map((dataset) =>
    isAmong(['landed_file'], changedFiles(dataset)),
  );
  const members = Object.entries(dimensions)
    .filter(([, key]) => key.every((held) => columns.some(({ name }) => name === held)))
    .map(([name, key]) => isAmong(key, changedKeys(modelNamed(plan, name))));
  const texts = [fact, ...kpisOn(plan, fact)].map(({ name }) => name);
  const others = Object.keys(whole).map((name) => isModelChanged(plan, modelNamed(plan, name)));
  return [...files, ...members, ...others, isAnyChanged([], texts)];
};

/** A condition: rows of a dimension differ, or files of which another model is made. */
const isModelChanged = ({ mart }: Plan, model: Model): string =>
  model.kind === 'dimension'
    ? `exists (${changedKeys(model)})`
    : isAnyChanged(datasetsOf(mart.models, model.name), [model.name]);
