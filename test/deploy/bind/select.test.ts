import { beforeAll, describe, expect, it } from 'vitest';
import type { Column } from '../../../deploy/bind/scope.ts';
import { bindSelect } from '../../../deploy/bind/select.ts';
import { type Family, typeNamed } from '../../../deploy/bind/types.ts';
import { loadParser } from '../../../deploy/sql/tree.ts';

const relation = (columns: Readonly<Record<string, string>>): Column[] =>
  Object.entries(columns).map(([name, type]) => ({ name, type: typeNamed(type) }));

const relations = new Map<string, Column[] | undefined>([
  [
    'gold.sales',
    relation({
      sale_id: 'bigint',
      product: 'varchar(64)',
      sold_on: 'date',
      sold_at: 'timestamp',
      is_paid: 'boolean',
      price: 'decimal(10,2)',
      weight: 'double precision',
    }),
  ],
  ['gold.products', relation({ product: 'varchar(64)', product_number: 'bigint', price: 'decimal(10,2)' })],
  ['gold.broken', undefined],
]);

const mistakesIn = (sql: string): string[] =>
  bindSelect(sql, relations).map(
    ({ offset, message }) => `${sql.slice(offset).split(/[^\w.']/)[0]}: ${message}`,
  );

beforeAll(loadParser);

describe('binding a select', () => {
  it.each([
    [
      'a misspelt column',
      'select prodct from gold.sales',
      ['prodct: there is no column prodct (did you mean product?)'],
    ],
    [
      'one of a relation',
      'select s.pric from gold.sales as s',
      ['s.pric: s has no column pric (did you mean price?)'],
    ],
    [
      'a select that reads past the one around it',
      `select s.price from gold.sales as s where not exists (select 1 from gold.products as p where not exists (select 1 from gold.sales as t where t.product = s.product))`,
      [
        's.product: s.product is a column of an outer select: Redshift cannot skip the select between them: use a join',
      ],
    ],
    [
      'the same through a select in from',
      `select s.price from gold.sales as s where exists (select 1 from (select p.product from gold.products as p where p.price = s.price) as q)`,
      [/^s\.price: .* in a select in from/],
    ],
    [
      'a select in the condition of an outer join that reads what is joined',
      `select s.price from gold.sales as s left join gold.products as p on p.price = (select max(t.price) from gold.sales as t where t.product = p.product)`,
      [/^p\.product: .* in the condition of an outer join/],
    ],
    [
      'a window function over what an outer select gives',
      `select s.price from gold.sales as s where s.sale_id not in (select rank() over (order by p.price) from gold.products as p where p.product = s.product)`,
      [/^s\.product: .* with a window function/],
    ],
    [
      'a grouped select in a condition',
      `select s.price from gold.sales as s where s.price in (select sum(p.price) from gold.products as p where p.product = s.product group by p.product_number)`,
      [/^s\.product: .* in in \(select … group by …\)/],
    ],
    [
      'a text that a cast may cut off',
      `with a as (select product || '-' || cast(sale_id as varchar(20)) as b, upper(product) as c from gold.sales), d as (select b, left(b, 9) as e, coalesce(c, 'unknown') as f from a union all select c, c, c from a)
       select cast(b as varchar(84)) as b, cast(e as varchar(64)) as e, cast(left(e, 8) as varchar(8)) as g, cast(f as varchar(63)) as f from d`,
      [
        'cast: a text of up to 85 characters is cast to varchar(84), which Redshift cuts off: make it varchar(85), or take left(…, 84)',
        /^cast: a text of up to 64 characters is cast to varchar\(63\)/,
      ],
    ],
    [
      'a decimal that a cast may round',
      `with a as (select cast(sale_id as decimal(20, 4)) as b, cast(sale_id as decimal(20, 2)) as c from gold.sales), d as (select sum(b) as e, b * c as f, c from a group by b, c)
       select cast(e as decimal(38, 2)) as e, cast(round(e, 2) as decimal(38, 2)) as g, cast(f as decimal(38, 2)) as f, cast(c as decimal(18, 2)) as c, cast(c as bigint) as h, cast(floor(c) as bigint) as i, cast(c as varchar(40)) as j, cast(round(e, 3) as decimal(38, 2)) as k from d`,
      [
        'cast: a decimal with 4 digits after the point is cast to 2, and Redshift does not say how a cast rounds: take round(…, 2)',
        'cast: a decimal with 2 digits after the point is cast to 0, and Redshift does not say how a cast rounds: take round(…, 0)',
        'cast: a decimal with 3 digits after the point is cast to 2, and Redshift does not say how a cast rounds: take round(…, 2)',
      ],
    ],
    ['a relation without its alias', 'select p.price from gold.sales as s', [/no relation p is read here/]],
    [
      'a silver table that is not there',
      'select price from gold.sale',
      [/there is no relation gold\.sale \(did you mean gold\.sales\?\)$/],
    ],
    ['a relation that is not there', 'select sale_id from sales', [/there is no relation sales/]],
    [
      'every misspelt column of a statement, once where it is read first',
      `with a as (select prodct, pric from gold.sales), b as (select product, count(*) as n from a group by product)
       select product, price, m from b`,
      [/no column prodct/, /there is no column pric/, /there is no column price/, /there is no column m/],
    ],
    [
      'a column of a common table expression',
      'with a as (select sale_id as id from gold.sales) select sale_id from a',
      [/there is no column sale_id/],
    ],
    [
      'a column that two relations have',
      'select product from gold.sales as s, gold.products as p',
      ['product: product is ambiguous: write s.product or p.product'],
    ],
    [
      'join keys of different types',
      'select sale_id from gold.sales join gold.products on sale_id = products.product',
      [/= compares an integer with a text: cast one of them/],
    ],
    [
      'using with different types',
      `with a as (select product_number as product from gold.products)
       select product from gold.sales join a using (product)`,
      [/using \(product\) compares a text with an integer/],
    ],
    [
      'using without the column',
      'select sale_id from gold.sales join gold.products using (sale_id)',
      [/using \(sale_id\): there is no column sale_id/],
    ],
    [
      'a text added to a number',
      'select sale_id + product from gold.sales',
      [/an integer \+ a text is not defined/],
    ],
    [
      'a number added to a moment',
      'select sold_at + 1 from gold.sales',
      [/a timestamp \+ an integer is not defined/],
    ],
    [
      'a literal that is no number',
      "select 1 from gold.sales where sale_id = 'x'",
      [/compares an integer with 'x'/],
    ],
    [
      'a literal that is no date',
      "select 1 from gold.sales where sold_on < '2024-13-01'",
      [/compares a date with '2024-13-01'/],
    ],
    [
      'in with other types',
      "select 1 from gold.sales where sale_id in (1, 'x')",
      [/in compares an integer with 'x'/],
    ],
    [
      'between with other types',
      'select 1 from gold.sales where price between product and 1',
      [/between compares a decimal with a text/],
    ],
    [
      'a select in a condition that gives another type',
      'select 1 from gold.sales where sale_id in (select product from gold.products)',
      [/in compares an integer with a text/],
    ],
    [
      'rows of another length',
      'select 1 from gold.sales where (sale_id, product) in (select product from gold.products)',
      [/compares 2 with 1 columns/],
    ],
    [
      'a case of several types',
      'select case when is_paid then price else product end from gold.sales',
      [/case mixes a decimal and a text/],
    ],
    [
      'a coalesce of several types',
      'select coalesce(product, sale_id) from gold.sales',
      [/coalesce mixes a text and an integer/],
    ],
    [
      'a condition that is none',
      'select sale_id from gold.sales where product',
      [/where needs a condition, but this is a text/],
    ],
    [
      'a boolean compared with a number',
      'select 1 from gold.sales where is_paid = sale_id',
      [/compares a boolean with an integer/],
    ],
    [
      'a function of a wrong type',
      'select upper(sale_id) from gold.sales',
      [/upper needs a text, but this is an integer/],
    ],
    [
      'a function of too few arguments',
      "select replace(product, 'a') from gold.sales",
      [/replace needs 3 arguments, but has 2/],
    ],
    [
      'a sum of texts',
      'select sum(product) from gold.sales',
      [/sum needs an integer or a decimal or a float/],
    ],
    [
      'a cast that no engine does',
      'select cast(sold_on as bigint) from gold.sales',
      [/a date cannot be cast to an integer/],
    ],
    [
      'a union of another arity',
      'select sale_id from gold.sales union all select sale_id, price from gold.sales',
      [/union combines 1 columns with 2/],
    ],
    [
      'a union of other types',
      'select sale_id from gold.sales union all select product from gold.products',
      [/union combines an integer, sale_id, with a text/],
    ],
    [
      'a column that is not grouped',
      'select product, count(*) as n from gold.sales',
      ['product: product must be in group by or in an aggregate such as min(product)'],
    ],
    [
      'a column beside an aggregate in an expression',
      'select product, case when sum(price) > 10 then 1 else 0 end as n from gold.sales',
      ['product: product must be in group by or in an aggregate such as min(product)'],
    ],
    [
      'an expression that is not grouped',
      'select extract(day from sold_at), count(*) from gold.sales group by extract(hour from sold_at)',
      [/sold_at must be in group by/],
    ],
    [
      'having what is not grouped',
      'select product from gold.sales group by product having price > 1',
      [/price must be in group by/],
    ],
    [
      'an aggregate in where',
      'select 1 from gold.sales where count(*) > 1',
      [/count is not allowed in where/],
    ],
    [
      'an aggregate in an aggregate',
      'select sum(count(*)) from gold.sales',
      [/count is not allowed inside sum/],
    ],
    [
      'a window in where',
      'select 1 from gold.sales where row_number() over (order by price) = 1',
      [/row_number over \(…\) is not allowed in where/],
    ],
    ['a rank without a window', 'select rank() from gold.sales', [/rank needs over/]],
    [
      'two relations of one name',
      'select 1 from gold.sales join gold.sales on true',
      [/two relations are called sales/],
    ],
    [
      'a window over an unknown column',
      'select row_number() over (partition by product order by sold) from gold.sales',
      [/there is no column sold/],
    ],
    [
      'a correlated select',
      'select 1 from gold.sales as s where exists (select 1 from gold.products as p where p.product = s.prodct)',
      [/s has no column prodct/],
    ],
  ])('finds %s', (_, sql, expected) => {
    const found = mistakesIn(sql);
    expect(found).toHaveLength(expected.length);
    for (const [at, wanted] of expected.entries()) expect(found[at]).toMatch(wanted);
  });

  it.each([
    'select product, sum(price) as paid from gold.sales where is_paid group by product having sum(price) > 10',
    'select extract(hour from sold_at) as hour, count(*) as n from gold.sales group by extract(hour from sold_at)',
    'select extract(hour from sold_at) as hour, count(*) as n from gold.sales group by hour',
    'select s.product, count(*) as n from gold.sales as s group by product',
    'select product, row_number() over (order by count(*) desc, product) as place from gold.sales group by product',
    'select product, price, count(*) as n from gold.sales group by rollup(product, price)',
    "select sale_id from gold.sales where sold_on >= '2024-01-01' and sold_at < date '2024-02-01' and sale_id = '7'",
    "select coalesce(product, 'none') || '#' || sale_id as label, coalesce(price, 0) + weight as x from gold.sales",
    "select sold_on - sold_on as days, sold_on + 1 as next, sold_at + 2 * interval '1' day as later from gold.sales",
    'select case when is_paid then sold_on end as paid_on, nullif(price, 0) as p, -price as m from gold.sales',
    'select product from gold.sales join gold.products using (product)',
    'select s.sale_id from gold.sales as s where exists (select 1 from gold.products as p where p.product = s.product)',
    'select sale_id from gold.sales where price > (select max(price) from gold.products)',
    'select product, price - (select max(s.price) from gold.sales as s) as below from gold.sales',
    'select null as a from gold.sales union all select sale_id from gold.sales',
    'select anything, sum(more) as x from gold.broken group by anything',
    'with a as (select * from gold.broken) select b.x from a as b join gold.sales on b.y = sale_id',
    'select lag(price, 1, 0) over (partition by product order by sold_at) - 1 as x from gold.sales',
    'select percentile_cont(0.5) within group (order by price) as middle from gold.sales',
  ])('is content with %s', (sql) => {
    expect(mistakesIn(sql)).toEqual([]);
  });

  it('knows every type that a cast may name', () => {
    const families = new Set<Family>(
      [
        'smallint',
        'decimal(1,1)',
        'double precision',
        'varchar(9)',
        'boolean',
        'date',
        'timestamp',
        'interval',
      ].map((type) => typeNamed(type).family),
    );
    expect(families.size).toBe(8);
    expect(families).not.toContain('any');
  });
});
