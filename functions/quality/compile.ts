import { compileRule } from './compile-rule.ts';
import type { CompiledRuleset } from './compiled-ruleset.ts';
import type { Dialect } from './dialect.ts';
import { exampleSelect } from './examples.ts';
import { measures } from './measures.ts';
import { parseRuleset } from './parse.ts';
import { checkPattern } from './patterns.ts';
import { RulesetError } from './ruleset-error.ts';
import type { CompiledAtom, Scope } from './scope.ts';
import type { Table } from './table.ts';

/**
 * Compiles a ruleset into SQL that checks every file of a batch separately (see `CompiledRuleset`). `table.columns` are the
 * columns of the silver table, including lineage. Throws a RulesetError with line and column. Patterns are not checked, which
 * needs the engine of patterns: `compileProblems` does so before a ruleset is deployed.
 */
export const compileRuleset = (
  source: string,
  table: Table,
  { dialect = 'duckdb' }: { readonly dialect?: Dialect } = {},
): CompiledRuleset => {
  const entries = parseRuleset(source);
  const scope = {
    ...{ table, dialect, checkPattern: () => undefined },
    ...{ measures: measures(), customs: [], references: new Set<string>() },
  };
  const compiled = entries.map(({ rule, text }, index) => {
    const own: Scope = { ...scope, windows: new Map() };
    const atom = compileRule(rule, own);
    return { number: index + 1, text, atom, example: exampleSelect(atom, own) };
  });
  return {
    rules: compiled.map(({ number, text }) => ({ number, text })),
    customs: scope.customs,
    outcomes: outcomesSelect(
      compiled.map(({ atom }) => atom),
      scope.measures.ctes(),
    ),
    examples: compiled.flatMap(({ number, example }) =>
      example === undefined ? [] : [{ number, sql: example }],
    ),
    references: [...scope.references].sort(),
  };
};

/** The problems of each rule of a ruleset that parses, those of its patterns too; throws the RulesetError if it does not parse. */
export const compileProblems = (source: string, table: Table): RulesetError[] =>
  parseRuleset(source).flatMap(({ rule }) => {
    const scope = {
      ...{ table, dialect: 'duckdb' as const, checkPattern },
      ...{ measures: measures(), customs: [], references: new Set<string>(), windows: new Map() },
    };
    try {
      compileRule(rule, scope);
      return [];
    } catch (error) {
      if (error instanceof RulesetError) return [error];
      throw error;
    }
  });

/** One pass over the files' facts, then a row per file and rule. */
const outcomesSelect = (atoms: readonly CompiledAtom[], ctes: string): string => {
  const numbers = atoms.map((_, index) => index + 1);
  const pick = (column: string, none: string) =>
    atoms.length === 0
      ? none
      : `case numbers.rule_number\n    ${numbers.map((number) => `when ${number} then ${column}_${number}`).join('\n    ')} end`;
  const verdicts = atoms.map(
    ({ passed, metric }, index) => `${passed} as passed_${index + 1}, ${metric} as metric_${index + 1}`,
  );
  return `with ${ctes},
verdicts as (
  select ${['landed_file', ...verdicts].join(',\n    ')}
  from facts
)
select verdicts.landed_file, cast(numbers.rule_number as int) as rule_number,
  ${pick('passed', 'true')} as passed,
  ${pick('metric', 'cast(null as string)')} as metric
from verdicts cross join (values ${numbers.map((number) => `(${number})`).join(', ') || '(0)'}) as numbers(rule_number)
where numbers.rule_number > 0`;
};
