import { expect, test } from 'vitest';
import { describeAllEngines } from './engines/describe-engines.ts';
import type { Answer, Question, Relation, TestEngine } from './engines/engine.ts';
import { type PortableLine, portableLines } from './portable-lines.ts';
import { openModelTexts } from './templates.ts';

const render = await openModelTexts();

/** Digits in no order, one of them missing. */
const digits: Relation = {
  name: 'digits',
  columns: { digit: 'bigint' },
  rows: [{ digit: 2 }, { digit: null }, { digit: 0 }, { digit: 3 }],
};

type Text = PortableLine['so'][number][0];

const written = ({ type }: TestEngine, text: Text): string => {
  const source = typeof text === 'string' ? render(text, type) : text(type === 'spark' ? 'spark' : 'duckdb');
  return source.startsWith('select ') ? `(${source})` : source;
};

/** One statement for all texts: each is a column of it. */
const questionOf = (engine: TestEngine, texts: readonly Text[]): Question => {
  const values = texts.map((text, at) => `${written(engine, text)} as value_${at}`);
  return {
    relations: [digits],
    sql: `select ${values.join(', ')} from (select 'quoted' as "a b") as one`,
    columns: Object.fromEntries(texts.map((_, at) => [`value_${at}`, 'text' as const])),
  };
};

const shownValue = (answer: Answer | undefined): unknown => {
  if (!answer) return undefined;
  return 'error' in answer ? `!${answer.error.replaceAll(/\s+/g, ' ')}` : answer.rows[0]?.value_0;
};

const isOn = ({ type }: TestEngine, { engines }: PortableLine): boolean =>
  engines !== 'silver' || type !== 'redshift';

/** What an engine makes of all that is written, in one go, and of what bites, each by itself since it may be an error. */
const askAll = async (engine: TestEngine, lines: readonly PortableLine[]) => {
  const bites = lines.flatMap(({ bites }) => (bites ? [bites[0]] : []));
  const good = questionOf(
    engine,
    lines.flatMap(({ so }) => so.map(([text]) => text)),
  );
  const [answer, ...bitten] = await engine.ask([good, ...bites.map((text) => questionOf(engine, [text]))]);
  if (!answer || 'error' in answer) throw new Error(answer?.error);
  return { values: Object.values(answer.rows[0] ?? {}), bitten: bitten.map(shownValue) };
};

describeAllEngines('a text for several engines', (engine) => {
  const lines = portableLines.filter((line) => isOn(engine, line));
  let asked: ReturnType<typeof askAll> | undefined;

  test.each(lines.map((line, at) => [line.about, line, at] as const))(
    '%s',
    async (_, { so, bites }, at) => {
      asked ??= askAll(engine, lines);
      const { values, bitten } = await asked;
      const before = lines.slice(0, at);
      const first = before.flatMap((line) => line.so).length;
      expect(values.slice(first, first + so.length)).toEqual(so.map(([, value]) => value));
      if (!bites) return;
      const [text, { [engine.type]: wanted }] = bites;
      const found = bitten[before.filter((line) => line.bites).length];
      expect([text, found]).toEqual([
        text,
        wanted?.startsWith('!') ? expect.stringContaining(wanted.slice(1)) : wanted,
      ]);
    },
    300_000,
  );
});
