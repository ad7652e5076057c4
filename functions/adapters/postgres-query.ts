import type { Window } from '../sources/index.ts';
import { identifier } from '../values/index.ts';
import type { PostgresSettings } from './postgres-settings.ts';

/** The cursor of a pull, within its session. */
export const cursor = 'pull';

/** One statement of SQL and the values of its parameters. */
export type Statement = { readonly sql: string; readonly values: readonly string[] };

/**
 * The statement that opens the cursor: one column, a row's JSON. A longer record than the source allows is cut to one character
 * more than that many bytes, so that it is noticed and need not be sent whole.
 */
export const declareCursor = (source: PostgresSettings, window: Window): Statement => {
  const days = parametersOf(window);
  const order = source.order_by.map((name) => `s.${identifier(name)}`).join(', ');
  const sql = [
    `declare ${cursor} no scroll cursor without hold for`,
    `select left(row_to_json(t)::text, ${source.max_record_bytes + 1})`,
    `from ${relationOf(source, days)} as s cross join lateral (select ${columnsOf(source)}) as t`,
    conditionOf(source, days),
    order && `order by ${order}`,
  ];
  return { sql: sql.filter(Boolean).join('\n'), values: days.values };
};

/** A statement whose result has a query's columns and no rows. */
export const describeQuery = (query: string, window: Window): Statement => {
  const days = parametersOf(window);
  return { sql: `select * from ${subquery(query, days)} as s limit 0`, values: days.values };
};

type Day = 'from' | 'to' | 'after';
type Parameters = { readonly values: string[]; of(day: Day): string };

/** The server does not accept a parameter that no place of the statement uses. */
const parametersOf = ({ from, to }: Window): Parameters => {
  const values: string[] = [];
  return {
    values,
    of: (day) => {
      const place = `$${values.push(day === 'from' ? from : to)}::date`;
      return day === 'after' ? `(${place} + 1)` : place;
    },
  };
};

const relationOf = (source: PostgresSettings, days: Parameters): string =>
  source.query === undefined
    ? `${identifier(source.schema)}.${identifier(source.table)}`
    : subquery(source.query, days);

/** Its last line may be a comment. */
const subquery = (query: string, days: Parameters): string =>
  `(${query.replace(/\{(from|to|after)\}/g, (_, day: Day) => days.of(day))}\n)`;

const columnsOf = (source: PostgresSettings): string =>
  source.query === undefined && source.columns
    ? source.columns.map((name) => `s.${identifier(name)}`).join(', ')
    : 's.*';

/** The last day counts to its end. A row without a date belongs to no window, so it would never come. */
const conditionOf = ({ window_column }: PostgresSettings, days: Parameters): string => {
  if (window_column === undefined) return '';
  const column = `s.${identifier(window_column)}`;
  return `where (${column} >= ${days.of('from')} and ${column} < ${days.of('after')}) or ${column} is null`;
};

/** Two columns of one name would be two fields of one name in each record. Throws `ColumnTwice`. */
export const requireUnique = (columns: readonly string[]): void => {
  const twice = columns.find((name, at) => columns.indexOf(name) !== at);
  if (twice !== undefined) throw new ColumnTwice(twice);
};

/** A query has two columns of the same name. */
export class ColumnTwice extends Error {
  override readonly name = 'ColumnTwice';
  constructor(column: string) {
    super(`the query has two columns named ${column}; give each its own name`);
  }
}
