import fc from 'fast-check';
import { expect } from 'vitest';
import type { Relation, TestEngine } from '../engines/engine.ts';
import { rowsOf } from '../engines/engine.ts';
import { type MacroTests, render } from './macro-test.ts';
import { zonedMoments } from './zoned-moments.ts';

const moments = fc.sample(zonedMoments, { numRuns: 300, seed: 20 });

const landed: Relation = {
  name: 'landed_calls',
  columns: { id: 'varchar', called_at: 'varchar' },
  rows: [
    ...moments.map(({ text }, id) => ({ id: String(id), called_at: text })),
    { id: 'none', called_at: null },
  ],
};

const asked = (engine: TestEngine, column: string) =>
  rowsOf(engine, {
    relations: [landed],
    sql: render(`select id, ${column} as answer from landed_calls order by id`, engine.type),
    columns: { id: 'text', answer: 'text' },
  });

const byId = (rows: readonly unknown[]): unknown[] =>
  [...(rows as { id: string }[])].sort((a, b) => (a.id < b.id ? -1 : 1));

/** Tests of the macros of `sql/macros/utc.sql`. */
export const zonedMacros: MacroTests = {
  utc: {
    engines: 'silver',
    says: 'is the moment in UTC, whatever the offset and the fraction',
    run: async (engine) => {
      const seconds = "cast({{ utc('called_at') }} as varchar(30))";
      const expected = moments.map(({ utc }, id) => ({ id: String(id), answer: utc }));
      expect(byId(await asked(engine, seconds))).toEqual(byId([...expected, { id: 'none', answer: null }]));
    },
  },
  offset_minutes: {
    engines: 'silver',
    says: 'reads hours with and without minutes, and 0 without the sign',
    run: async (engine) => {
      const minutes = `cast({{ offset_minutes("'+0530'", '+') }} as varchar(9)) || ' ' ||
        cast({{ offset_minutes("'+01:45'", '+') }} as varchar(9)) || ' ' ||
        cast({{ offset_minutes("'-11'", '-') }} as varchar(9)) || ' ' ||
        cast({{ offset_minutes("'-11'", '+') }} as varchar(9))`;
      const [row] = await rowsOf(engine, { sql: render(`select ${minutes} as answer`, engine.type) });
      expect(row).toEqual({ answer: '330 105 660 0' });
    },
  },
};
