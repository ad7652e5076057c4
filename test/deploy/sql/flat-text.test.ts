import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { flatText } from '../../../deploy/sql/flat-text.ts';
import { loadParser, nodesOf } from '../../../deploy/sql/tree.ts';

const texts: readonly (readonly [what: string, sql: string])[] = [
  ['no with', 'select 1 as x'],
  [
    'a chain',
    'with a as (select 1 as x), b as (select x + 1 as x from a) select b.x, a.x as y from b cross join a',
  ],
  ['aliases and names of columns', 'with a (y) as (select 1) select q.y, a.y as z from a cross join a as q'],
  [
    'a with inside of another, with its name',
    'with a as (with a as (select 2 as x) select x from a) select x from a',
  ],
  [
    'the same name in two subselects',
    'select u.x, v.x as y from (with q as (select 1 as x) select q.x from q) as u cross join (with q as (select 5 as x) select x from q) as v',
  ],
  [
    'an inner name that hides an outer one',
    'with q as (select 1 as x) select u.x from (with q as (select 7 as x) select x from q) as u union all select x from q',
  ],
  [
    'sides of a union',
    '(with z as (select 1 as x) select x from z) union all (with z as (select 2 as x) select x from z)',
  ],
  [
    'subselects in conditions',
    'with a as (select 3 as x) select 1 as y where 3 in (select x from a) and exists (select 1 from a)',
  ],
  ['letters of several bytes', `with ä as (select 'ß' as x) -- ñ\n select ä.x || 'é' as y from ä`],
  [
    'comments and parentheses in texts',
    `with a as (select '(' as x /* ) */) -- (\nselect x || ')' as x from a`,
  ],
  [
    'names of columns that are names of relations',
    'with x as (select 1 as x), y as (select x from x) select y.x from y',
  ],
];

const rowsOf = async (sql: string): Promise<unknown> => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  return (await connection.runAndReadAll(`select * from (\n${sql}\n) as t order by 1`)).getRowObjectsJson();
};

describe('flatText', () => {
  beforeAll(loadParser);

  it.each(texts)('says the same: %s', async (_, sql) => {
    const flat = flatText(sql, 'owner');
    const relations = flat.relations.map((relation) => `${relation.name} as (\n${relation.sql}\n)`);
    const whole = `${relations.length > 0 ? `with ${relations.join(', ')} ` : ''}${flat.sql}`;
    expect(await rowsOf(whole)).toEqual(await rowsOf(sql));
    for (const part of [flat.sql, ...flat.relations.map((relation) => relation.sql)])
      expect(nodesOf(part).filter(({ kind }) => kind === 'WithClause')).toEqual([]);
    expect(new Set(flat.relations.map(({ name }) => name)).size).toBe(flat.relations.length);
  });

  it('gives no two owners the same name, however their names end', () => {
    const namesOf = (owner: string, name: string) =>
      flatText(`with ${name} as (select 1 as x) select x from ${name}`, owner).relations.map(
        (one) => one.name,
      );
    expect(namesOf('a', 'b__c')).not.toEqual(namesOf('a__b', 'c'));
    expect(namesOf('a', 'final')).toEqual(['a$final']);
  });

  it('leaves tables and the relations of a rebuild alone', () => {
    const sql = 'with gold as (select x from gold.gold) select gold.x from gold cross join affected_gold';
    expect(flatText(sql, 'o')).toEqual({
      sql: ' select gold.x from o$gold as gold cross join affected_gold',
      relations: [{ name: 'o$gold', sql: 'select x from gold.gold' }],
    });
  });
});
