import type { Dimension, Fact, Model } from '../model.ts';
import { datasetsOf } from '../references.ts';
import { changedKeys } from './dimensions.ts';
import { changedFiles, isAnyChanged } from './inputs.ts';
import {
  columnList,
  goldTable,
  incrementalText,
  inlinedName,
  isAmong,
  kpisOn,
  modelNamed,
  modelsOf,
  type Named,
  type Part,
  type Plan,
  withInlined,
} from './plan.ts';
import { insertTouched, touchedRows, touchedSince } from './touched.ts';

/**
 * A fact is replaced by partitions. Its partition is computed from its key (packaging checks that), so all rows of a key are in
 * one partition, and only the partitions of rows from differing files, earlier and now, can have changed.
 */

const spineName = (fact: Fact, columns: readonly string[]): string =>
  `affected_${fact.name}_${columns.join('_')}`;

/** A select of the partitions that the rebuild replaces. */
const affectedPartitions = (fact: Fact): string =>
  `select ${fact.partition} from ${spineName(fact, [fact.partition])}`;

/** Finds the partitions of facts that a rebuild must replace, notes the values that KPIs had there, and replaces them. */
export const rebuildFacts = (plan: Plan, facts: readonly Fact[]): Part[] => {
  const spines = facts.flatMap((fact) => spinesOf(plan, fact).map((spine) => ({ fact, spine })));
  return [
    ...facts.map((fact) => ({ path: fact.path, statements: [findPartitions(plan, fact)] })),
    { path: '', statements: noteSpines(plan, spines) },
    ...facts.map((fact) => ({ path: fact.path, statements: replacePartitions(plan, fact) })),
  ];
};

const replacePartitions = (plan: Plan, fact: Fact): string[] => {
  const table = goldTable(fact);
  const columns = columnList(fact.columns);
  const isAffected = isAmong([fact.partition], affectedPartitions(fact));
  const { sql, relations } = incrementalText(fact);
  return [
    `delete from ${table} where ${isAffected}`,
    `insert into ${table} (${columns})
${withInlined(plan, fact.refs, [], relations)}select ${columns} from (\n${sql}\n) as model where ${isAffected}`,
  ];
};

/** Values that the KPIs on a fact must have rows for, besides its partitions: lists of columns, each once. */
const spinesOf = (plan: Plan, fact: Fact): string[][] => {
  const spines = kpisOn(plan, fact).flatMap((kpi) => [[kpi.partition], kpi.spine]);
  const wanted = new Map(spines.map((spine) => [spine.join(', '), spine]));
  wanted.delete(fact.partition);
  return [...wanted.values()];
};

/** For the fact's KPIs and checks, after everything is noted: the partitions and the values of each spine. */
export const affectedSpines = (plan: Plan, fact: Fact): Named[] =>
  [[fact.partition], ...spinesOf(plan, fact)].map((spine) => ({
    name: spineName(fact, spine),
    sql: touchedSince(plan, fact, spine),
  }));

/**
 * After all facts are replaced, notes the values that their KPIs must have rows for until they are published, and what their
 * checks read.
 */
export const noteTouched = (plan: Plan): string[] =>
  noteSpines(
    plan,
    modelsOf(plan, 'fact').flatMap((fact) =>
      [[fact.partition], ...spinesOf(plan, fact)].map((spine) => ({ fact, spine })),
    ),
  );

/** Notes the values of spines in the affected partitions of their facts; of a partition itself, even if it has no rows. */
const noteSpines = (
  plan: Plan,
  spines: readonly { readonly fact: Fact; readonly spine: readonly string[] }[],
): string[] => {
  if (spines.length === 0) return [];
  const rows = spines.map(({ fact, spine }) => {
    const isAffected = isAmong([fact.partition], affectedPartitions(fact));
    const held = `(select distinct ${spine.join(', ')} from ${goldTable(fact)} where ${isAffected}) as held`;
    const isPartition = spine.join() === fact.partition;
    return touchedRows(plan, fact, spine, isPartition ? spineName(fact, spine) : held);
  });
  return [`${insertTouched}\n${rows.join('\nunion all\n')}`];
};

const findPartitions = (plan: Plan, fact: Fact): string => {
  const { reads, partition } = fact;
  const touched = [
    { relation: goldTable(fact), columns: fact.columns },
    { relation: inlinedName(reads), columns: modelNamed(plan, reads).columns },
  ].flatMap(({ relation, columns }) =>
    reasons(plan, fact, columns).map((reason) => `select ${partition} from ${relation} where ${reason}`),
  );
  return `${plan.engine.createTemporary} ${spineName(fact, [partition])} as
${withInlined(plan, [reads])}select distinct ${partition} from (
${[...touched, touchedSince(plan, fact, [partition])].join('\nunion all\n')}
) as touched where ${partition} is not null`;
};

/** Conditions, on a row with these columns of the fact or of what it reads, under which its partition must be replaced. */
const reasons = (plan: Plan, fact: Fact, columns: Model['columns']): string[] => {
  const { reads, dimensions, whole } = fact;
  const files = modelNamed(plan, reads).sources.map((dataset) =>
    isAmong(['landed_file'], changedFiles(dataset)),
  );
  const members = Object.entries(dimensions)
    .filter(([, key]) => key.every((held) => columns.some(({ name }) => name === held)))
    .map(([name, key]) => isAmong(key, changedKeys(dimensionNamed(plan, name))));
  const texts = [fact, ...kpisOn(plan, fact)].map(({ name }) => name);
  const others = Object.keys(whole).map((name) => isModelChanged(plan, modelNamed(plan, name)));
  return [...files, ...members, ...others, isAnyChanged([], texts)];
};

const dimensionNamed = (plan: Plan, name: string): Dimension => {
  const model = modelNamed(plan, name);
  if (model.kind !== 'dimension') throw new ReferenceError(`${name} is no dimension`);
  return model;
};

/** A condition: rows of a dimension differ, or files of another model. */
const isModelChanged = ({ mart }: Plan, model: Model): string =>
  model.kind === 'dimension'
    ? `exists (${changedKeys(model)})`
    : isAnyChanged(datasetsOf(mart.models, model.name), [model.name]);
