import { beforeAll, describe, expect, it } from 'vitest';
import { redshiftProblems, statementProblems } from '../../../deploy/redshift/problems.ts';
import { statementRules } from '../../../deploy/redshift/statement-rules.ts';
import { textRules } from '../../../deploy/redshift/text-rules.ts';
import { renderCatalog } from '../../../deploy/render/render.ts';
import { loadParser } from '../../../deploy/sql/tree.ts';
import type { Catalog } from '../../../functions/pipeline/catalog.ts';

const columns = (count: number, type: string) =>
  Array.from({ length: count }, (_, at) => `c${at} ${type}`).join(', ');

/** Statements that break a rule, by the title of its page. */
const mutants: readonly (readonly [title: string, statement: string])[] = [
  ['Reserved words', 'select cast(a as boolean) as explicit from gold.t'],
  ['Reserved words', 'select tag from gold.t'],
  ['Reserved words', 'create table gold.t (a bigint, open varchar(8))'],
  ['Reserved words', 'create table gold.snapshot (a bigint)'],
  ['Reserved words', 'alter table gold.t add column percent bigint'],
  ['Reserved words', 'insert into gold.t (a, tag) select a, b from gold.u'],
  ['Reserved words', 'with system as (select a from gold.t) select a from system'],
  ['Reserved words', 'select start.a from gold.t as start'],
  ['Names and identifiers', `select a as ${'long'.repeat(32)} from gold.t`],
  ['Unsupported PostgreSQL features', 'select a as ctid from gold.t'],
  ['Unsupported PostgreSQL features', 'select array[1, 2] as a'],
  ['Unsupported PostgreSQL features', 'select a collate "C" as b from gold.t'],
  ['Unsupported PostgreSQL features', 'select a from generate_series(1, 3) as g (a)'],
  ['Unsupported PostgreSQL features', 'select a from (values (1)) as v (a)'],
  ['Unsupported PostgreSQL features', 'select row(a, b) as c from gold.t'],
  ['Unsupported PostgreSQL features', 'select rank() over (order by a nulls last) as b from gold.t'],
  ['Unsupported PostgreSQL functions', `select string_agg(a, ',') as b from gold.t`],
  ['Unsupported PostgreSQL functions', 'select a is distinct from b as c from gold.t'],
  ['Leader node–only functions', 'select now() as a from gold.t'],
  ['Leader node–only functions', 'select current_schema() as a from gold.t'],
  ['Leader node–only functions', 'select current_timestamp as a from gold.t'],
  ['Unsupported PostgreSQL data types', 'select cast(a as json) as b from gold.t'],
  ['Unsupported PostgreSQL data types', 'create table gold.t (a interval)'],
  ['Unsupported PostgreSQL data types', 'create table gold.t (a bigint[])'],
  ['WITH clause', 'select a from gold.t where a in (with b as (select 1 as x) select x from b)'],
  ['WITH clause', 'with a as (with b as (select 1 as x) select x from b) select x from a'],
  ['WITH clause', 'insert into gold.t (x) select x from (with b as (select 1 as x) select x from b) as c'],
  [
    'WITH clause',
    `unload ('select x from (with b as (select 1 as x) select x from b) as c') to 's3://a/' iam_role default format json`,
  ],
  ['WITH clause', 'with recursive a as (select 1 as x union all select x from a) select x from a'],
  ['WITH clause', 'select 1 as x union all (with a as (select 2 as x) select x from a)'],
  [
    'Correlated subqueries',
    'select (select count(*) from gold.u where u.a = t.a) as n, t.a from gold.t group by n, t.a',
  ],
  ['UNION, INTERSECT, and EXCEPT', 'select a from gold.t except all select a from gold.u'],
  ['UNION, INTERSECT, and EXCEPT', 'select a from gold.t intersect all select a from gold.u'],
  ['COUNT window function', 'select count(distinct a) over (partition by b) as c from gold.t'],
  ['Character types', 'select cast(a as varchar(65536)) as b from gold.t'],
  ['Numeric types', 'select cast(a as decimal(39, 0)) as b from gold.t'],
  ['Numeric types', 'create table gold.t (a decimal(38, 38))'],
  ['CREATE TABLE', `create table gold.t (${columns(1601, 'bigint')})`],
  ['CREATE TABLE', `create table gold.t (${columns(65, 'varchar(65535)')})`],
  ['ALTER TABLE', 'alter table gold.t add column a bigint, add column b bigint'],
  ['ALTER TABLE', 'alter table gold.t alter column a type bigint'],
  ['CREATE VIEW', 'create or replace view gold.v as select a from t with no schema binding'],
  [
    'CREATE MATERIALIZED VIEW',
    'create materialized view gold.v auto refresh yes as select a from gold.t order by a',
  ],
  ['CREATE MATERIALIZED VIEW', 'create materialized view gold.v auto refresh yes as select a from silver.t'],
  [
    'CREATE MATERIALIZED VIEW',
    'create materialized view gold.v auto refresh yes as select a from changed_inputs',
  ],
  [
    'CREATE MATERIALIZED VIEW',
    'create materialized view gold.v auto refresh yes as select current_date as a from gold.t',
  ],
  ['UNLOAD', `unload ('select a from gold.t limit 10') to 's3://a/' iam_role default format json`],
  ['UNLOAD', `unload ('select 'x' as a from gold.t') to 's3://a/' iam_role default format json`],
  ['TRUNCATE', 'truncate gold.t'],
  ['MERGE', 'merge into gold.t using gold.u on t.a = u.a when matched then delete'],
  ['Creating external tables for Redshift Spectrum', `delete from silver.t where landed_file = 'a'`],
  ['Amazon Redshift SQL', `select '${'x'.repeat(16 * 2 ** 20)}' as a`],
];

const allowed = [
  'create temp table changed as with a as (select 1 as x) select x from a',
  'insert into gold.t (x) with a as (select 1 as x) select x from a',
  `unload ('with a as (select ''b'' as x) select x from a') to 's3://a/' iam_role default format json allowoverwrite`,
  'create materialized view gold.v auto refresh yes as with a as (select b from gold.t) select b from a',
  'create or replace view gold.v as with a as (select b from gold.t) select b from a with no schema binding',
  `select left(a, 1) as b, cast(c as timestamp) as d, e + 3 * interval '1' day as f from gold.t`,
  'select is_explicit, tag_value from gold.t as user_names',
  'delete from gold.t where (a, b) in (select a, b from changed)',
];

describe('a statement for Redshift', () => {
  let catalog: Catalog;
  beforeAll(async () => {
    await loadParser();
    catalog = await renderCatalog(process.cwd(), 'redshift');
  });

  it.each(mutants)('is rejected by the page %s: %.90s', (title, statement) => {
    expect(statementProblems(statement).filter((problem) => problem.endsWith(`(${title})`))).not.toEqual([]);
  });

  it.each(allowed)('is accepted: %s', (statement) => {
    expect(statementProblems(statement)).toEqual([]);
  });

  it('has a mutant for each page', () => {
    const titles = [...textRules, ...statementRules].map(({ page }) => page.title);
    expect(new Set(mutants.map(([title]) => title))).toEqual(new Set(titles));
  });

  it('is clean in every rebuild of this project', () => {
    expect(redshiftProblems(catalog)).toEqual([]);
  });

  it('is found wherever a rebuild makes it', () => {
    const { listening } = catalog.marts;
    if (!listening) throw new Error('the mart is gone');
    const nested = listening.models.map((model) =>
      model.name === 'fact_listens'
        ? { ...model, incremental_sql: `with final as (select 1 as x) ${model.incremental_sql}` }
        : model,
    );
    const problems = redshiftProblems({ ...catalog, marts: { listening: { ...listening, models: nested } } });
    expect(problems).toContainEqual({
      file: 'sql/marts/fact_listens.sql',
      message: expect.stringMatching(/^Redshift: a with is inside of another .*\(WITH clause\)$/),
    });
  });
});
