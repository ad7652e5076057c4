import { answer } from './answer.ts';
import { askWarehouse, type Rows } from './ask-warehouse.ts';
import { count } from './count.ts';
import { csvOf, documentOf, tableLines } from './rows-text.ts';
import { onTarget, type TargetFlags } from './target.ts';

export type QueryFlags = Pick<TargetFlags, 'state' | 'json'> & { readonly csv?: boolean };
export type ShowFlags = QueryFlags & { readonly limit: string };

/** Answers one SELECT as a table, as CSV or as a JSON document. */
export const runQuery = (sql: string, flags: QueryFlags): Promise<void> =>
  onLaptop(flags, async () => {
    const rows = await askWarehouse(sql);
    tell(flags, rows, { ...documentOf(rows) }, [...tableLines(rows), `(${count(rows.rows.length, 'row')})`]);
  });

/** Lists the tables, or shows one: its columns, how many rows it has, and the first of them. */
export const showTable = (table: string | undefined, flags: ShowFlags): Promise<void> =>
  onLaptop(flags, async () => {
    const limit = Number(flags.limit);
    if (!Number.isSafeInteger(limit) || limit < 0) throw new Error('--limit is a whole number from 0');
    const tables = await askWarehouse(listing);
    if (table === undefined) return tell(flags, tables, documentOf(tables), tableLines(tables));
    const name = nameIn(tables, table);
    const rows = await askWarehouse(`select * from ${name} limit ${limit}`);
    const total = (await askWarehouse(`select count(*) as total from ${name}`)).rows[0]?.[0];
    const columns = {
      columns: [
        { name: 'column', type: 'varchar' },
        { name: 'type', type: 'varchar' },
      ],
      rows: columnRows(rows),
    };
    const lines = [...tableLines(columns), '', ...tableLines(rows), `(${rows.rows.length} of ${total} rows)`];
    tell(flags, rows, { table: name, total_rows: Number(total), ...documentOf(rows) }, lines);
  });

const onLaptop = (flags: QueryFlags, work: () => Promise<void>): Promise<void> => {
  if (flags.csv && flags.json) throw new Error('--csv and --json are two answers: give one of them');
  return onTarget(flags, async ({ isLaptop }) => {
    if (!isLaptop)
      throw new Error('SQL is answered by the laptop cloud only; on AWS use the Redshift query editor');
    await work();
  });
};

const tell = (flags: QueryFlags, rows: Rows, document: object, lines: readonly string[]): void => {
  if (flags.csv) process.stdout.write(csvOf(rows));
  else answer(flags, document, lines);
};

const columnRows = ({ columns }: Rows): string[][] => columns.map(({ name, type }) => [name, type]);

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
  if (found.length === 1 && found[0]) return quoted(found[0]);
  if (found.length > 1) throw new Error(`${table} is ${found.join(' and ')}: name one of them`);
  throw new Error(`there is no table ${table}; there are ${names.join(', ')}`);
};

const quoted = (name: string): string =>
  name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.');
