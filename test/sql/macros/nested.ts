import { expect } from 'vitest';
import { type Relation, rowsOf } from '../engines/engine.ts';
import { type MacroTests, render } from './macro-test.ts';

/** Records of a nested file: no items, none said, missing and incomplete ones; and a name that macros use inside. */
const landed: Relation = {
  name: 'landed_sessions',
  columns: {
    id: 'varchar',
    position: 'varchar',
    items: 'struct(song varchar, price varchar)[]',
    tags: 'varchar[]',
    customer: 'struct(name varchar, tags varchar[])',
    landed_file: 'varchar',
  },
  rows: [
    { id: 'a', position: 'p', items: [], tags: [], customer: { name: 'Ann', tags: [] }, landed_file: 'f' },
    { id: 'b', position: null, items: null, tags: null, customer: null, landed_file: 'f' },
    {
      id: 'c',
      position: 'q',
      items: [{ song: 's', price: '1.10' }, null, { song: null, price: null }, { song: 't', price: '2' }],
      tags: ['x', null, 'y'],
      customer: { name: null, tags: ['v', 'w'] },
      landed_file: 'g',
    },
    {
      id: 'd',
      position: null,
      items: [null],
      tags: [null],
      customer: { name: 'Bob', tags: null },
      landed_file: 'g',
    },
  ],
};

/** Tests of the macros of `sql/macros/nested.sql`. */
export const nestedMacros: MacroTests = {
  explode: {
    engines: 'silver',
    says: 'has a row for each element, numbered, and one for no elements',
    run: async (engine) => {
      const all = render(`select * from {{ explode('landed_sessions', 'items') }} as sessions`, engine.type);
      const [answer = { error: 'none' }] = await engine.ask([{ relations: [landed], sql: all }]);
      expect(Object.keys('rows' in answer ? (answer.rows[0] ?? {}) : answer)).toEqual([
        ...Object.keys(landed.columns),
        ...['item', 'item_number'],
      ]);
      const items = render(
        `select id, item.song as song, item.price as price, item is null as is_missing, item_number, landed_file, position
        from {{ explode('landed_sessions', 'items') }} as sessions order by id, item_number`,
        engine.type,
      );
      const columns = {
        id: 'text',
        song: 'text',
        price: 'text',
        is_missing: 'boolean',
        item_number: 'text',
        landed_file: 'text',
        position: 'text',
      } as const;
      const none = { song: null, price: null, is_missing: true };
      expect(await rowsOf(engine, { relations: [landed], sql: items, columns })).toEqual([
        { id: 'a', ...none, item_number: null, landed_file: 'f', position: 'p' },
        { id: 'b', ...none, item_number: null, landed_file: 'f', position: null },
        {
          id: 'c',
          song: 's',
          price: '1.10',
          is_missing: false,
          item_number: '1',
          landed_file: 'g',
          position: 'q',
        },
        { id: 'c', ...none, item_number: '2', landed_file: 'g', position: 'q' },
        { id: 'c', ...none, is_missing: false, item_number: '3', landed_file: 'g', position: 'q' },
        {
          id: 'c',
          song: 't',
          price: '2',
          is_missing: false,
          item_number: '4',
          landed_file: 'g',
          position: 'q',
        },
        { id: 'd', ...none, item_number: '1', landed_file: 'g', position: null },
      ]);
      const inside = render(
        `select id, item, item_number from {{ explode('landed_sessions', 'customer.tags') }} as sessions order by id, item_number`,
        engine.type,
      );
      const texts = { id: 'text', item: 'text', item_number: 'text' } as const;
      expect(await rowsOf(engine, { relations: [landed], sql: inside, columns: texts })).toEqual([
        { id: 'a', item: null, item_number: null },
        { id: 'b', item: null, item_number: null },
        { id: 'c', item: 'v', item_number: '1' },
        { id: 'c', item: 'w', item_number: '2' },
        { id: 'd', item: null, item_number: null },
      ]);
    },
  },
  element: {
    engines: 'silver',
    says: 'counts from 1, and is NULL beyond the last',
    run: async (engine) => {
      const columns = [1, 2, 3, 4].map((position) => `{{ element('tags', ${position}) }} as tag_${position}`);
      const sql = render(
        `select id, ${columns.join(', ')}, {{ element('customer.tags', 2) }} as inside from landed_sessions order by id`,
        engine.type,
      );
      const none = { tag_1: null, tag_2: null, tag_3: null, tag_4: null, inside: null };
      expect(await rowsOf(engine, { relations: [landed], sql })).toEqual([
        { id: 'a', ...none },
        { id: 'b', ...none },
        { id: 'c', ...none, tag_1: 'x', tag_3: 'y', inside: 'w' },
        { id: 'd', ...none },
      ]);
    },
  },
};
