import { beforeEach, describe, expect, test } from 'vitest';
import { repairKey } from '../../../../functions/pipeline/queries/repairs.ts';
import { validateLanding } from '../../../../functions/validate-landing.ts';
import { land, putManifest } from '../../acts.ts';
import { objectCreated } from '../../events.ts';
import type { StoredFile } from '../../records.ts';
import { bring, fileIn, manifest, openStage, type Stage } from '../../stage.ts';

const { schema } = manifest;
const fields = { ...schema.fields, note: { type: 'string' } };

let stage: Stage;
let source: StoredFile;
let rows: string;
beforeEach(async () => {
  stage = openStage();
  const validation = { on_error: 'quarantine_rows', max_bad_rows: 100 };
  putManifest(stage, {
    schema: { ...schema, fields, delimiter: ';', unknown_fields: 'ignore', validation },
  });
  const landed = 'id;day;note;\n1;2024-06-01;a;\nx;2024-06-02;b, c;7\n';
  const file = await land(stage, 'a', landed);
  rows = stage.lake.newest(`${file.clean_key}.rows.csv`)?.body ?? '';
  source = await bring(stage, file, 'claimed', 'published');
});

const send = async (body: string): Promise<string | undefined> => {
  const file = stage.lake.put(repairKey(source), body);
  await validateLanding(stage.ports)(objectCreated(file));
  const { clean_key = '', reason } = await fileIn(stage, file);
  return stage.lake.newest(clean_key)?.body ?? reason;
};

/** As a spreadsheet saves it. */
const saved = (delimiter: string): string => {
  const name = `data/plays/a.csv@${source.version}`;
  const head = ['id', 'day', 'note', 'column 4', '_source', '_line', '_errors', '_raw'];
  const row = ['2', '2024-06-02', '"b, c"', '7', name, '3', '"not an int; ""x"""', ''];
  return `\uFEFF${head.join(delimiter)}\r\n${row.join(delimiter)}\r\n`;
};

describe('a rows file of a file with semicolons', () => {
  test('is written with commas, and a column without a name is called by its place', () => {
    expect(rows).toMatch(/^id,day,note,column 4,_source,_line,_errors,_raw\nx,2024-06-02,"b, c",7,/);
  });

  test.each([',', ';', '\t', '|'])('comes back with %j between its columns', async (delimiter) => {
    expect(await send(saved(delimiter))).toBe('id;day;note;column 4\n2;2024-06-02;b, c;7\n');
  });

  test('comes back with a column that has no name', async () => {
    expect(await send(saved(';').replace('column 4', ''))).toBe(
      'id;day;note;column 4\n2;2024-06-02;b, c;7\n',
    );
  });

  test('says what it lacks where it is none by any delimiter', async () => {
    expect(await send('id;day\n1;2024-06-01\n')).toContain('_source is not there');
  });
});
