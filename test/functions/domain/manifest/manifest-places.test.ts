import { describe, expect, test } from 'vitest';
import { parseManifest } from '../../../../functions/domain/manifest/manifest.ts';
import { placedProblem } from '../../../../functions/domain/manifest/manifest-places.ts';

const good = {
  version: '1.0',
  directory: 'data/plays/',
  schema: { extension: '.csv', fields: { id: { type: 'int' }, day: { type: 'date' } } },
};
const text = JSON.stringify(good, null, 2);

/** The first problem of a manifest's text, with its place. */
const said = (manifest: string): string => {
  const parsed = parseManifest(manifest);
  return parsed.ok ? 'nothing' : placedProblem(manifest, parsed.problems[0] ?? '');
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
      /^line 10, column \d+: schema\.fields\.day: /,
    ],
    ['a comma too many', text.replace('"1.0",', '"1.0",,'), /^line 2, column \d+: manifest: is not JSON/],
    ['an end that is missing', text.slice(0, -4), /^line 14, column \d+: manifest: is not JSON/],
    [
      'a bad pattern',
      text.replace('".csv",', '".csv", "name_pattern": "(",'),
      /^line 5, column \d+: schema\.name_pattern: /,
    ],
  ])('%s', (_, manifest, expected) => {
    expect(said(manifest)).toMatch(expected);
  });

  test('unless nothing of the text is to blame', () => {
    expect(said(text)).toBe('nothing');
    expect(said('{}')).not.toMatch(/^line 0/);
  });
});
