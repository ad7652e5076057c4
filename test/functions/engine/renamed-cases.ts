import type { TransformSpec } from '../../../functions/pipeline/spec.ts';
import { landedColumns } from '../../../functions/pipeline/steps/compose-batch.ts';
import { parseManifest } from '../../../functions/validation/manifest/manifest.ts';
import type { Element } from './landed-cases.ts';
import { type ManifestJson, manifestOf } from './validated.ts';

/** Files whose columns SQL cannot say, and the rows in which they land on every engine. */

/** What a spec says of a manifest's columns. */
export const columnsOf = (json: ManifestJson): Pick<TransformSpec, 'columns' | 'sources'> => {
  const parsed = parseManifest(JSON.stringify(json));
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return landedColumns(parsed.manifest.fields);
};

const text = { type: 'string' };

/** A name of the lake, one in another script, one without a name, one with a quote and a line break, a padded one. */
export const renamedCsv = {
  json: manifestOf(
    {
      order_id: { from: 'Order ID', type: 'int', required: true },
      city: { from: 'Πόλη', ...text },
      row: { from: 'column 3', type: 'int' },
      said: { from: 'what "he"\nsaid', ...text },
      id: { from: 'ID', ...text },
      name: { from: ' Name ', ...text },
      their_batch: { from: 'batch_id', ...text },
      landed: { from: 'unknown_fields', ...text },
    },
    { extension: '.csv', unknown_fields: 'text', key: ['order_id'], fields_required: false },
  ),
  columns: ['order_id', 'city', 'row', 'said', 'id', 'name', 'their_batch', 'landed', 'unknown_fields'],
  files: [
    [
      'data/people/a.csv',
      'Order ID,Πόλη,,"what ""he""\nsaid",ID, Name ,batch_id,unknown_fields,order_id,\n1,Αθήνα,7,"a\nb",x, Anna ,b1,u,9,z\n',
    ],
    ['data/people/b.csv', 'ID,Order ID\ny,2\n'],
    ['data/people/c.csv', 'Order ID,"what ""he""\nsaid"\r\n3,c\r\n'],
    ['data/people/d.csv', '"what ""he""\nsaid",Order ID\r\nd,4\n'],
    ['data/people/e.csv', '\ufeff"what ""he""\nsaid",Order ID\ne,5\n'],
    ['data/people/f.csv', '\ufeff"what ""he""\nsaid","Order ID"\r\nf,6\r\n'],
  ],
  rows: [
    ['1', 'Αθήνα', '7', 'a\nb', 'x', ' Anna ', 'b1', 'u', '{"order_id":"9","column 10":"z"}'],
    ['2', null, null, null, 'y', null, null, null, null],
    ['3', null, null, 'c', null, null, null, null, null],
    ['4', null, null, 'd', null, null, null, null, null],
    ['5', null, null, 'e', null, null, null, null, null],
    ['6', null, null, 'f', null, null, null, null, null],
  ],
} as const;

const record =
  '{"Order ID":1,"Address":{"Country Code":"GR","Town":"Αθήνα"},"Line Items":[{"Unit Price":1.10,"Qty":2},{"Qty":null,"Unit Price":3.00}],"Ετικέτες":["a","b"],"Codes":["x"],"batch_id":"b1","plain":"p"}';

/** Keys and paths that become other paths: an object taken apart, an array of values made one of objects. */
export const renamedRecords = {
  fields: {
    order_id: { from: 'Order ID', type: 'int', required: true },
    country: { from: 'Address.Country Code', ...text },
    'place.city': { from: 'Address.Town', ...text },
    'items[].qty': { from: 'Line Items[].Qty', type: 'int' },
    'items[].price': { from: 'Line Items[].Unit Price', type: 'decimal(10,2)' },
    'tags[]': { from: 'Ετικέτες[]', ...text },
    'codes[].code': { from: 'Codes[]', ...text },
    their_batch: { from: 'batch_id', ...text },
    plain: text,
  },
  columns: (element: Element): readonly string[] => [
    'order_id',
    'country',
    'place.city as city',
    `${element('items', 1)}.qty as qty`,
    `${element('items', 2)}.price as price`,
    `${element('tags', 2)} as tag`,
    `${element('codes', 1)}.code as code`,
    'their_batch',
    'plain',
  ],
  files: [
    ['data/people/a.jsonl', `${record}\n`],
    ['data/people/a.json', `[${record}]`],
  ],
  /** A query whose row is the same record as Parquet. */
  parquet: `select 1 as "Order ID", {'Country Code': 'GR', 'Town': 'Αθήνα'} as "Address",
    [{'Unit Price': 1.10::decimal(10,2), 'Qty': 2}, {'Unit Price': 3.00::decimal(10,2), 'Qty': null}] as "Line Items",
    ['a', 'b'] as "Ετικέτες", ['x'] as "Codes", 'b1' as batch_id, 'p' as plain`,
  row: ['1', 'GR', 'Αθήνα', '2', '3.00', 'b', 'x', 'b1', 'p'],
} as const;
