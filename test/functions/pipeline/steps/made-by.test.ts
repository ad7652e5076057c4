import { expect, test } from 'vitest';
import type { Dataset } from '../../../../functions/pipeline/catalog.ts';
import { madeBy } from '../../../../functions/pipeline/steps/made-by.ts';
import { type Manifest, parseManifest } from '../../../../functions/validation/manifest/manifest.ts';

const dataset: Dataset = {
  sql: "select cast(id as bigint) as id, 'a  b' as word\nfrom landed_plays",
  table: { key: ['id'], order: ['id'], columns: [{ name: 'id', type: 'bigint' }] },
  ruleset: 'Rules = [ RowCount > 0 ]',
};
const text = {
  version: '1.0',
  directory: 'data/plays/',
  schema: { extension: '.csv', fields: { id: { type: 'int', required: true } } },
};
const manifest = (changes: object = {}): Manifest => {
  const parsed = parseManifest(JSON.stringify({ ...text, ...changes }));
  if (!parsed.ok) throw new Error(parsed.problems.join());
  return parsed.manifest;
};
const before = madeBy(dataset, manifest());

test.each([
  ['a comment', { sql: `-- ids\n${dataset.sql} /* all */` }],
  ['blanks and line breaks', { sql: dataset.sql.replaceAll('\n', '\n\n  ') }],
  ['a comment on a rule', { ruleset: 'Rules = [\n  # not empty\n  RowCount > 0\n]' }],
])('stays the same with %s', (_, change) => {
  expect(madeBy({ ...dataset, ...change }, manifest())).toBe(before);
});

test('stays the same with another purpose or version of the manifest', () => {
  expect(madeBy(dataset, manifest({ purpose: 'plays', version: '1.1' }))).toBe(before);
});

test.each([
  ['another column', { sql: dataset.sql.replace('as id', 'as number') }],
  ['other blanks in a text', { sql: dataset.sql.replace('a  b', 'a b') }],
  ['what looks like a comment in a text', { sql: dataset.sql.replace('a  b', 'a -- b') }],
  ['another type of the table', { table: { ...dataset.table, columns: [{ name: 'id', type: 'integer' }] } }],
  ['another rule', { ruleset: 'Rules = [ RowCount > 1 ]' }],
])('changes with %s', (_, change) => {
  expect(madeBy({ ...dataset, ...change }, manifest())).not.toBe(before);
});

test('changes with a bound of the manifest', () => {
  const schema = { ...text.schema, fields: { id: { type: 'int', required: true, min: 1 } } };
  expect(madeBy(dataset, manifest({ schema }))).not.toBe(before);
});
