import { beforeAll, describe, expect, it } from 'vitest';
import { outputColumns } from '../../../deploy/sql/columns.ts';
import { lintSql } from '../../../deploy/sql/lint.ts';
import { loadParser } from '../../../deploy/sql/tree.ts';

const rejected: [sql: string, message: RegExp][] = [
  ['select a::int as b from t', /write cast\(x as type\)/],
  ['select "A" as b from t', /quoted names/],
  [`select 'it''s' as b from t`, /chr\(39\)/],
  [`select 'a\\d' as b from t`, /chr\(92\)/],
  [`select E'a' as b from t`, /plain quotes/],
  [`select $$a$$ as b from t`, /plain quotes/],
  ['select a / b as c from t', /half_up_ratio/],
  ['select avg(a) as b from t', /half_up_ratio of a sum/],
  ['select nvl(a, b) as c from t', /use coalesce/],
  ['select string_agg(a, b) as c from t', /string_agg is not portable/],
  [`select to_char(a, 'YYYY') as c from t`, /extract, cast and lpad/],
  [`select regexp_replace(a, 'b', 'c') as c from t`, /replace or translate/],
  ['select any_value(a) as c from t', /min or max/],
  ['select now() as c from t', /never the processing time/],
  ['select t.a from t join (select avg(b) as c from u) as v on t.a = v.c', /half_up_ratio of a sum/],
  ['select current_date as c from t', /use a column/],
  ['select cast(a as varchar) as b from t', /varchar needs a length/],
  ['select cast(a as text) as b from t', /use varchar\(n\)/],
  ['select cast(a as decimal) as b from t', /precision and scale/],
  ['select cast(a as timestamptz) as b from t', /in UTC/],
  ['select mod(a, b) as c from t', /nullif/],
  ['select extract(second from a) as b from t', /extract can take/],
  ['select extract(dow from a) as b from t', /extract can take/],
  [`select date_trunc('month', a) as b from t`, /cast\(date_trunc/],
  ['select substring(a from 0 for 2) as b from t', /starts at 1/],
  ['select sum(a) over (order by b) as c from t', /needs rows between/],
  ['select row_number() over (order by a nulls last) as b from t', /nulls first and last/],
  ['select a from t qualify b = 1', /common table expression/],
  ['select count(*) filter (where a > 1) as b from t', /filter differs/],
  ['select count(distinct (a, b)) as c from (values (1, 2)) as v (a, b)', /values in from/],
  ['select distinct on (a) a, b from t', /row_number/],
  ['select a from t limit 3', /row_number/],
  ['select a from t order by a fetch first 3 rows only', /row_number/],
  ['select a from (select a from t)', /needs a name/],
  ['select a from generate_series(1, 3) as a', /digits/],
  ['with recursive r as (select 1 as a union all select a from r) select a from r', /recursive/],
  ['select a + 1 as b, b + 1 as c from t', /same select list/],
  ['select a from t group by 1', /group by names/],
  ['select a from t group by all', /group by names/],
  ['select * from t', /list the columns/],
  ['select t.* from t', /list the columns/],
  ['select a from t natural join u', /natural joins/],
  ['select a is distinct from b as c from t', /distinct is not portable/],
  ['select a from t where b ilike b', /not portable/],
  [`select a ->> 'b' as c from t`, /operator ->> is not portable/],
  ['select array[1, 2] as a', /explode/],
  ['select a[1] as b from t', /explode/],
  ['select a from t for update', /locks/],
  ['select a from t tablesample system (1)', /samples differ/],
  ['select $1 as a', /plain quotes|var\(\)/],
  ['select a into b from t', /makes tables/],
  ['delete from t', /a model is one select/],
  ['drop table t', /nothing is dropped/],
  ['truncate t', /nothing is truncated/],
  ['select a as tag from t', /tag is a reserved word of Redshift: use another name, such as tag_value/],
  ['select open from t', /open is a reserved word of Redshift: use another name, such as is_open/],
  ['select cast(a as float) as b from t', /double precision/],
  ['select cast(a as real) as b from t', /use decimal/],
  ['select cast(a as float8) as b from t', /type name float8: write double precision/],
  ['select cast(a as int8) as b from t', /type name int8: write bigint/],
  ['select cast(a as bool) as b from t', /type name bool: write boolean/],
  ['select cast(a as character varying(3)) as b from t', /type name character: write varchar/],
  ['select cast(a as dec(3, 1)) as b from t', /type name dec: write decimal/],
  ['select cast(a as decimal(3, 4)) as b from t', /scale of a decimal/],
  ['select cast(cast(a as double precision) as bigint) as b from t', /rounded differently/],
  ['select round(cast(a as double precision)) as b from t', /rounded differently/],
  [`select date '2024-1-1' as a from t`, /write a date as/],
  [`select timestamp '2024-01-01 24:00:00' as a from t`, /before 24:00:00/],
  [`select cast('2024-01-01T00:00:00Z' as timestamp) as a from t`, /without an offset/],
  ['select 0x10 as a from t', /decimal digits only/],
  ['select 1_000 as a from t', /decimal digits only/],
  ['select a isnull as b from t', /write is null/],
  [`select lpad(a, 3, '') as b from t`, /empty pad/],
  ['select left(a, -1) as b from t', /negative length/],
  [`select split_part(a, ';', 0) as b from t`, /counts from 1/],
  ['select count(a, b) as c from t', /one column/],
  [`select cast(date_trunc('decade', a) as date) as b from t`, /date_trunc can take/],
  ['select row_number() over () as a from t', /needs order by/],
  [
    'select sum(a) over (order by b rows between unbounded preceding and current row exclude ties) as c from t',
    /exclude is missing/,
  ],
  ['with x as materialized (select a from t) select a from x', /materialized/],
  ['select a from t group by distinct a', /leave distinct out/],
  ['select (a, b) as c from t', /list its parts/],
  ['select a from t join u using (a) as j', /no name of its own/],
  ['select a from t intersect all select a from u', /intersect all/],
  ['select a as b$c from t', /letters, digits and _/],
  ['select a from t where a in (with b as (select 1 as x) select x from b)', /at the beginning of the file/],
  ['select a from t except all select a from u', /except all/],
  ['select a from t; select b from t', /without a semicolon/],
  ['selec a from t', /syntax error/],
];

const accepted = [
  `select cast(a as varchar(3)) as a, cast(sum(b) as bigint) as b from t group by a`,
  `with x as (select a, count(*) as n from t group by a), final as (select cast(a as date) as a from x) select * from final`,
  `select a from t join u using (a) left join v on v.b = u.b cross join w where (a, b) in (select a, b from x) and not exists (select 1 from y where y.a = t.a)`,
  `select cast((2 * a - mod(2 * a, nullif(2 * b, 0))) / nullif(2 * b, 0) as bigint) as ratio from t`,
  `select sum(a) over (partition by b order by c rows between unbounded preceding and current row) as d from t`,
  `select case when a > 1 then 'x' else coalesce(b, nullif(c, 'y')) end as d, greatest(a, 2) as e from t where a between 1 and 2 or b like 'x!_%' escape '!'`,
  `select percentile_cont(0.5) within group (order by a) as b, count(distinct c) as d from t`,
  `select cast(date_trunc('month', a) as date) + 1 as b, a + 3 * interval '1' day as c, extract(doy from a) as d, date '2024-01-01' as e from t`,
  `select trim(a) || position('b' in a) || substring(a from 1 for 2) || split_part(a, ';', 1) as c from t union all select b from u except select c from v`,
  `select a, grouping(a) as g from t group by rollup (a)`,
  `with x as (select a as b, c from t) select cast(c as bigint) as b, b as d from x`,
];

describe('lintSql', () => {
  beforeAll(loadParser);

  it.each(rejected)('rejects %s', (sql, message) => {
    expect(
      lintSql(sql)
        .map((problem) => problem.message)
        .join('\n'),
    ).toMatch(message);
  });

  it.each(accepted)('accepts %s', (sql) => {
    expect(lintSql(sql)).toEqual([]);
  });

  it('lets silver read what it likes, and rejects only names of columns that it makes', () => {
    const named = (name: string) => `select cast(explicit as boolean) as ${name} from landed_t`;
    expect(lintSql(named('is_explicit'), true)).toEqual([]);
    expect(lintSql(named('explicit'), true)).toMatchObject([
      { message: expect.stringMatching(/^explicit is a reserved/) },
    ]);
    expect(lintSql(`with final as (${named('explicit')}) select * from final`, true)).toHaveLength(1);
  });

  it('says where in characters, also after letters of several bytes', () => {
    const sql = `select 'ärger' as a, b::int as c from t`;
    expect(lintSql(sql).map(({ offset }) => offset)).toContain(sql.indexOf('::'));
  });
});

describe('outputColumns', () => {
  beforeAll(loadParser);

  it('reads names and types from the casts of final', () => {
    const sql = `with final as (select cast(a as varchar(22)) as b, cast(1 as decimal(10, 2)) as c, cast(d as double precision) as d, cast(e as timestamp) as e from t) select * from final`;
    expect(outputColumns(sql)).toMatchObject({
      columns: [
        { name: 'b', type: 'varchar(22)', uses: ['a'], source: 'a', offset: sql.indexOf('cast(a') },
        { name: 'c', type: 'decimal(10,2)', uses: [] },
        { name: 'd', type: 'double precision', uses: ['d'] },
        { name: 'e', type: 'timestamp', uses: ['e'] },
      ],
      problems: [],
    });
  });

  it('reads the first of several selects that are put together', () => {
    const { columns } = outputColumns(
      'select cast(1 as integer) as a union all select cast(2 as bigint) as b',
    );
    expect(columns).toEqual([{ name: 'a', type: 'integer', uses: [], offset: 7 }]);
  });

  it('objects to a column without a cast or a name', () => {
    const sql = 'select cast(a as date) as a, b from t';
    expect(outputColumns(sql).problems).toEqual([
      { offset: sql.indexOf('b from'), message: expect.stringMatching(/cast/) },
    ]);
  });
});
