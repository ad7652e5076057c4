import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { rowsOf } from '../engines/engine.ts';
import { type MacroTests, render } from './macro-test.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const values = [
  `'a-b'`,
  `cast(null as varchar(9))`,
  `''`,
  '12',
  'cast(1.5 as decimal(9, 2))',
  `date '2024-02-29'`,
];
const list = JSON.stringify(values);
const typed = `['1 = 1', '1 = 0', 'cast(null as boolean)'], types={'1 = 1': 'boolean', '1 = 0': 'boolean', 'cast(null as boolean)': 'boolean'}`;

/** Tests of the macros of `sql/macros/keys.sql`. */
export const keyMacros: MacroTests = {
  key_text: {
    engines: 'all',
    says: 'has each value after its length, and a hyphen for NULL; a boolean before a semicolon',
    run: async (engine) => {
      const rows = await rowsOf(engine, {
        sql: render(`select {{ key_text(${list}) }} as said`, engine.type),
      });
      expect(rows).toEqual([{ said: '3:a-b-0:2:124:1.5010:2024-02-29' }]);
      const booleans = await rowsOf(engine, {
        sql: render(`select {{ key_text(${typed}) }} as said`, engine.type),
      });
      expect(booleans).toEqual([{ said: 'true;false;;' }]);
    },
  },
  surrogate_key: {
    engines: 'all',
    says: 'is the MD5 of that text',
    run: async (engine) => {
      const sql = render(`select {{ surrogate_key(${list}) }} as said`, engine.type);
      expect(await rowsOf(engine, { sql })).toEqual([{ said: md5('3:a-b-0:2:124:1.5010:2024-02-29') }]);
    },
  },
  unknown_key: {
    engines: 'all',
    says: 'is a word that no MD5 is',
    run: async (engine) => {
      const sql = render('select {{ unknown_key() }} as said', engine.type);
      expect(await rowsOf(engine, { sql })).toEqual([{ said: 'unknown' }]);
    },
  },
};
