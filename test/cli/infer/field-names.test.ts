import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldNames } from '../../../cli/infer/field-names.ts';
import { reservedWords } from '../../../cli/infer/reserved-words.ts';
import { pathConflicts, pathProblem } from '../../../functions/validation/fields/path.ts';
import { parseManifest } from '../../../functions/validation/manifest/manifest.ts';

const named = (columns: readonly string[], isNested = false) => [...fieldNames(columns, isNested).values()];

describe('names of fields', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['plain ones as they are', ['id', 'CustomerID', '_x1'], ['id', 'CustomerID', '_x1']],
    [
      'blanks and punctuation',
      ['Order ID', 'Unit Price ($)', ' city ', 'a/b-c'],
      ['order_id', 'unit_price_dollar', 'city', 'a_b_c'],
    ],
    ['signs with a name', ['% change', '#', 'R&D'], ['percent_change', 'number', 'r_and_d']],
    [
      'Greek, Cyrillic and accents',
      ['Όνομα', 'Ποσό (€)', 'Дата', 'Größe', 'Prénom'],
      ['onoma', 'poso_eur', 'data', 'grosse', 'prenom'],
    ],
    ['scripts without an alphabet', ['客户', '订单 ID', '金額'], ['col_1', 'id', 'col_3']],
    ['columns without a name', ['column 1', 'n', 'column 3'], ['col_1', 'n', 'col_3']],
    ['digits first', ['2020 Sales', '7'], ['col_2020_sales', 'col_7']],
    [
      'words of SQL and of the lake',
      ['order', 'Tag', 'batch_id', 'unknown_fields'],
      ['order_value', 'tag_value', 'batch_id_value', 'unknown_fields_value'],
    ],
    [
      'one spelling of several',
      ['Order ID', 'order_id', 'Order-ID', 'ORDER ID.'],
      ['order_id_2', 'order_id', 'order_id_3', 'order_id_4'],
    ],
  ])('are made of %s', (_, columns, expected) => {
    expect(named(columns)).toEqual(expected);
  });

  it('are paths of which each step has a name', () => {
    expect(
      named(
        ['Order ID', 'Address.Country Code', 'Line Items[].Unit Price', 'Line Items[].order', '标签[]'],
        true,
      ),
    ).toEqual([
      'order_id',
      'Address.country_code',
      'line_items[].unit_price',
      'line_items[].order_value',
      'col_4[]',
    ]);
  });

  const key = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
    fc.constantFrom(
      'order',
      'Order',
      'ORDER_VALUE',
      'col_1',
      'Col 1',
      'id',
      'Id ',
      'Ταβ',
      '1',
      'batch_id',
      'item',
    ),
  );

  it('fit together whatever a header holds', () => {
    const header = fc.uniqueArray(key, {
      selector: (name) => name.toLowerCase(),
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(header, (columns) => {
        const fields = Object.fromEntries(
          [...fieldNames(columns, false)].map(([from, name]) => [name, { from, type: 'string' }]),
        );
        const manifest = { version: '1', directory: 'data/x/', schema: { extension: '.csv', fields } };
        const parsed = parseManifest(JSON.stringify(manifest));
        expect(parsed.ok ? [] : parsed.problems).toEqual([]);
        expect(Object.keys(fields)).toHaveLength(columns.length);
        for (const name of Object.keys(fields)) {
          expect(name).toMatch(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/);
          expect(reservedWords.has(name.toLowerCase())).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('fit together whatever records hold', () => {
    const step = key.map((name) => name.replace(/[.[\]]/g, '') || 'x');
    const path = fc.array(step, { minLength: 1, maxLength: 3 }).map((steps) => steps.join('.'));
    fc.assert(
      fc.property(fc.uniqueArray(path, { minLength: 1, maxLength: 6 }), (paths) => {
        fc.pre(paths.every((one) => pathProblem(one) === undefined) && pathConflicts(paths).length === 0);
        const names = [...fieldNames(paths, true)];
        const fields = Object.fromEntries(names.map(([from, name]) => [name, { from, type: 'string' }]));
        const manifest = { version: '1', directory: 'data/x/', schema: { extension: '.jsonl', fields } };
        const parsed = parseManifest(JSON.stringify(manifest));
        expect(parsed.ok ? [] : parsed.problems).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
