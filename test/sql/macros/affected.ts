import { expect } from 'vitest';
import { type Relation, rowsOf } from '../engines/engine.ts';
import { type MacroTests, render } from './macro-test.ts';

/** The model `listens` as other models refer to it. */
const listens: Relation = {
  name: '__dbt__cte__listens',
  columns: { id: 'bigint', listen_date: 'date', genre: 'varchar' },
  rows: [
    { id: 1, listen_date: '2024-06-25', genre: 'rock' },
    { id: 2, listen_date: '2024-06-25', genre: 'jazz' },
    { id: 3, listen_date: '2024-06-26', genre: 'rock' },
    { id: 4, listen_date: '2024-06-26', genre: 'rock' },
  ],
};
const touchedDays: Relation = {
  name: 'affected_listens_listen_date',
  columns: { listen_date: 'date' },
  rows: [{ listen_date: '2024-06-26' }, { listen_date: '2024-06-27' }],
};
const touchedPairs: Relation = {
  name: 'affected_listens_listen_date_genre',
  columns: { listen_date: 'date', genre: 'varchar' },
  rows: [
    { listen_date: '2024-06-26', genre: 'rock' },
    { listen_date: '2024-06-27', genre: 'folk' },
  ],
};

/** Tests of the macros of `sql/macros/affected.sql`. */
export const affectedMacros: MacroTests = {
  affected: {
    engines: 'all',
    says: 'names what a rebuild touches, by one column or several',
    run: async (engine) => {
      const day = render(
        `select cast(listen_date as varchar(10)) as listen_date from {{ affected('listens', 'listen_date') }} order by listen_date`,
        engine.type,
      );
      expect(await rowsOf(engine, { relations: [touchedDays], sql: day })).toEqual(touchedDays.rows);
      const pair = render(
        `select genre from {{ affected('listens', ['listen_date', 'genre']) }} order by genre`,
        engine.type,
      );
      expect(await rowsOf(engine, { relations: [touchedPairs], sql: pair })).toEqual([
        { genre: 'folk' },
        { genre: 'rock' },
      ]);
    },
  },
  where_affected: {
    engines: 'all',
    says: 'keeps what an incremental run touches, and everything in a full one',
    run: async (engine) => {
      const source = `select id from {{ ref('listens') }} {{ where_affected('listens', 'listen_date') }} order by id`;
      const ask = async (incremental: boolean) => {
        const sql = render(source, engine.type, { incremental });
        const rows = await rowsOf(engine, { relations: [listens, touchedDays], sql });
        return rows.map(({ id }) => Number(id));
      };
      expect(await ask(true)).toEqual([3, 4]);
      expect(await ask(false)).toEqual([1, 2, 3, 4]);
    },
  },
  spine: {
    engines: 'all',
    says: 'has each value once, also one whose rows vanished',
    run: async (engine) => {
      const source = `select cast(listen_date as varchar(10)) as listen_date, genre
        from {{ spine('listens', ['listen_date', 'genre']) }} order by listen_date, genre`;
      const ask = (incremental: boolean) =>
        rowsOf(engine, {
          relations: [listens, touchedPairs],
          sql: render(source, engine.type, { incremental }),
        });
      expect(await ask(true)).toEqual(touchedPairs.rows);
      expect(await ask(false)).toEqual([
        { listen_date: '2024-06-25', genre: 'jazz' },
        { listen_date: '2024-06-25', genre: 'rock' },
        { listen_date: '2024-06-26', genre: 'rock' },
      ]);
      const days = render(
        `select cast(listen_date as varchar(10)) as listen_date from {{ spine('listens', 'listen_date') }} order by listen_date`,
        engine.type,
      );
      expect(await rowsOf(engine, { relations: [listens], sql: days })).toEqual([
        { listen_date: '2024-06-25' },
        { listen_date: '2024-06-26' },
      ]);
    },
  },
};
