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
import { insertTouched, type Touched, touchedSince } from './touched.ts';

/**
 * A fact is replaced by partitions. Its partition is computed from its key (packaging checks that), so all rows of a key are in
 * one partition, and only the partitions of rows from differing files, earlier and now, can have changed.
 */

const spineName = (fact: Fact, columns: readonly string[]): string =>
  `affected_${fact.name}_${columns.join('_')}`;

/** A select of the partitions that the rebuild replaces. */
const affectedPartitions = (fact: Fact): string =>
  `select ${fact.partition} from ${spineName(fact, [fact.partition])}`;

/** Finds the partitions of facts that a rebuild must replace, keeps what their KPIs need of them, and replaces them. */
export const rebuildFacts = (plan: Plan, facts: readonly Fact[]): Part[] => [
  ...facts.map((fact) => ({ path: fact.path, statements: [findPartitions(plan, fact)] })),
  {
    path: '',
    statements: noteSpines(
      plan,
      facts.flatMap((fact) => spinesBefore(plan, fact)),
    ),
  },
  ...facts.map((fact) => ({
    path: fact.path,
    statements: [...keepReplaced(plan, fact), ...replacePartitions(plan, fact)],
  })),
];

const replacePartitions = (plan: Plan, fact: Fact): string[] => {
  const table = goldTable(fact);
  const columns = columnList(fact.columns);
  const { sql, relations } = incrementalText(fact);
  return [
    `delete from ${table} where ${isReplaced(fact)}`,
    `insert into ${table} (${columns})
${withInlined(plan, fact.refs, [], relations)}select ${columns} from (\n${sql}\n) as model where ${isReplaced(fact)}`,
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
 * checks read: each replaced partition, even if it has no rows, and the values of spines in rows that are not what they were.
 */
export const noteTouched = (plan: Plan): string[] => {
  const facts = modelsOf(plan, 'fact');
  const touched = facts.flatMap((fact) => [
    { fact, spine: [fact.partition], relation: spineName(fact, [fact.partition]) },
    ...spinesAfter(plan, fact),
  ]);
  const compared = facts.filter((fact) => spinesOf(plan, fact).length > 0);
  return noteSpines(plan, touched, compared.map(differingRows));
};

const noteSpines = (plan: Plan, touched: readonly Touched[], relations: readonly Named[] = []): string[] =>
  touched.length === 0 ? [] : [insertTouched(plan, touched, relations)];

/** The values of spines in rows whose KPIs change anyhow: they read something that has changed beside the row. */
const spinesBefore = (plan: Plan, fact: Fact): Touched[] =>
  spinesOf(plan, fact).map((spine) => {
    const isTouched = `${isReplaced(fact)} and ${isChangedBeside(plan, fact)}`;
    return { fact, spine, relation: heldIn(spine, [`${goldTable(fact)} where ${isTouched}`]) };
  });

/** Afterwards, the values in rows that came, went or changed. */
const spinesAfter = (plan: Plan, fact: Fact): Touched[] =>
  spinesOf(plan, fact).map((spine) => {
    // A comparison with nothing would cost more.
    const alone = `${goldTable(fact)} where ${isReplaced(fact)} and not ${isKept(fact)}`;
    return { fact, spine, relation: heldIn(spine, [alone, differingName(fact)]) };
  });

/** The rows of a fact that are not as often there as before: nothing makes sure that no two of its rows are equal. */
const differingRows = (fact: Fact): Named => {
  const places = fact.columns.map((_, index) => index + 1);
  return {
    name: differingName(fact),
    sql: `select ${columnList(fact.columns)} from (
select *, 1 as side from ${keptName(fact)}
union all
select *, -1 as side from ${goldTable(fact)} where ${isReplaced(fact)} and ${isKept(fact)}
) as sides group by ${places.join(', ')} having sum(side) <> 0`,
  };
};

/** The values of a spine in some relations, each once. */
const heldIn = (spine: readonly string[], relations: readonly string[]): string => {
  const selects = relations.map((relation) => `select ${spine.join(', ')} from ${relation}`);
  return `(${selects.length === 1 ? selects.join().replace('select', 'select distinct') : selects.join('\nunion\n')}) as held`;
};

const keptName = (fact: Fact): string => `kept_${fact.name}`;

const differingName = (fact: Fact): string => `differing_${fact.name}`;

const isKept = (fact: Fact): string => `exists (select 1 from ${keptName(fact)})`;

const isReplaced = (fact: Fact): string => isAmong([fact.partition], affectedPartitions(fact));

/**
 * Keeps the rows that are replaced, to compare them with those that come: a listener who is in no changed file has the same
 * KPIs as before. Without a spine nothing is compared.
 */
const keepReplaced = (plan: Plan, fact: Fact): string[] =>
  spinesOf(plan, fact).length === 0
    ? []
    : [
        `${plan.engine.createTemporary} ${keptName(fact)} as
select * from ${goldTable(fact)} where ${isReplaced(fact)} and ${isChangedBeside(plan, fact)} is not true`,
      ];

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
  const files = modelNamed(plan, fact.reads).sources.map((dataset) =>
    isAmong(['landed_file'], changedFiles(dataset)),
  );
  const members = membersOf(plan, fact, columns).map(({ condition }) => condition);
  return [...files, ...members, ...reasonsForAll(plan, fact)];
};

/** A condition: the KPIs of a row of a fact may have changed although the row has not. */
const isChangedBeside = (plan: Plan, fact: Fact): string => {
  const members = membersOf(plan, fact, fact.columns);
  const found = new Set(members.map(({ name }) => name));
  const others = Object.keys(fact.dimensions).filter((name) => !found.has(name));
  const conditions = [
    ...members.map(({ condition }) => condition),
    ...others.map((name) => isModelChanged(plan, modelNamed(plan, name))),
    ...reasonsForAll(plan, fact),
  ];
  return `(${conditions.join(' or ')})`;
};

/** For each dimension whose key these columns hold, the condition that its member has changed. */
const membersOf = (plan: Plan, { dimensions }: Fact, columns: Model['columns']) =>
  Object.entries(dimensions)
    .filter(([, key]) => key.every((held) => columns.some(({ name }) => name === held)))
    .map(([name, key]) => ({ name, condition: isAmong(key, changedKeys(dimensionNamed(plan, name))) }));

/** Conditions under which every partition must be replaced. */
const reasonsForAll = (plan: Plan, fact: Fact): string[] => [
  ...Object.keys(fact.whole).map((name) => isModelChanged(plan, modelNamed(plan, name))),
  isAnyChanged([], textsOn(plan, fact)),
];

/** The fact and its KPIs: a change of their texts changes everything. */
const textsOn = (plan: Plan, fact: Fact): string[] => [fact, ...kpisOn(plan, fact)].map(({ name }) => name);

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
