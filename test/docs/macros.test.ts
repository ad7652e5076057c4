import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('docs/macros.md gives signatures that the macros have, each with a call of it', async () => {
  const page = await readFile('docs/macros.md', 'utf8');
  const names = await readdir('sql/macros');
  const texts = await Promise.all(names.map((name) => readFile(join('sql/macros', name), 'utf8')));
  const signatures = [...texts.join('\n').matchAll(/\{%-?\s*macro\s+(\w+\([^)]*\))/g)].map(([, one]) => one);
  const rows = [...page.matchAll(/^\| `(\w+)(\([^)]*\))` .* \| `(.*)` \|$/gm)];
  expect(rows.map(([, name]) => name).sort()).toEqual([
    'affected',
    'different_rows',
    'element',
    'explode',
    'half_up_ratio',
    'history',
    'history_mistakes',
    'is_degrees',
    'is_pulled',
    'key_text',
    'repeated_keys',
    'spine',
    'stored_view',
    'surrogate_key',
    'unequal_sums',
    'unknown_key',
    'unknown_members',
    'utc',
    'where_affected',
    'wrong_members',
  ]);
  for (const [, name = '', args = '', example = ''] of rows) {
    expect(signatures).toContain(`${name}${args}`);
    expect(example).toMatch(new RegExp(`\\{\\{ (config\\(.*=)?${name}\\(`));
  }
});
