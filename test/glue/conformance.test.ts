import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RULE_TYPES } from '../../functions/quality/rule-types.ts';
import { type Batch, type Bench, type Outcome, openBench } from '../functions/quality/ruleset-bench.ts';
import { describeSpark } from '../spark/spark.ts';
import { CUSTOM_FILES, CUSTOM_RULES, framesAt, OTHERS, RULES } from './conformance-cases.ts';
import { DIFFERENCES, type Difference, expectedOfDeequ } from './differences.ts';
import { askOracle, chunks, normalised, type OracleAnswer, validateOnSpark } from './rules-on-spark.ts';

/** The oracle asks the clock where we ask for the landing time. */
const now = Date.now();
const momentAgo = (hours: number) =>
  new Date(now - hours * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
const landedAt = momentAgo(0);

const frames = framesAt(momentAgo);
const names = Object.keys(frames);
const customFrames = Object.fromEntries(CUSTOM_FILES.map((name) => [name, frames[name] ?? []]));
const rules = Object.values(RULES).flat();
const given = { landedAt, references: { others: OTHERS } };
const rulesetOf = (texts: readonly string[]) => `Rules = [\n${texts.join(',\n')}\n]`;

type Answers = ReadonlyMap<string, Outcome>;
/** Our answer to a rule for a file, and what Deequ is known to answer. */
type Case = {
  readonly name: string;
  readonly rule: string;
  readonly ours: Outcome;
  readonly deequ: boolean;
  readonly used: readonly Difference[];
};

const keyOf = (name: string, rule: string) => `${name}: ${normalised(rule)}`;
const answersOf = (
  texts: readonly string[],
  outcomes: Readonly<Record<string, readonly Outcome[]>>,
): Answers =>
  new Map(
    Object.entries(outcomes).flatMap(([name, own]) =>
      own.map((outcome, index) => [keyOf(name, texts[index] ?? ''), outcome] as const),
    ),
  );

const casesOf = (answers: Answers): Case[] =>
  names.flatMap((name) => {
    const own = (rule: string): Outcome => {
      const outcome = answers.get(keyOf(name, rule));
      if (!outcome) throw new TypeError(`${rule} was not asked of ${name}`);
      return outcome;
    };
    const asked = CUSTOM_FILES.includes(name) ? [...rules, ...CUSTOM_RULES] : rules;
    return asked.map((rule) => {
      const { passed, used } = expectedOfDeequ(rule, frames[name] ?? [], (text) => own(text).passed);
      return { name, rule, ours: own(rule), deequ: passed, used };
    });
  });

const isDifferent = ({ ours, deequ }: Case) => ours.passed !== deequ;

/**
 * A case takes the oracle a tenth of a second: it is asked every eighth, all of CustomSql, and two of each difference;
 * `CONFORMANCE=all` asks all.
 */
const selected = (cases: readonly Case[]): Case[] => {
  const telling = DIFFERENCES.flatMap((difference) =>
    cases.filter((own) => isDifferent(own) && own.used.includes(difference)).slice(0, 2),
  );
  return cases.filter(
    (own, index) =>
      process.env.CONFORMANCE === 'all' ||
      index % 8 === 0 ||
      own.rule.startsWith('CustomSql') ||
      telling.includes(own),
  );
};

describe('the cases', () => {
  test('are of every rule type', () => {
    const asked = [...rules, ...CUSTOM_RULES].flatMap((rule) => rule.match(/^\w+/) ?? []);
    expect(new Set(asked)).toEqual(new Set(Object.keys(RULE_TYPES)));
  });
});

describeSpark('rulesets', (spark) => {
  let bench: Bench;
  let ours: Answers;
  beforeAll(async () => {
    bench = await openBench();
    const others = OTHERS.map(({ id, name }) => `(${id}, '${name}')`);
    await bench.connection.run(
      `create table silver_others as select * from (values ${others.join(', ')}) as o(id, name)`,
    );
    const { outcomes } = await bench.validate(rulesetOf(rules), frames, landedAt);
    const customs = await bench.validate(rulesetOf(CUSTOM_RULES), customFrames, landedAt);
    ours = new Map([...answersOf(rules, outcomes), ...answersOf(CUSTOM_RULES, customs.outcomes)]);
  }, 60_000);
  afterAll(() => bench?.close());

  test('have the same outcomes and metrics on Spark and on DuckDB', async () => {
    const onSpark = new Map<string, Outcome>();
    const validate = async (own: readonly string[], files: Batch) => {
      const { outcomes } = await validateOnSpark(spark(), rulesetOf(own), files, given);
      for (const [key, outcome] of answersOf(own, outcomes)) onSpark.set(key, outcome);
    };
    for (const own of chunks(rules)) await validate(own, frames);
    await validate(CUSTOM_RULES, customFrames);
    expect(onSpark.size).toBeGreaterThan(3_000);
    expect(onSpark).toEqual(ours);
  }, 600_000);

  test('have the outcomes and metrics of Deequ, but for the differences that are listed', async () => {
    const cases = selected(casesOf(ours));
    expect(cases.length).toBeGreaterThan(400);
    const files = names.map((name) => ({
      rows: frames[name] ?? [],
      rulesets: setsOf(cases.filter((own) => own.name === name).map(({ rule }) => rule)),
    }));
    const answers = await askOracle(spark(), files, given);
    expect(cases.flatMap((own) => problemsOf(own, answers[names.indexOf(own.name)]))).toEqual([]);
    const seen = cases.filter(isDifferent).flatMap(({ used }) => used);
    expect(DIFFERENCES.filter((difference) => !seen.includes(difference))).toEqual([]);
  }, 600_000);
});

/** A rule that breaks while it is evaluated breaks those that share its scan, and metrics of one name are mixed up. */
const setsOf = (texts: readonly string[]): string[][] => {
  const isAlone = (rule: string) => rule.includes('liked') || rule.startsWith('CustomSql');
  return [texts.filter((rule) => !isAlone(rule)), ...texts.filter(isAlone).map((rule) => [rule])];
};

const problemsOf = ({ name, rule, ours, deequ, used }: Case, said: OracleAnswer | undefined): string[] => {
  const theirs = said?.get(normalised(rule));
  if (theirs?.passed !== deequ)
    return [`${name}: ${rule}: expected Deequ to say ${deequ}, got ${JSON.stringify(theirs)}`];
  const problem = used.length === 0 ? metricProblem(ours.metric, theirs.metrics) : undefined;
  return problem ? [`${name}: ${rule}: ${problem}`] : [];
};

/** What Deequ measures, where that is what we do: not extremes, nor matches, nor data types, as which Spark casts more texts. */
const SAME_METRIC =
  /\.(Completeness|Uniqueness|UniqueValueRatio|RowCount|DistinctValuesCount|Sum|Mean|StandardDeviation|Entropy|CustomSQL|(ColumnValues|DataFreshness)\.Compliance|LengthCompliance|ReferentialIntegrity)$/;

const metricProblem = (ours: string | null, theirs: Readonly<Record<string, number>>): string | undefined => {
  const [[name, value] = ['', 0], ...more] = Object.entries(theirs);
  if (more.length > 0 || !SAME_METRIC.test(name) || ours === null || !/^[-\d.]+$/.test(ours))
    return undefined;
  const isEqual = Math.abs(Number(ours) - value) <= 1e-9 * Math.max(1, Math.abs(value));
  return isEqual ? undefined : `metric ${ours}, Deequ's ${name} is ${value}`;
};
