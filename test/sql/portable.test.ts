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

const questionOf = ({ type }: TestEngine, text: PortableLine['so'][number][0]): Question => {
  const source = typeof text === 'string' ? render(text, type) : text(type === 'spark' ? 'spark' : 'duckdb');
  const value = source.startsWith('select ') ? `(${source})` : source;
  const sql = `select ${value} as value from (select 'quoted' as "a b") as one`;
  return { relations: source.includes('from digits') ? [digits] : [], sql, columns: { value: 'text' } };
};

const shownValue = (answer: Answer | undefined): unknown => {
  if (!answer) return undefined;
  return 'error' in answer ? `!${answer.error.replaceAll(/\s+/g, ' ')}` : answer.rows[0]?.value;
};

const isOn = ({ type }: TestEngine, { engines }: PortableLine): boolean =>
  engines !== 'silver' || type !== 'redshift';

describeAllEngines('a text for several engines', (engine) => {
  const lines = portableLines.filter((line) => isOn(engine, line));
  const textsOf = ({ so, bites }: PortableLine) => [
    ...so.map(([text]) => text),
    ...(bites ? [bites[0]] : []),
  ];
  let asked: Promise<Map<PortableLine, unknown[]>> | undefined;
  const askAll = async (): Promise<Map<PortableLine, unknown[]>> => {
    const answers = await engine.ask(lines.flatMap(textsOf).map((text) => questionOf(engine, text)));
    const values = answers.map(shownValue);
    return new Map(lines.map((line) => [line, values.splice(0, textsOf(line).length)]));
  };

  test.each(lines.map((line) => [line.about, line] as const))(
    '%s',
    async (_, line) => {
      asked ??= askAll();
      const values = (await asked).get(line) ?? [];
      const [, differing] = line.bites ?? [];
      const wanted = differing?.[engine.type] ?? null;
      const bitten = values.slice(line.so.length);
      expect(values.slice(0, line.so.length)).toEqual(line.so.map(([, value]) => value));
      expect(bitten).toEqual(
        !differing ? [] : [wanted?.startsWith('!') ? expect.stringContaining(wanted.slice(1)) : wanted],
      );
    },
    180_000,
  );
});
