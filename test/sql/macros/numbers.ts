import { expect } from 'vitest';
import { type Relation, rowsOf } from '../engines/engine.ts';
import { type MacroTests, render } from './macro-test.ts';

const numbers = ['0', '7', '-0.45877', '179.9', '12', '-120', '999.000001'];
const others = [
  '',
  '-',
  '.',
  '.5',
  '5.',
  '1.2.3',
  '--1',
  '+1',
  '1234',
  ' 1',
  '1 ',
  '1e3',
  'x',
  '１',
  'Inf',
  '1,5',
];

const texts: Relation = {
  name: 'texts',
  columns: { said: 'varchar' },
  rows: [...numbers, ...others, null].map((said) => ({ said })),
};

/** Tests of the macro of `sql/macros/numbers.sql`. */
export const numberMacros: MacroTests = {
  is_degrees: {
    engines: 'silver',
    says: 'knows the texts that can be cast to a number of at most three digits before the point',
    run: async (engine) => {
      const sql = render(
        `select said, cast(case when {{ is_degrees('said') }} then said end as decimal(9, 6)) is not null as is_number from texts`,
        engine.type,
      );
      const columns = { said: 'text', is_number: 'boolean' } as const;
      const rows = await rowsOf(engine, { relations: [texts], sql, columns });
      expect(
        rows
          .filter(({ is_number }) => is_number)
          .map(({ said }) => said)
          .sort(),
      ).toEqual([...numbers].sort());
      expect(rows).toHaveLength(texts.rows.length);
    },
  },
};
