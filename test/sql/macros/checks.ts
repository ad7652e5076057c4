import { expect } from 'vitest';
import { type Relation, type Row, rowsOf, type TestEngine } from '../engines/engine.ts';
import { type MacroTests, render } from './macro-test.ts';

/** Listens of people: one row twice, one person that nobody knows, one that has changed. */
const listens: Relation = {
  name: '__dbt__cte__listens',
  columns: {
    id: 'bigint',
    person: 'varchar',
    person_key: 'varchar',
    heard_at: 'timestamp',
    price: 'decimal(9,2)',
  },
  rows: [
    { id: 1, person: 'Ann', person_key: 'a1', heard_at: '2024-01-01 10:00:00', price: '0.10' },
    { id: 2, person: 'Ann', person_key: 'a1', heard_at: '2024-03-01 00:00:00', price: '0.20' },
    { id: 3, person: 'Bob', person_key: 'unknown', heard_at: '2024-03-01 00:00:00', price: '0.30' },
    { id: 4, person: null, person_key: 'x', heard_at: '2024-03-01 00:00:00', price: null },
    { id: 4, person: null, person_key: 'unknown', heard_at: '2024-03-01 00:00:00', price: null },
  ],
};

const version = (name: string, valid_from: string, valid_to: string, rest: Row = {}): Row => ({
  ...{ person: name, person_key: `${name[0]?.toLowerCase()}${valid_from[3]}`, town: 'Rome', is_open: true },
  ...{
    is_current: valid_to.startsWith('9999'),
    valid_from: `${valid_from} 00:00:00`,
    valid_to: `${valid_to} 00:00:00`,
  },
  ...rest,
});
const people = (rows: readonly Row[]): Relation => ({
  name: '__dbt__cte__people',
  columns: {
    ...{
      person: 'varchar',
      person_key: 'varchar',
      town: 'varchar',
      is_open: 'boolean',
      is_current: 'boolean',
    },
    ...{ valid_from: 'timestamp', valid_to: 'timestamp' },
  },
  rows,
});
const ann = [
  version('Ann', '1900-01-01', '2024-03-01', { person_key: 'a1' }),
  version('Ann', '2024-03-01', '9999-12-31', { person_key: 'a2', is_open: false }),
];

/** Subjects and details that a check finds, by subject. */
const found = async (engine: TestEngine, call: string, relations: readonly Relation[]): Promise<string[]> => {
  const sql = render(`{{ ${call} }}`, engine.type);
  const columns = { subject: 'text', detail: 'text' } as const;
  const rows = await rowsOf(engine, { relations, sql, columns });
  return rows.map(({ subject, detail }) => `${subject}: ${detail}`).sort();
};

/** Tests of the macros of `sql/macros/checks.sql`; `test/sql/shop/checks.test.ts` tries them in rebuilds. */
export const checkMacros: MacroTests = {
  subject_of: {
    engines: 'gold',
    says: 'is one text for several columns, also with NULL',
    run: async (engine) => {
      const sql = render(`select {{ subject_of(['1', "'a'", 'cast(null as date)']) }} as said`, engine.type);
      expect(await rowsOf(engine, { sql })).toEqual([{ said: '1 a -' }]);
    },
  },
  repeated_keys: {
    engines: 'gold',
    says: 'finds keys with several rows, in all of them or in those that a rebuild touches',
    run: async (engine) => {
      expect(await found(engine, `repeated_keys('listens', ['id', 'person'])`, [listens])).toEqual([
        '4 -: 2 rows',
      ]);
      expect(
        await found(engine, `repeated_keys('listens', ['person'], partition='heard_at')`, [listens]),
      ).toEqual(['-: 2 rows', 'Ann: 2 rows']);
    },
  },
  different_rows: {
    engines: 'gold',
    says: 'finds things with different rows of one moment',
    run: async (engine) => {
      const call = `different_rows('people', ['person'], ['town', 'is_open'], 'valid_from', types={'is_open': 'boolean'})`;
      const [first = {}] = ann;
      expect(await found(engine, call, [people([...ann, first])])).toEqual([]);
      const other = { ...first, is_open: null };
      expect(await found(engine, call, [people([...ann, other])])).toEqual([
        expect.stringMatching(/^Ann: 2 different rows of 1900-01-01/),
      ]);
    },
  },
  history_mistakes: {
    engines: 'gold',
    says: 'finds each mistake in a history, and allows gaps where versions can end',
    run: async (engine) => {
      const mistakes = (rows: readonly Row[], canEnd = false) =>
        found(
          engine,
          `history_mistakes('people', ['person'], ['town', 'is_open'], can_end=${canEnd}, types={'is_open': 'boolean'})`,
          [people(rows)],
        );
      const says = (words: string) => [expect.stringContaining(words)];
      const [first = {}, last = {}] = ann;
      expect(await mistakes(ann)).toEqual([]);
      const early = { ...first, valid_to: '2024-02-01 00:00:00' };
      expect(await mistakes([early, last])).toEqual(says('a gap before 2024-03-01'));
      expect(await mistakes([early, last], true)).toEqual([]);
      expect(await mistakes([early], true)).toEqual([]);
      expect(await mistakes([early])).toHaveLength(2);
      const late = { ...first, valid_to: '2024-04-01 00:00:00' };
      for (const canEnd of [false, true]) {
        expect(await mistakes([late, last], canEnd)).toEqual(says('an overlap from 2024-03-01'));
        const same = { ...last, is_open: true };
        expect(await mistakes([first, same], canEnd)).toEqual(says('equals the one before'));
        const instant = { ...first, valid_to: '1900-01-01 00:00:00' };
        expect(await mistakes([instant, last], canEnd)).toContainEqual(
          expect.stringContaining('has no time'),
        );
        const two = await mistakes([{ ...first, is_current: true }, last], canEnd);
        expect(two).toContainEqual('Ann: 2 versions are current');
        const begun = { ...first, valid_from: '1950-01-01 00:00:00' };
        expect(await mistakes([begun, last], canEnd)).toEqual(says('does not begin in 1900'));
        const swapped = [
          { ...first, is_current: true },
          { ...last, is_current: false },
        ];
        expect(await mistakes(swapped, canEnd)).toEqual(says('is not the last one'));
        const nobody = [first, { ...last, is_current: false }];
        expect(await mistakes(nobody, canEnd)).toContainEqual(expect.stringContaining('is not the last one'));
      }
    },
  },
  wrong_members: {
    engines: 'gold',
    says: 'finds rows of a fact with another member than the one of their time, or with several',
    run: async (engine) => {
      const call = `wrong_members('listens', ['id'], 'heard_at', 'person_key', 'people', {'person': 'person'}, at='heard_at')`;
      expect(await found(engine, call, [listens, people(ann)])).toEqual([
        '2: 1 rows of people fit, person_key is wrong in 1',
        '4: 2 rows of people fit, person_key is wrong in 1',
      ]);
      const all = await found(engine, call.replace(", at='heard_at'", ''), [listens, people(ann)]);
      expect(all).toContain('1: 2 rows of people fit, person_key is wrong in 1');
    },
  },
  unknown_members: {
    engines: 'gold',
    says: 'finds values with too large a share of unknown members',
    run: async (engine) => {
      const call = (percent: number) =>
        `unknown_members('listens', 'person_key', per='id', percent=${percent})`;
      expect(await found(engine, call(49), [listens])).toEqual([
        '3: person_key is unknown in 1 of 1 rows',
        '4: person_key is unknown in 1 of 2 rows',
      ]);
      expect(await found(engine, call(50), [listens])).toHaveLength(1);
    },
  },
  unequal_sums: {
    engines: 'gold',
    says: 'finds views with another sum than the fact, also without rows',
    run: async (engine) => {
      const sum = (...amounts: readonly string[]): Relation => ({
        name: '__dbt__cte__people',
        columns: { total: 'decimal(9,2)' },
        rows: amounts.map((total) => ({ total })),
      });
      const call = `unequal_sums('listens', 'price', {'people': 'total', 'listens': 'price'})`;
      expect(await found(engine, call, [listens, sum('0.60')])).toEqual([]);
      expect(await found(engine, call, [listens, sum('0.61')])).toEqual([
        'people: its sum is 0.61, that of listens 0.60',
      ]);
      expect(await found(engine, call, [listens, sum()])).toEqual([
        'people: its sum is 0.00, that of listens 0.60',
      ]);
    },
  },
};
