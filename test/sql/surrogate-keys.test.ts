import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeGoldEngines } from './engines/describe-engines.ts';
import { type Relation, rowsOf } from './engines/engine.ts';
import { textOf } from './shop/plain-history.ts';
import { openModelTexts } from './templates.ts';

const render = await openModelTexts();

const part = fc.constantFrom(
  '',
  '-',
  ':',
  '|',
  '1',
  '0',
  '1:',
  '1:1',
  '-1',
  ' ',
  'a',
  '😀',
  'é',
  'null',
  '\\',
  "'",
);
const word = fc.oneof(
  fc.constant(null),
  fc.array(part, { maxLength: 3 }).map((parts) => parts.join('')),
);
const number = fc.option(fc.constantFrom('0', '1', '11', '-1'));
const list = fc.record({
  one: word,
  other: word,
  whole: number,
  amount: fc.constantFrom(null, '0.00', '1.10'),
});

const relation = (rows: Relation['rows']): Relation => ({
  name: 'lists',
  columns: { number: 'bigint', one: 'varchar', other: 'varchar', whole: 'bigint', amount: 'decimal(9,2)' },
  rows,
});

describeGoldEngines('the text under a surrogate key', (engine) => {
  test('is the same only for the same values: separators, NULL, empty texts and numbers', async () => {
    const lists = fc.sample(list, 3000);
    const columns = ['one', 'other', 'whole', 'amount'] as const;
    const texts = [...columns.keys()].map((least) => columns.slice(0, least + 1));
    const selects = texts.map(
      (names, at) =>
        `select number, ${names.length} as width, {{ key_text(${JSON.stringify(names)}) }} as said, {{ surrogate_key(${JSON.stringify(names)}) }} as surrogate${at} from lists`,
    );
    const sql = render(selects.join(' union all ').replaceAll(/surrogate\d/g, 'surrogate'), engine.type);
    const rows = await rowsOf(engine, {
      relations: [relation(lists.map((values, at) => ({ number: at, ...values })))],
      sql,
      columns: { number: 'text', width: 'text', said: 'text', surrogate: 'text' },
    });
    const meant = new Map<string, string>();
    for (const { number: at, width, said, surrogate } of rows) {
      const values = columns.slice(0, Number(width)).map((name) => lists[Number(at)]?.[name] ?? null);
      expect(said).toBe(textOf(values));
      const text = JSON.stringify(values);
      for (const key of [String(said), String(surrogate)]) {
        expect(meant.get(key) ?? text).toBe(text);
        meant.set(key, text);
      }
    }
    expect(rows).toHaveLength(4 * lists.length);
    expect(new Set(meant.values()).size).toBeGreaterThan(1500);
  }, 60_000);
});
