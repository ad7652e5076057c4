import { describe, expect, test } from 'vitest';
import { parseManifest } from '../../../../functions/validation/manifest/manifest.ts';
import { placedProblems } from '../../../../functions/validation/manifest/places.ts';

const good = {
  version: '1.0',
  directory: 'data/plays/',
  schema: { extension: '.csv', fields: { id: { type: 'int' }, day: { type: 'date' } } },
};
const text = JSON.stringify(good, null, 2);

/** The first problem of a manifest's text, with its place. */
const said = (manifest: string): string => {
  const parsed = parseManifest(manifest);
  return parsed.ok ? 'nothing' : (placedProblems(manifest, parsed.problems)[0] ?? '');
};

describe('a problem of a manifest has its line and column', () => {
  test.each([
    [
      'an unknown type',
      text.replace('"int"', '"integer"'),
      /^line 8, column \d+: schema\.fields\.id\.type: /,
    ],
    [
      'an unknown key',
      text.replace('"date"', '"date", "minn": 1'),
      /^line 11, column \d+: schema\.fields\.day: /,
    ],
    ['a comma too many', text.replace('"1.0",', '"1.0",,'), /^line 2, column \d+: manifest: is not JSON/],
    [
      'an unknown key of the manifest',
      text.replace('"version"', '"versions": 1, "version"'),
      /^line 2, column 3: manifest: has/,
    ],
    ['a word that is no value', text.replace('"1.0"', 'None'), /^line 2, column 14: manifest: is not JSON/],
    ['a comment', text.replace('{', '{ // é\n'), /^line 1, column 3: manifest: is not JSON/],
    ['a second text', `${text} x`, /^line 15, column 3: manifest: is not JSON/],
    [
      'another file',
      'id,é\n1,2\n',
      /^line 1, column 1: manifest: is not JSON \(a value is expected, at position 0\)/,
    ],
    ['an end that is missing', text.slice(0, -4), /^line 14, column \d+: manifest: is not JSON/],
    [
      'a bad pattern',
      text.replace('".csv",', '".csv", "name_pattern": "(",'),
      /^line 5, column \d+: schema\.name_pattern: /,
    ],
  ])('%s', (_, manifest, expected) => {
    expect(said(manifest)).toMatch(expected);
  });

  test('however deep it nests', () => {
    const deep = text.replace('"1.0"', '['.repeat(100_000));
    expect(said(deep)).toMatch(/^line 2, column 15: version\[0\]: is no text and no number/);
  });

  test('in a moment, however large it is', () => {
    const one_of = Array.from({ length: 900 }, (_, at) => `x${at}`);
    const fields = Object.fromEntries(Array.from({ length: 150 }, (_, at) => [at, { type: 'int', one_of }]));
    const large = JSON.stringify({ ...good, schema: { ...good.schema, fields } });
    const parsed = parseManifest(large);
    const began = performance.now();
    const placed = placedProblems(large, parsed.ok ? [] : parsed.problems);
    expect(placed).toHaveLength(100);
    expect(placed.at(-1)).toMatch(/^line 1, column \d+: schema\.fields/);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test('unless nothing of the text is to blame', () => {
    expect(said(text)).toBe('nothing');
    expect(said('{}')).not.toMatch(/^line 0/);
  });
});
