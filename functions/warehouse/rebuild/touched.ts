import type { Model } from '../model.ts';
import { literal, type Plan } from './plan.ts';

/**
 * What rebuilds have touched whose KPIs are not out: committed with gold, and so right whatever became of the rebuild
 * afterwards. The next one unloads it, too, also where gold has nothing of it any more.
 */

/** A spine has at most so many columns. */
export const widestSpine = 8;

export const touchedTable = 'touched';

const values = Array.from({ length: widestSpine }, (_, index) => `value_${index + 1}`);

export const touchedColumns = `mart varchar(128), fact varchar(128), spine varchar(1024), seq bigint, ${values.map((value) => `${value} varchar(4096)`).join(', ')}`;

const nameOf = (spine: readonly string[]): string => spine.join('-');

const typeOf = (fact: Model, column: string): string =>
  fact.columns.find(({ name }) => name === column)?.type ?? 'varchar(4096)';

/** A select of a spine's values that this rebuild and those since the one whose KPIs are out have touched, as far as it is noted. */
export const touchedSince = ({ mart, run }: Plan, fact: Model, spine: readonly string[]): string => {
  const columns = spine.map(
    (column, index) => `cast(${values[index]} as ${typeOf(fact, column)}) as ${column}`,
  );
  return `select distinct ${columns.join(', ')} from gold.${touchedTable}
where mart = ${literal(mart.name)} and fact = ${literal(fact.name)} and spine = ${literal(nameOf(spine))} and seq > ${run.shown ?? 0}`;
};

/** Forgets what is out by now. */
export const forgetTouched = ({ mart, run: { shown = 0 } }: Plan): string[] =>
  shown > 0
    ? [`delete from gold.${touchedTable} where mart = ${literal(mart.name)} and seq <= ${shown}`]
    : [];

/** The beginning of an insert of what is touched. */
export const insertTouched = `insert into gold.${touchedTable} (mart, fact, spine, seq, ${values.join(', ')})`;

/** A select of the rows that note what a relation holds of a spine. */
export const touchedRows = (
  { mart, run }: Plan,
  fact: Model,
  spine: readonly string[],
  relation: string,
): string => {
  const texts = values.map((_, index) =>
    spine[index] === undefined ? 'cast(null as varchar(4096))' : `cast(${spine[index]} as varchar(4096))`,
  );
  const names = [mart.name, fact.name, nameOf(spine)].map(literal).join(', ');
  return `select ${names}, ${run.seq}, ${texts.join(', ')} from ${relation}`;
};
