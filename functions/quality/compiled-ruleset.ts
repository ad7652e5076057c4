import * as z from 'zod';

/** A ruleset compiled to SQL by `dqdl/compile.ts`; engines run it without knowing the rules. */
export const CompiledRuleset = z.object({
  /** `number` counts from 1 in the order of the ruleset; `text` is the rule as written. */
  rules: z.array(z.object({ number: z.number().int(), text: z.string() })),
  /**
   * CustomSql, run once per file: the relation `primary` holds only the rows of that file. Each is one select that returns
   * exactly one row (metric double precision or NULL, passed boolean); the engine collects them into the relation
   * `custom_outcomes` (landed_file varchar, atom int, metric double, passed boolean), which must also exist when it is empty.
   */
  customs: z.array(z.object({ atom: z.number().int(), sql: z.string() })),
  /**
   * One select over `staged`, `batch_files` (landed_file, landed_version varchar, landed_at timestamp) and `custom_outcomes`: one row for each file of
   * `batch_files` and rule: landed_file, rule_number int, passed boolean, metric varchar (a readable figure or NULL).
   */
  outcomes: z.string(),
  /**
   * For rules about single rows: a select over `staged` of the rows that break the rule (all columns of `staged`), without a
   * limit; the engine filters by landed_file and takes five.
   */
  examples: z.array(z.object({ number: z.number().int(), sql: z.string() })),
  /** Other silver tables that ReferentialIntegrity needs; the engine provides each as the relation `silver_<name>`. */
  references: z.array(z.string()),
});
export type CompiledRuleset = z.infer<typeof CompiledRuleset>;

/** A rule that a file broke. */
export const RuleViolation = z.object({
  rule: z.string(),
  metric: z.string().nullable(),
  examples: z.array(z.record(z.string(), z.string().nullable())),
});
export type RuleViolation = z.infer<typeof RuleViolation>;
