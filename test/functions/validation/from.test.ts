import { describe, expect, it } from 'vitest';
import { factsOf, manifestOf, messagesOf, problemsOf, validate } from './fixture.ts';

const int = { type: 'int', required: true };
const text = { type: 'string' };

const messages = async (content: string, schema: object): Promise<readonly string[]> =>
  messagesOf(await validate(content, { schema: { ...schema } }));

describe('a field that is taken from another column', () => {
  it('is validated under its name, and shown as the file has it', async () => {
    const fields = {
      order_id: { ...int, from: 'Order ID' },
      row: { type: 'int', from: 'column 2' },
      plain: int,
    };
    const validation = await validate('Order ID,,plain\nx,y,1\n,7,"a\n', { schema: { fields } });
    expect(validation).toMatchObject({
      counts: { 'type:order_id': 1, 'type:row': 1, 'quote:plain': 1 },
      violations: [
        {
          column: 'order_id',
          message: 'line 2, column "Order ID" (order_id): "x" is not an int (digits only, no fraction)',
        },
        { column: 'row', message: 'line 2, column 2 (row): "y" is not an int (digits only, no fraction)' },
        { column: 'plain', message: 'line 3, column plain: "a\\n" opens a quote that is never closed' },
      ],
    });
  });

  it('is part of a key', async () => {
    const fields = { order_id: { ...int, from: 'Order ID' }, city: text };
    const schema = { fields, key: ['order_id'] };
    expect(await messages('city,Order ID\nx,1\ny,1\n', schema)).toEqual([
      'line 2, column "Order ID" (order_id): the record has the same key as the record on line 3',
      'line 3, column "Order ID" (order_id): the record has the same key as the record on line 2',
    ]);
  });

  it('is known whatever happens to unknown columns, which keep their names', async () => {
    const fields = { order_id: { ...int, from: 'Order ID' } };
    expect((await factsOf('Order ID\n1\n', { schema: { fields } })).header).toEqual(['Order ID']);
    const validation = await validate('order_id,Order ID,\n2,1,3\n', {
      schema: { fields, unknown_fields: 'text' },
    });
    expect(validation).toMatchObject({
      verdict: 'accepted',
      facts: { header: ['order_id', 'Order ID', 'column 3'] },
      drift: ['new column "order_id", kept as text', 'new column "column 3", kept as text'],
    });
  });

  it.each([
    [
      'a padded column',
      { id: int, name: text },
      'id, name \n1,x\n',
      [
        'line 1: the header, with " name ", has column 2, which the manifest does not name; write "from": " name " in the field name to take it',
        'line 1, column name: the header lacks the column name, but has " name "; write "from": " name " in the field name to take it',
      ],
    ],
    [
      'a column in another spelling',
      { id: int, order_date: { type: 'date', pii: true } },
      'id,Order Date\n1,2024-06-25\n',
      [
        'line 1: the header has column 2, which the manifest does not name; write "from": "Order Date" in the field order_date to take it',
        'line 1, column order_date: the header lacks the column order_date, but has "Order Date"; write "from": "Order Date" in the field order_date to take it',
      ],
    ],
    [
      'a column that a manifest looks for elsewhere',
      { id: int, city: { ...text, from: 'City Name' } },
      'id,city\n1,x\n',
      [
        'line 1: the header, with "city", has column 2, which the manifest does not name; write "from": "city" in the field city to take it',
        'line 1, column "City Name" (city): the header lacks the column "City Name", but has "city"; write "from": "city" in the field city to take it',
      ],
    ],
    [
      'none where two may be meant',
      { id: int, name: text },
      'id,Name,name \n1,x,y\n',
      [
        'line 1: the header, with "Name", has column 2, which the manifest does not name',
        'line 1: the header, with "name ", has column 3, which the manifest does not name',
        'line 1, column name: the header lacks the column name',
      ],
    ],
  ])('is proposed for %s', async (_, fields, content, expected) => {
    expect(await messages(content, { fields })).toEqual(expected);
  });

  it.each([
    ['csv', 'id,name,city,\n1,Anna,Rome,\n'],
    ['a padded one', 'id, name ,city\n1,Anna,Rome\n'],
  ])('is no condition for ignoring the others: %s', async (_, content) => {
    const schema = { fields: { id: int, city: text }, unknown_fields: 'ignore' };
    expect((await factsOf(content, { schema })).records).toBe(1);
  });
});

describe('a manifest', () => {
  const problems = (fields: object, schema: object = {}) => problemsOf({ fields, ...schema });
  const jsonl = { extension: '.jsonl', name_pattern: '.*' };

  it.each<[string, object, object, string]>([
    [
      'two fields from one column',
      { a: { ...text, from: 'X' }, b: { ...text, from: 'x' } },
      {},
      'schema.fields.b.from: "x" is taken by the field a already',
    ],
    [
      'a column that is the name of another field',
      { a: { ...text, from: 'B' }, b: text },
      {},
      'schema.fields.a.from: "B" is the name of another field; give that field a name of its own, and a "from"',
    ],
    [
      'a padded name',
      { ' a ': text },
      {},
      'schema.fields[" a "]: begins or ends with a blank; name it without, and say "from": " a "',
    ],
    [
      'a path that is none',
      { a: { ...text, from: 'x..y' } },
      jsonl,
      'schema.fields.a.from: is no path such as address.city or items[].price',
    ],
    [
      'an array that becomes a value',
      { a: { ...text, from: 'x[].y' } },
      jsonl,
      'schema.fields.a.from: goes through the array x[], so the name of the field has to go through one, too',
    ],
    [
      'a value that becomes an array',
      { 'a[]': { ...text, from: 'x' } },
      jsonl,
      'schema.fields["a[]"].from: goes through no array, but the name of the field does',
    ],
    [
      'one array of two',
      { 'a[].b': { ...text, from: 'x[].b' }, 'a[].c': { ...text, from: 'y[].c' } },
      jsonl,
      'schema.fields["a[].c"].from: lies in another array than x[].b, though both are fields of a[]',
    ],
    [
      'a value and what lies in it',
      { a: { ...text, from: 'x' }, b: { ...text, from: 'x.y' } },
      jsonl,
      'schema.fields.b.from: does not go together with x',
    ],
  ])('names %s', (_, fields, schema, problem) => {
    expect(problems(fields, schema)).toEqual([problem]);
  });

  it('takes a column in another case, and one with a name of the lake', () => {
    const fields = { id: { ...int, from: 'ID' }, their_batch: { ...text, from: 'batch_id' } };
    expect(manifestOf({ fields }).fields.map(({ from }) => from)).toEqual(['ID', 'batch_id']);
  });
});
