import { expect } from 'vitest';
import { rowsOf } from '../engines/engine.ts';
import { type MacroTests, render } from './macro-test.ts';

/** Tests of the macros of `sql/macros/digits.sql`, `types.sql` and `views.sql`. */
export const plainMacros: MacroTests = {
  digits: {
    engines: 'all',
    says: 'has ten rows',
    run: async (engine) => {
      const sql = render('select digit from ({{ digits() }}) as ten order by digit', engine.type);
      const rows = await rowsOf(engine, { sql });
      expect(rows).toEqual(Array.from({ length: 10 }, (_, digit) => ({ digit })));
    },
  },
  stored_view: {
    engines: 'all',
    says: 'is a stored view on Redshift alone',
    run: async (engine) => {
      const words = { duckdb: 'view', spark: 'view', redshift: 'materialized_view' };
      expect(render('{{ stored_view() }}', engine.type)).toBe(words[engine.type]);
    },
  },
  double: {
    engines: 'all',
    says: 'names the 64-bit float',
    run: async (engine) => {
      const sql = render(
        `select cast('0.1' as {{ double() }}) + cast(0.2 as {{ double() }}) as sum`,
        engine.type,
      );
      const [answer] = await engine.ask([{ sql }]);
      const names = { duckdb: 'double', spark: 'double', redshift: 'float8' };
      expect(answer).toEqual({ rows: [{ sum: 0.1 + 0.2 }], types: { sum: names[engine.type] } });
    },
  },
};
