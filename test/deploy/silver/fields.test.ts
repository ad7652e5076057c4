import { rm } from 'node:fs/promises';
import { afterEach, expect, it } from 'vitest';
import { renderCatalog } from '../../../deploy/render/render.ts';
import { copyProject } from '../project.ts';

let root = '';
afterEach(() => rm(root, { recursive: true, force: true }));

const manifest = `${JSON.stringify(
  {
    version: '1.0',
    directory: 'data/plays/',
    schema: {
      extension: '.jsonl',
      name_pattern: 'plays.jsonl',
      fields: {
        id: { type: 'int' },
        'artists[].artist_id': { type: 'string' },
        'artists[].genre': { type: 'string' },
      },
    },
  },
  null,
  2,
)}\n`;

const problems = async (columns: readonly string[]): Promise<string> => {
  root = await copyProject({
    'rules/plays/manifest.json': manifest,
    'rules/plays/quality.dqdl': 'Rules = [ RowCount > 0 ]\n',
    'sql/silver/plays.sql': `-- one row per landed play
{{ config(meta={'key': ['id']}) }}

select
  cast(id as bigint) as id,
  ${columns.join(',\n  ')},
  cast(landed_file as varchar(1024)) as landed_file,
  cast(landed_version as varchar(1024)) as landed_version,
  cast(landed_at as timestamp) as landed_at,
  cast(batch_id as varchar(128)) as batch_id
from {{ source('landed', 'plays') }}
`,
  });
  return renderCatalog(root, 'duckdb').then(
    () => 'none',
    (error: Error) => error.message,
  );
};

const artist = `cast({{ element('artists', 1) }}.artist_id as varchar(64)) as artist_id`;
const genre = `cast({{ element('artists', 2) }}.genre as varchar(64)) as genre`;

it('counts a member of an element as read, and only that one', async () => {
  expect(await problems([artist, genre])).toBe('none');
  const one = await problems([artist]);
  expect(one).toContain('schema.fields.artists[].genre: sql/silver/plays.sql does not read it');
  expect(one).not.toContain('artists[].artist_id');
});

it('reports a member that an element does not have', async () => {
  expect(await problems([artist.replace('.artist_id', '.artst_id'), genre])).toMatch(
    /sql\/silver\/plays\.sql:6:\d+ .*artists has no member artst_id \(did you mean artist_id\?\)/,
  );
});
