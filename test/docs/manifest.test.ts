import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mostKept } from '../../functions/validation/column-names.ts';
import { parseManifest } from '../../functions/validation/manifest/manifest.ts';
import { FieldText, ManifestText } from '../../functions/validation/manifest/schema.ts';
import { mostFooterBytes } from '../../functions/validation/parquet/file.ts';
import { mostListedValues, mostPageBytes } from '../../functions/validation/parquet/page.ts';
import { mostRowBytes } from '../../functions/validation/parquet/parser.ts';
import { mostHeldBytes } from '../../functions/validation/parquet/rows.ts';
import { deepestColumn, mostColumns } from '../../functions/validation/parquet/schema.ts';
import { validateFile } from '../../functions/validation/validate-file.ts';

const text = readFileSync('docs/manifest.md', 'utf8');
const [manifest = '', lines = ''] = [...text.matchAll(/^```\w*\n(.*?)^```$/gms)].map(([, block]) => block);

test('the page on manifests names every key that one can have', () => {
  const { schema } = ManifestText.shape;
  const validation = schema.shape.validation.unwrap();
  const parts = [ManifestText, schema, validation, FieldText];
  const keys = parts.flatMap((part) => Object.keys(part.shape)).filter((key) => key !== 'schema');
  expect(keys.filter((key) => !text.includes(`\`${key}\``))).toEqual([]);
});

test('its example validates its file as it says', async () => {
  const parsed = parseManifest(manifest);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const bytes = Buffer.from(lines);
  const content = (async function* () {
    yield bytes;
  })();
  const key = 'data/sessions/sessions_20240625.jsonl';
  const [, said = 'nothing'] = /^A file .*: `(line 2.*) …`\.$/m.exec(text) ?? [];
  expect(await validateFile({ key, size: bytes.length, manifest: parsed.manifest, content })).toMatchObject({
    verdict: 'accepted',
    facts: { records: 2 },
    quarantined: { rows: 1, violations: [{ message: expect.stringContaining(said) }] },
  });
});

test('it states the limits of Parquet as they are', () => {
  const stated = [...text.matchAll(/^\| (.+?) \| (\d+)( MiB)? \|$/gm)].map(([, what, number, unit]) => [
    what,
    Number(number) * (unit ? 2 ** 20 : 1),
  ]);
  expect(Object.fromEntries(stated)).toEqual({
    footer: mostFooterBytes,
    'columns in a file': mostColumns,
    'columns inside of one another': deepestColumn,
    'columns that `unknown_fields` keeps': mostKept,
    'one page, uncompressed': mostPageBytes,
    'pages and dictionaries that are read at the same time, one page of each column': mostHeldBytes,
    'values of one page of a column in a list, and of one row': mostListedValues,
    'one row as JSON': mostRowBytes,
  });
});
