import { identifier } from '../values/index.ts';
import type { CompiledRuleset } from './compiled-ruleset.ts';
import type { Dialect } from './dialect.ts';
import type { Measures } from './measures.ts';
import type { PatternCheck } from './patterns.ts';
import { compilePredicate } from './predicate.ts';
import type { Atom } from './syntax.ts';
import { type Column, columnOf, type Table } from './table.ts';

/** Shared by the rules of one ruleset while they are compiled. */
export type Scope = {
  readonly table: Table;
  readonly dialect: Dialect;
  readonly checkPattern: PatternCheck;
  readonly measures: Measures;
  readonly customs: CompiledRuleset['customs'];
  readonly references: Set<string>;
  /** Counts over the rows of a file that the examples of the current rule need, by the name of their column. */
  readonly windows: Map<string, string>;
};

/** An atom as SQL over `facts`: passed is never NULL, metric is text or NULL; `offends` is a condition on rows of `staged`. */
export type CompiledAtom = {
  readonly passed: string;
  readonly metric: string;
  readonly offends?: string;
};

/** The column that the first parameter names. */
export const targetOf = (atom: Atom, { table }: Scope): Column => {
  const [target] = atom.parameters;
  if (!target) throw new TypeError(`${atom.type} was parsed without its column`);
  return columnOf(table, target);
};

/** The atom's `where` as a condition on rows; `true` if there is none. */
export const rowsOf = ({ where }: Atom, { table, dialect }: Scope): string =>
  where ? compilePredicate(where, table, dialect) : 'true';

/** Names a count of rows with the same file and key that meet a condition, for the rule's examples. */
export const copiesOf = (columns: readonly string[], condition: string, { windows }: Scope): string => {
  const name = identifier(`copies of rule ${windows.size + 1}`);
  const partition = ['"landed_file"', ...columns].join(', ');
  windows.set(name, `sum(case when ${condition} then 1 else 0 end) over (partition by ${partition})`);
  return name;
};
