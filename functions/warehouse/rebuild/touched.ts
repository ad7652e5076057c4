import type { Model } from '../model.ts';
import { literal, type Named, type Plan, withRelations } from './plan.ts';

/**
 * What rebuilds have touched and KPIs do not show yet. It is committed with gold, so it is correct whatever happens to the
 * rebuild afterwards. The next rebuild unloads it, too, even if gold no longer has these values.
 */

/** The largest number of columns of a spine. */
export const widestSpine = 8;

/** The most characters of a text in a spine or a partition of KPIs; packaging rejects wider columns. */
export const widestValue = 1024;

/** The type of noted values: on Redshift a width is in bytes, of which a character has at most four. */
export const notedType = `varchar(${widestValue * 4})`;

export const touchedTable = 'touched';

const values = Array.from({ length: widestSpine }, (_, index) => `value_${index + 1}`);

export const touchedColumns = `mart varchar(128), fact varchar(128), spine varchar(1024), seq bigint, ${values.map((value) => `${value} ${notedType}`).join(', ')}`;

const nameOf = (spine: readonly string[]): string => spine.join('-');

const typeOf = (fact: Model, column: string): string =>
  fact.columns.find(({ name }) => name === column)?.type ?? notedType;

/** A select of the noted values of a spine that this rebuild touched, and those since the last rebuild with published KPIs. */
export const touchedSince = ({ mart, run }: Plan, fact: Model, spine: readonly string[]): string => {
  const columns = spine.map(
    (column, index) => `cast(${values[index]} as ${typeOf(fact, column)}) as ${column}`,
  );
  return `select distinct ${columns.join(', ')} from gold.${touchedTable}
where mart = ${literal(mart.name)} and fact = ${literal(fact.name)} and spine = ${literal(nameOf(spine))} and seq > ${run.shown ?? 0}`;
};

/** Deletes what is published by now. */
export const forgetTouched = ({ mart, run: { shown = 0 } }: Plan): string[] =>
  shown > 0
    ? [`delete from gold.${touchedTable} where mart = ${literal(mart.name)} and seq <= ${shown}`]
    : [];

/** A relation with values of a spine, to be noted. */
export type Touched = { readonly fact: Model; readonly spine: readonly string[]; readonly relation: string };

/** An insert that notes the values of spines, which are in these relations, too; columns that no spine has stay NULL. */
export const insertTouched = (plan: Plan, all: readonly Touched[], relations: readonly Named[]): string => {
  const width = Math.max(...all.map(({ spine }) => spine.length));
  const rows = all.map((touched) => touchedRows(plan, touched, values.slice(0, width)));
  return `insert into gold.${touchedTable} (mart, fact, spine, seq, ${values.slice(0, width).join(', ')})
${withRelations(relations)}${rows.join('\nunion all\n')}`;
};

const touchedRows = (
  { mart, run }: Plan,
  { fact, spine, relation }: Touched,
  columns: readonly string[],
): string => {
  const texts = columns.map((_, index) => `cast(${spine[index] ?? 'null'} as ${notedType})`);
  const names = [mart.name, fact.name, nameOf(spine)].map(literal).join(', ');
  return `select ${names}, ${run.seq}, ${texts.join(', ')} from ${relation}`;
};
