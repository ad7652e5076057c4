import { beforeEach, describe, expect, test } from 'vitest';
import { validateLanding } from '../../../../functions/validate-landing.ts';
import { putManifest } from '../../acts.ts';
import { objectCreated } from '../../events.ts';
import type { StoredFile } from '../../records.ts';
import { fileIn, openStage, type Stage } from '../../stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = openStage();
});

const land = async (extension: string, body: string): Promise<StoredFile> => {
  putManifest(stage, {
    schema: {
      extension,
      fields: { id: { type: 'int', required: true }, name: { type: 'string' } },
      fields_required: false,
      validation: { on_error: 'quarantine_rows' },
    },
  });
  const file = stage.lake.put(`data/plays/a${extension}`, body);
  await validateLanding(stage.ports)(objectCreated(file));
  return fileIn(stage, file);
};
const cleanOf = ({ clean_key = '' }: StoredFile): string | undefined => stage.lake.newest(clean_key)?.body;

/** RFC 8259: blank, tab, line feed, carriage return. */
describe('a carriage return between the tokens of JSON', () => {
  test('is a blank in JSON lines, and engines read a copy without it: they may take it for a line end', async () => {
    const file = await land('.jsonl', '{"id":1\r,\t"name" : "x"}\r\n{"id":\r2}\r\r\n');
    expect(file).toMatchObject({ state: 'accepted', records: 2, facts: { records: 2 } });
    expect(cleanOf(file)).toBe('{"id":1 ,\t"name" : "x"}\n{"id": 2} \n');
  });

  test('is a blank in an array', async () => {
    const file = await land('.json', '[\r{"id":1\r,"name":"x"}\r,\r{"id":2}]');
    expect(file).toMatchObject({ state: 'accepted', records: 2 });
    expect(file.clean_key).toBeUndefined();
  });

  test('changes nothing of a file that has none', async () => {
    const file = await land('.jsonl', '{"id":1}\r\n');
    expect([file.state, file.clean_key]).toEqual(['accepted', undefined]);
  });

  test('is no part of a text', async () => {
    const file = await land('.jsonl', '{"id":1}\n{"id":2,"name":"\r"}\n{"id":3\r,}\n');
    expect(file).toMatchObject({ state: 'accepted', records: 3, quarantined_rows: 2 });
  });
});
