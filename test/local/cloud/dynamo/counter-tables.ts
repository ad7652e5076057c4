import { itemsTable } from './laptop-tables.ts';

/** Two tables with an index. */
export const counterTables = ['one', 'two'].map((name) => ({ ...itemsTable, name }));
