import { describe, expect, it } from 'vitest';
import { standAlone } from '../../../deploy/sql/inlined.ts';

type Part = Parameters<typeof standAlone>[0];

const part = (name: string, kind: Part['kind'], sql: string, ...mentions: string[]): Part => ({
  name,
  kind,
  sql,
  rendered: { mentions },
});
const models = [
  part('stg_a', 'staging', 'select 1 as a'),
  part('stg_b', 'staging', 'select 2 as b'),
  part('dim', 'dimension', 'select 3 as c', 'stg_b'),
  part('kpi', 'kpi', 'select 4 as d', 'dim', 'stg_a'),
];
const a = ' __dbt__cte__stg_a as (\nselect 1 as a\n)';
const b = ' __dbt__cte__stg_b as (\nselect 2 as b\n)';
const kpi = ' __dbt__cte__kpi as (\nselect 4 as d\n)';

describe('a text that stands alone', () => {
  it.each([
    ['is as it was where all that it reads has a table', 'select 5', ['dim'], 'select 5'],
    [
      'begins with what it reads, in order of mention',
      'select 5',
      ['stg_b', 'stg_a'],
      `with${b}, ${a} select 5`,
    ],
    [
      'has what is mentioned twice once, and what that reads before it',
      'select 5',
      ['kpi', 'stg_a', 'kpi'],
      `with${a}, ${kpi} select 5`,
    ],
    [
      'puts it before its own',
      '-- x\n\nwith own as (select 6) select 7',
      ['stg_a'],
      `-- x\n\nwith ${a}, own as (select 6) select 7`,
    ],
    [
      'finds its own behind comments',
      '/* a\n with */ -- with\nWITH\n  own as (select 6) select 7',
      ['stg_a'],
      `/* a\n with */ -- with\nWITH\n  ${a}, own as (select 6) select 7`,
    ],
    ['leaves the lines above', '\n\n-- x\nselect 5', ['stg_a'], `\n\nwith${a} -- x\nselect 5`],
  ] as const)('%s', (_, sql, mentions, expected) => {
    expect(standAlone(part('tested', 'view', sql, ...mentions), models)).toBe(expected);
  });
});
