import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine } from '../../../local/generate/csv-line.ts';

describe('csvLine', () => {
  it('quotes only the fields that need it', () => {
    expect(csvLine(['plain', 7, 'a,b', 'say "hi"', ''])).toBe('plain,7,"a,b","say ""hi""",\n');
  });

  it('is read back by a CSV parser as it was', () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', '\r', ' ') });
    fc.assert(
      fc.property(fc.array(field, { minLength: 2, maxLength: 5 }), (fields) => {
        expect(parse(csvLine(fields), { record_delimiter: '\n' })).toEqual([fields]);
      }),
    );
  });
});
