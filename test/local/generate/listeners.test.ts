import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { generateListeners, listenerColumns } from '../../../local/generate/listeners.ts';

type Row = Record<string, string>;

const rowsOf = (options: Parameters<typeof generateListeners>[0]): Row[] =>
  parse([...generateListeners(options)].join(''), { columns: true });

describe('generateListeners', () => {
  it('generates as many accounts as asked, ordered by id', () => {
    const rows = rowsOf({ count: 50_000, seed: 1 });
    expect(rows.map((row) => row.user_id)).toEqual(
      Array.from({ length: 50_000 }, (_, index) => `${index + 1}`),
    );
  });

  it('holds the given ids and fills up with others', () => {
    const ids = rowsOf({ count: 5, seed: 1, userIds: [26213, 2] }).map((row) => row.user_id);
    expect(ids).toEqual(['1', '2', '3', '4', '26213']);
  });

  it('keeps ages from 18 to 69 and opens half of the accounts after a day in June', () => {
    const rows = rowsOf({ count: 10_000, seed: 2 });
    const ages = rows.map((row) => Number(row.user_age));
    expect([Math.min(...ages), Math.max(...ages)]).toEqual([18, 69]);
    const after = rows.filter((row) => (row.created_at ?? '') > '2024-06-25').length;
    expect(after / rows.length).toBeCloseTo(0.51, 1);
  });

  it('has the very columns of the manifest', () => {
    const manifest = JSON.parse(readFileSync('rules/listeners/manifest.json', 'utf8'));
    expect(Object.keys(manifest.schema.fields)).toEqual(listenerColumns);
  });
});
