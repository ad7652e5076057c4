import { beforeAll, describe, expect, test } from 'vitest';
import { columnOrigins } from '../../../deploy/describe/origins.ts';
import { loadParser } from '../../../deploy/sql/tree.ts';

beforeAll(loadParser);

const columns = {
  sales: { id: 'bigint', customer: 'varchar(36)', sold_at: 'timestamp', price: 'decimal(10,2)' },
  customers: { customer: 'varchar(36)', country: 'varchar(2)' },
};
const known = new Map(
  Object.entries(columns).map(([name, types]) => [
    `gold.${name}`,
    { name, columns: Object.entries(types).map(([column, type]) => ({ name: column, type })) },
  ]),
);

const originsOf = (sql: string): Record<string, string> =>
  Object.fromEntries(
    [...columnOrigins(sql, known)].map(([name, { relation, column }]) => [name, `${relation}.${column}`]),
  );

describe('where a column comes from', () => {
  test('is found through expressions, joins, other names and casts to another size', () => {
    const sql = `with sold as (select sales.customer as buyer, price from gold.sales),
      named as (select sold.buyer, c.country, sold.price from sold left join gold.customers as c on c.customer = sold.buyer),
      final as (select cast(buyer as varchar(64)) as who, cast(country as varchar(2)) as country, cast(price as decimal(38, 2)) as price from named)
      select * from final`;
    expect(originsOf(sql)).toEqual({
      who: 'sales.customer',
      country: 'customers.country',
      price: 'sales.price',
    });
  });

  test('is found in a select inside of another one', () => {
    expect(
      originsOf(
        'select inner_one.id from (with a as (select id from gold.sales) select * from a) as inner_one',
      ),
    ).toEqual({ id: 'sales.id' });
  });

  test('is none for what is computed, and for the day of a moment', () => {
    const sql = `select sum(price) as total, coalesce(customer, 'nobody') as customer, cast(sold_at as date) as day,
      cast(cast(sold_at as date) as timestamp) as midnight, 1 as one, cast(id as integer) as id
      from gold.sales group by customer`;
    expect(originsOf(sql)).toEqual({ id: 'sales.id' });
  });

  test('is kept in a union with a constant, and lost in a union with another column', () => {
    const known = `select customer, country from gold.customers union all select 'unknown', cast(null as varchar(2))`;
    expect(originsOf(known)).toEqual({ customer: 'customers.customer', country: 'customers.country' });
    const mixed = 'select customer as who from gold.customers union all select customer from gold.sales';
    expect(originsOf(mixed)).toEqual({});
    const same =
      'select id from gold.sales where price > 1 union all select id from gold.sales where price < 1';
    expect(originsOf(same)).toEqual({ id: 'sales.id' });
  });

  test('is none if two relations have the column', () => {
    const join = 'from gold.sales inner join gold.customers on customers.customer = sales.customer';
    expect(originsOf(`select customer, country ${join}`)).toEqual({ country: 'customers.country' });
  });
});
