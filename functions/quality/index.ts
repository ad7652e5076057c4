/**
 * Quality: the language of rulesets (DQDL), with its grammar and a compiler to SQL for DuckDB and Spark. Pure: it makes SQL and
 * runs none. Start with `compile.ts`; `parse.ts` reads a ruleset, `rule-types.ts` lists the rule types.
 */

export { compileProblems, compileRuleset } from './compile.ts';
export { CompiledRuleset, RuleViolation } from './compiled-ruleset.ts';
export { compileCustomSql } from './custom-sql.ts';
export { parseRuleset } from './parse.ts';
export { compilePredicate } from './predicate.ts';
export { type Position, RulesetError } from './ruleset-error.ts';
export type { Atom, Condition, Rule, Value } from './syntax.ts';
export { columnOf, type Family, missingColumn, type Table } from './table.ts';
export { referenceOf } from './table-rules.ts';
