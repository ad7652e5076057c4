import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { compileRuleset } from '../../functions/quality/compile.ts';
import {
  type Batch,
  COLUMNS,
  LANDED_AT,
  type Outcome,
  type Row,
} from '../functions/quality/ruleset-bench.ts';
import type { TestSpark } from '../spark/spark.ts';

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const Text = z.string().nullable();
const Validated = z.object({
  outcomes: z.array(
    z.object({ landed_file: z.string(), rule_number: z.number(), passed: z.boolean(), metric: Text }),
  ),
  examples: z.array(z.object({ number: z.number(), rows: z.array(z.record(z.string(), z.unknown())) })),
});

const Answered = z.array(
  z.record(
    z.string(),
    z.object({ passed: z.boolean(), reason: z.string(), metrics: z.record(z.string(), z.number()) }),
  ),
);
/** What Deequ says of one file, by the texts of rules; a rule that its parser rejects is not there. */
export type OracleAnswer = ReadonlyMap<
  string,
  { readonly passed: boolean; readonly reason: string; readonly metrics: Readonly<Record<string, number>> }
>;

type Landed = {
  readonly landedAt?: string;
  readonly references?: Batch;
  /** Whether the rows that offend are wanted, a query for each rule. */
  readonly examples?: boolean;
};

/** A hundred rules at a time: a plan of many more takes Spark longer than its rows do. */
export const chunks = <Item>(items: readonly Item[], size = 100): (readonly Item[])[] =>
  items.length <= size ? [items] : [items.slice(0, size), ...chunks(items.slice(size), size)];

/** Validates a batch with our SQL on Spark; outcomes by file in the order of the rules, examples by the rule's number. */
export const validateOnSpark = async (
  spark: TestSpark,
  ruleset: string,
  batch: Batch,
  { landedAt = LANDED_AT, references = {}, examples: wanted = false }: Landed = {},
) => {
  const compiled = compileRuleset(ruleset, { dataset: 'people', columns: COLUMNS }, { dialect: 'spark' });
  const { outcomes, examples } = Validated.parse(
    await ask(spark, 'validate.py', {
      ...compiled,
      examples: wanted ? compiled.examples : [],
      columns: COLUMNS,
      files: Object.keys(batch),
      landed_at: landedAt,
      rows: Object.entries(batch).flatMap(([file, rows]) => landedRows(file, rows, landedAt)),
      references: textsOf(references),
    }),
  );
  const byFile = Object.fromEntries(Object.keys(batch).map((file): [string, Outcome[]] => [file, []]));
  for (const { landed_file, passed, metric } of outcomes.sort((a, b) => a.rule_number - b.rule_number))
    byFile[landed_file]?.push({ passed, metric });
  return { outcomes: byFile, examples };
};

/** Asks Deequ for the rules of each file; the rules of one set share a scan, so that one that breaks breaks the others. */
export const askOracle = async (
  spark: TestSpark,
  files: readonly { readonly rows: readonly Row[]; readonly rulesets: readonly (readonly string[])[] }[],
  { landedAt = LANDED_AT, references = {} }: Landed = {},
): Promise<OracleAnswer[]> => {
  const answers = Answered.parse(
    await ask(spark, 'oracle.py', {
      columns: COLUMNS,
      files: files.map(({ rows, rulesets }) => ({ rows: landedRows('a.csv', rows, landedAt), rulesets })),
      references: textsOf(references),
    }),
  );
  return answers.map(
    (answer) => new Map(Object.entries(answer).map(([rule, said]) => [normalised(rule), said])),
  );
};

/** A rule's text without what printing changes: spaces and the case of `and` and `or`. */
export const normalised = (rule: string): string =>
  rule.replace(/\s+/g, '').replace(/\)(and|or)\(/gi, (word) => word.toLowerCase());

const ask = async (spark: TestSpark, name: string, question: unknown): Promise<unknown> => {
  const folder = await mkdtemp(join(tmpdir(), 'rules-'));
  const [asked, answered] = [join(folder, 'asked.json'), join(folder, 'answered.json')];
  await writeFile(asked, JSON.stringify(question));
  await spark.worker.run(script(name), [asked, answered]);
  const answer: unknown = JSON.parse(await readFile(answered, 'utf8'));
  await rm(folder, { recursive: true });
  return answer;
};

const landedRows = (file: string, rows: readonly Row[], landedAt: string) =>
  rows.map((row) =>
    texts({ ...row, landed_file: file, landed_version: 'v1', landed_at: landedAt, batch_id: 'b' }),
  );

const textsOf = (batch: Batch) =>
  Object.fromEntries(Object.entries(batch).map(([name, rows]) => [name, rows.map(texts)]));

/** Values travel as texts, because a JSON number may not hold them. */
const texts = (row: Row) =>
  Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cell === null ? null : String(cell)]));
