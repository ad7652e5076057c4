import { identifier } from '../values/index.ts';
import type { CompiledAtom, Scope } from './scope.ts';

/** All rows of `staged` that break a rule, with all columns; undefined for a rule about a whole file. */
export const exampleSelect = ({ offends }: CompiledAtom, { table, windows }: Scope): string | undefined => {
  if (offends === undefined) return undefined;
  const columns = table.columns.map(({ name }) => identifier(name)).join(', ');
  if (windows.size === 0) return `select ${columns} from staged where ${offends}`;
  const counts = [...windows].map(([name, count]) => `${count} as ${name}`);
  return `select ${columns} from (
  select ${[columns, ...counts].join(', ')} from staged
) as counted where ${offends}`;
};
