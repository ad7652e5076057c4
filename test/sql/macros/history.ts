import { expect } from 'vitest';
import { type Relation, rowsOf } from '../engines/engine.ts';
import { type MacroTests, render } from './macro-test.ts';

const plans: Relation = {
  name: 'plans',
  columns: { id: 'bigint', plan: 'varchar', seen: 'timestamp', file: 'varchar' },
  rows: [
    { id: 1, plan: 'pro', seen: '2024-03-01 00:00:00', file: 'b' },
    { id: 1, plan: 'free', seen: '2024-01-01 00:00:00', file: 'a' },
    { id: 1, plan: 'free', seen: '2024-02-01 00:00:00', file: 'a' },
    { id: 1, plan: 'lost', seen: '2024-03-01 00:00:00', file: 'a' },
  ],
};

/** Tests of the macro of `sql/macros/history.sql`; `test/sql/history.test.ts` compares it with a plain program. */
export const historyMacros: MacroTests = {
  history: {
    engines: 'all',
    says: 'has a version for each change',
    run: async (engine) => {
      const sql = render(
        `select id, plan, is_current, valid_from, valid_to from {{ history('plans', ['id'], ['plan'], 'seen', ['file']) }} as versions order by valid_from`,
        engine.type,
      );
      const columns = {
        id: 'text',
        plan: 'text',
        is_current: 'boolean',
        valid_from: 'timestamp',
        valid_to: 'timestamp',
      } as const;
      const change = '2024-03-01 00:00:00.000000';
      expect(await rowsOf(engine, { relations: [plans], sql, columns })).toEqual([
        {
          id: '1',
          plan: 'free',
          is_current: false,
          valid_from: '1900-01-01 00:00:00.000000',
          valid_to: change,
        },
        {
          id: '1',
          plan: 'pro',
          is_current: true,
          valid_from: change,
          valid_to: '9999-12-31 00:00:00.000000',
        },
      ]);
    },
  },
  is_pulled: {
    engines: 'all',
    says: 'knows the files of a pull of a dataset, and their repairs',
    run: async (engine) => {
      const pulled = 'data/songs2/songs2-2024-01-01-2024-01-31-1.jsonl';
      const files = [
        pulled,
        `${pulled}#repair`,
        'data/songs2/songs2.jsonl',
        'data/songs2/songs2-2024-01-01.jsonl',
        'data/songs2/songs2-2024-0x-01-2024-01-31-1.jsonl',
        'data/songs/songs-2024-01-01-2024-01-31-1.jsonl',
        '',
      ];
      const landed: Relation = {
        name: 'landed',
        columns: { file: 'varchar' },
        rows: files.map((file) => ({ file })),
      };
      const sql = render(`select file from landed where {{ is_pulled('file', 'songs2') }}`, engine.type);
      const rows = await rowsOf(engine, { relations: [landed], sql });
      expect(rows.map(({ file }) => file).sort()).toEqual([pulled, `${pulled}#repair`]);
    },
  },
};
