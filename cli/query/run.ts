import type { Rows } from '../../functions/pipeline/index.ts';
import { identifier } from '../../functions/values/index.ts';
import { answer } from '../output/answer.ts';
import { count } from '../output/count.ts';
import { csvOf, documentOf, tableLines } from '../output/rows-text.ts';
import { onTarget, type Target, type TargetFlags } from '../target/target.ts';
import { describedTables } from './described-tables.ts';
import { leftOver, leftOverLines } from './left-over.ts';
import { askWarehouse } from './warehouse.ts';

export type QueryFlags = Pick<TargetFlags, 'state' | 'json'> & { readonly csv?: boolean };
export type ShowFlags = QueryFlags & { readonly limit: string };

/** Runs one SELECT and prints a table, CSV or a JSON document. */
export const runQuery = (sql: string, flags: QueryFlags): Promise<void> =>
  onLaptop(flags, async () => {
    const rows = await askWarehouse(sql);
    tell(flags, rows, { ...documentOf(rows) }, [...tableLines(rows), `(${count(rows.rows.length, 'row')})`]);
  });

/** Lists the tables, or shows one: its columns, its number of rows, and the first rows by key. */
export const showTable = (table: string | undefined, flags: ShowFlags): Promise<void> =>
  onLaptop(flags, async (target) => {
    const limit = Number(flags.limit);
    if (!Number.isSafeInteger(limit) || limit < 0) throw new Error('--limit must be a whole number from 0');
    const known = describedTables(await target.catalog());
    const tables = await askWarehouse(listing);
    const left_over = leftOver(
      tables.rows.map(([name]) => String(name)),
      await target.marts(),
    );
    if (table === undefined) return tellTables(flags, tables, known, left_over);
    const full = nameIn(tables, table);
    const name = quoted(full);
    const own = left_over.filter((one) => one === full);
    const { types, key } = known.get(full) ?? { types: new Map(), key: [] };
    const order = key.length > 0 ? key.map(quoted).join(', ') : 'all';
    const rows = await askWarehouse(`select * from ${name} order by ${order} limit ${limit}`);
    const total = (await askWarehouse(`select count(*) as total from ${name}`)).rows[0]?.[0];
    const columns = tableOf(
      ['column', 'type'],
      rows.columns.map(({ name: column, type }) => [column, types.get(column) ?? type]),
    );
    const lines = [...tableLines(columns), '', ...tableLines(rows), `(${rows.rows.length} of ${total} rows)`];
    lines.push(...leftOverLines(own));
    tell(flags, rows, { table: name, total_rows: Number(total), ...documentOf(rows) }, lines);
  });

const tableOf = (names: readonly string[], rows: Rows['rows']): Rows => ({
  columns: names.map((name) => ({ name, type: 'varchar' })),
  rows,
});

/** Tables that rebuilds keep for internal use are listed after the models. */
const tellTables = (
  flags: ShowFlags,
  tables: Rows,
  known: ReadonlyMap<string, unknown>,
  left_over: readonly string[],
): void => {
  const isInternal = ([name]: Rows['rows'][number]): boolean =>
    String(name).startsWith('gold.') && !known.has(String(name)) && !left_over.includes(String(name));
  const [internal, others] = [tables.rows.filter(isInternal), tables.rows.filter((row) => !isInternal(row))];
  const apart = internal.length > 0 ? ['', 'Internal tables of rebuilds:', ''] : [];
  const lines = [
    ...tableLines({ ...tables, rows: others }),
    ...apart,
    ...(internal.length > 0 ? tableLines({ ...tables, rows: internal }) : []),
    ...leftOverLines(left_over),
  ];
  const rows = [...others, ...internal];
  tell(
    flags,
    { ...tables, rows },
    { ...documentOf({ ...tables, rows }), internal: internal.map(([name]) => name), left_over },
    lines,
  );
};

const onLaptop = (flags: QueryFlags, work: (target: Target) => Promise<void>): Promise<void> => {
  if (flags.csv && flags.json) throw new Error('--csv and --json cannot be used together');
  return onTarget(flags, async (target) => {
    if (!target.isLaptop)
      throw new Error('SQL runs only on the laptop cloud; on AWS use the Redshift query editor');
    await work(target);
  });
};

const tell = (flags: QueryFlags, rows: Rows, document: object, lines: readonly string[]): void => {
  if (flags.csv) process.stdout.write(csvOf(rows));
  else answer(flags, document, lines);
};

const listing = `select
    case when table_catalog = 'ledger' then 'ledger' else table_schema end || '.' || table_name as "table",
    count(*) as columns
  from information_schema.columns
  where table_catalog = 'ledger' or table_schema = 'gold' or table_schema = 'silver' and table_name not like 'publish%'
  group by 1
  order by 1`;

/** The full name of a table that is given with or without its schema. */
const nameIn = ({ rows }: Rows, table: string): string => {
  const names = rows.map(([name]) => String(name));
  const found = names.filter((name) => name === table || name.endsWith(`.${table}`));
  if (found.length === 1 && found[0]) return found[0];
  if (found.length > 1) throw new Error(`${table} may be ${found.join(' or ')}: name one of them`);
  throw new Error(`there is no table ${table}; the tables are ${names.join(', ')}`);
};

const quoted = (name: string): string =>
  name
    .split('.')
    .map((part) => identifier(part))
    .join('.');
