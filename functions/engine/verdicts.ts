import * as z from 'zod';
import type { QualitySpec } from '../pipeline/index.ts';
import type { RuleViolation } from '../quality/index.ts';
import { identifier, literal } from '../values/index.ts';
import { SpecMismatch } from './errors.ts';
import type { Session } from './session.ts';
import { silverName } from './silver.ts';
import { columnList, list, timestamp } from './sql-text.ts';

/** The rules that each file broke, by key; an empty list is a pass. */
export type Verdicts = ReadonlyMap<string, readonly RuleViolation[]>;

const Outcome = z.object({
  landed_file: z.string(),
  rule_number: z.coerce.number(),
  passed: z.boolean().nullable(),
  metric: z.string().nullable(),
});
type Outcome = z.infer<typeof Outcome>;

/** Runs the ruleset over the relation `staged` and collects, for each file, the rules that it broke, in order. */
export const validateStaged = async (session: Session, spec: QualitySpec): Promise<Verdicts> => {
  await createBatchFiles(session, spec);
  await createReferences(session, spec);
  await runCustoms(session, spec);
  const outcomes = z.array(Outcome).parse(await session.rows(spec.ruleset.outcomes));
  expectOutcomes(spec, outcomes);
  const failed = outcomes.filter(({ passed }) => passed !== true);
  return collectFailures(session, spec, failed);
};

const createBatchFiles = async (session: Session, { files }: QualitySpec): Promise<void> => {
  const rows = files.map(
    ({ key, version, landed_at }) => `(${literal(key)}, ${literal(version)}, ${timestamp(landed_at)})`,
  );
  await session.run(
    'create or replace temp table batch_files (landed_file varchar, landed_version varchar, landed_at timestamp)',
  );
  await session.run(`insert into batch_files values ${rows.join(', ')}`);
};

const createReferences = async (session: Session, { ruleset }: QualitySpec): Promise<void> => {
  for (const dataset of ruleset.references) {
    await session.run(
      `create or replace temp view ${identifier(`silver_${dataset}`)} as select * from ${silverName(dataset)}`,
    );
  }
};

/** In CustomSql, `primary` holds the rows of one file at a time. */
const runCustoms = async (session: Session, { files, ruleset }: QualitySpec): Promise<void> => {
  await session.run(
    'create or replace temp table custom_outcomes (landed_file varchar, atom integer, metric double, passed boolean)',
  );
  if (ruleset.customs.length === 0) return;
  for (const { key } of files) {
    await session.run(
      `create or replace temp view "primary" as select * from staged where landed_file = ${literal(key)}`,
    );
    for (const { atom, sql } of ruleset.customs) {
      await session.run(
        `insert into custom_outcomes select ${literal(key)}, ${atom}, answer.* from (\n${sql}\n) as answer`,
      );
    }
  }
};

/** A file without an outcome must never pass. */
const expectOutcomes = ({ files, ruleset }: QualitySpec, outcomes: readonly Outcome[]): void => {
  const answers = new Set(outcomes.map(({ landed_file, rule_number }) => `${rule_number} ${landed_file}`));
  const due = files.flatMap(({ key }) => ruleset.rules.map(({ number }) => `${number} ${key}`));
  const missing = due.find((answer) => !answers.has(answer));
  if (missing !== undefined || outcomes.length !== due.length) {
    throw new SpecMismatch(
      `the ruleset's SQL gave ${outcomes.length} outcomes for ${due.length} files and rules`,
    );
  }
};

const collectFailures = async (
  session: Session,
  spec: QualitySpec,
  failed: readonly Outcome[],
): Promise<Verdicts> => {
  const verdicts = new Map(spec.files.map(({ key }) => [key, [] as RuleViolation[]]));
  for (const { number, text } of spec.ruleset.rules) {
    const broken = failed.filter(({ rule_number }) => rule_number === number);
    const examples = await exampleRows(session, spec, number, broken);
    for (const { landed_file, metric } of broken) {
      verdicts.get(landed_file)?.push({ rule: text, metric, examples: examples.get(landed_file) ?? [] });
    }
  }
  return verdicts;
};

type Examples = Map<string, RuleViolation['examples']>;

/**
 * Up to five rows of each file that break the rule, always the same ones; values are cut at 100 characters, personal ones
 * hidden.
 */
const exampleRows = async (
  session: Session,
  { ruleset, pii, table }: QualitySpec,
  number: number,
  broken: readonly Outcome[],
): Promise<Examples> => {
  const sql = ruleset.examples.find((example) => example.number === number)?.sql;
  const examples: Examples = new Map();
  if (!sql || broken.length === 0) return examples;
  const names = table.columns.map(({ name }) => name);
  const rows = await session.rows(`
    select landed_file as example_of, ${names.map((name) => shown(name, pii)).join(', ')}
    from (
      select *, row_number() over (partition by landed_file order by ${columnList(names)}) as example_number
      from (\n${sql}\n) as offending
      where landed_file in ${list(broken.map(({ landed_file }) => literal(landed_file)))}
    ) as numbered
    where example_number <= 5
    order by landed_file, example_number`);
  for (const { example_of, ...row } of rows) {
    const key = String(example_of);
    examples.set(key, [...(examples.get(key) ?? []), z.record(z.string(), z.string().nullable()).parse(row)]);
  }
  return examples;
};

const shown = (name: string, pii: readonly string[]): string => {
  const column = identifier(name);
  const value = pii.includes(name)
    ? `case when ${column} is not null then '***' end`
    : `left(cast(${column} as varchar), 100)`;
  return `${value} as ${column}`;
};
