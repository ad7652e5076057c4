import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { repairKey } from '../../../../functions/pipeline/queries/repairs.ts';
import { validateLanding } from '../../../../functions/validate-landing.ts';
import { JsonRowsReader } from '../../../../functions/validation/rows-file/json-reader.ts';
import type { SentRow } from '../../../../functions/validation/rows-file/reader.ts';
import { rowsJsonLines } from '../../../../functions/validation/rows-file/writer.ts';
import { ViolationLog } from '../../../../functions/validation/violations.ts';
import { putManifest } from '../../acts.ts';
import { objectCreated } from '../../events.ts';
import type { StoredFile } from '../../records.ts';
import { bring, fileIn, openStage, type Stage } from '../../stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = openStage();
});

const setManifest = (extension: string, changes: object = {}): unknown =>
  putManifest(stage, {
    schema: {
      extension,
      fields: {
        id: { type: 'int', required: true },
        'items[].price': { type: 'decimal(5,2)' },
        name: { type: 'string', pii: true, max_length: 5 },
      },
      fields_required: false,
      validation: { on_error: 'quarantine_rows' },
      ...changes,
    },
  });

const send = async (key: string, body: string): Promise<StoredFile> => {
  const file = stage.lake.put(key, body);
  await validateLanding(stage.ports)(objectCreated(file));
  return fileIn(stage, file);
};
const text = (key: string | undefined): string => stage.lake.newest(key ?? '')?.body ?? '';
const rowsOf = (file: StoredFile): string => text(`${file.clean_key}.rows.jsonl`);
const published = async (key: string, body: string): Promise<StoredFile> => {
  const file = await send(key, body);
  expect(file.state).toBe('accepted');
  return bring(stage, file, 'claimed', 'published');
};

const good = '{"id": 1, "items": [{"price": 1.10}]}\n';
const landed = `${good}{"id":"2","items":[ {"price": 2.50} ]}\n{"id":3,\n${good}{"id":4,"items":[{"price":1.234}]}\n`;

describe('a file of JSON lines with invalid records', () => {
  test('is split, each record as it stands', async () => {
    setManifest('.jsonl');
    const file = await send('data/plays/a.jsonl', landed);
    expect(file).toMatchObject({ records: 5, quarantined_rows: 3, facts: { format: 'jsonl', records: 2 } });
    expect(text(file.clean_key)).toBe(good + good);
    const rows = rowsOf(file).trimEnd().split('\n');
    expect(rows[0]).toContain('"record":{"id":"2","items":[ {"price": 2.50} ]}}');
    expect(rows.map((row) => JSON.parse(row))).toMatchObject([
      { _source: `data/plays/a.jsonl@${file.version}`, _line: 2, _errors: expect.stringContaining('id') },
      { _line: 3, _raw: '{"id":3,' },
      { _line: 5, record: { id: 4 } },
    ]);
  });

  test('takes its rows back, numbers digit by digit', async () => {
    setManifest('.jsonl');
    const source = await published('data/plays/a.jsonl', landed);
    const sent = rowsOf(source)
      .replace('"id":"2"', '"id":2')
      .replace('"_raw":"{\\"id\\":3,"', '"record" : {"id":3}');
    const file = await send(repairKey(source), sent);
    expect(file).toMatchObject({
      state: 'accepted',
      landed_as: 'data/plays/a.jsonl#repair',
      records: 3,
      quarantined_rows: 1,
      facts: { format: 'jsonl', records: 2 },
    });
    expect(text(file.clean_key)).toBe('{"id":2,"items":[ {"price": 2.50} ]}\n{"id":3}\n');
    expect(JSON.parse(rowsOf(file))).toMatchObject({
      _source: `data/plays/a.jsonl#repair@${file.version}`,
      _line: 5,
      _errors: expect.stringContaining('line 5'),
    });
    const again = await send(
      repairKey(await bring(stage, file, 'claimed', 'published')),
      rowsOf(file).replace('"price":1.234', '"price":1.23'),
    );
    expect(again).toMatchObject({ landed_as: 'data/plays/a.jsonl#repair#repair', quarantined_rows: 0 });
  });

  test('says no personal value in the reasons', async () => {
    setManifest('.jsonl');
    const file = await send(
      'data/plays/a.jsonl',
      `${good}{"id":1,"name":"someone"}\n{"id":1,"name":secret}\n`,
    );
    const errors = rowsOf(file)
      .trimEnd()
      .split('\n')
      .map((row) => JSON.parse(row)._errors);
    expect(errors).toHaveLength(2);
    expect(errors.join()).not.toMatch(/someone|secret/);
  });
});

test('a JSON array is split into JSON lines, and repaired as such', async () => {
  setManifest('.json');
  const source = await published('data/plays/a.json', '[{"id":1},\n{"id":"2",\n "items":[]}]\n');
  expect(source.facts).toMatchObject({ format: 'jsonl', records: 1, bytes: 9 });
  expect(text(source.clean_key)).toBe('{"id":1}\n');
  expect(repairKey(source)).toBe(`data/plays/a.json@${source.version}.rows.jsonl`);
  const file = await send(repairKey(source), rowsOf(source).replace('"2"', '2'));
  expect(file).toMatchObject({ state: 'accepted', records: 1, quarantined_rows: 0 });
  expect(text(file.clean_key)).toBe('{"id":2,  "items":[]}\n');
});

describe('a rows file of JSON is rejected', () => {
  test.each([
    ['that is no JSON', (row: string) => row.slice(0, -1), 'a comma or } is expected'],
    ['with text behind a row', (row: string) => `${row}{}`, 'text follows the object'],
    ['with another key', (row: string) => row.replace('_errors', 'errors'), 'a key of its own'],
    ['with a key twice', (row: string) => row.replace('_errors', '_source'), 'or one twice'],
    ['with a source that is no text', (row: string) => row.replace(/"data[^"]*"/, '1'), '_source is no text'],
    ['that is a list', () => '[]', 'an object is expected'],
  ])('%s', async (_, change, says) => {
    setManifest('.jsonl');
    const source = await published('data/plays/a.jsonl', landed);
    const [row = ''] = rowsOf(source).replace('"id":"2"', '"id":2').split('\n');
    expect(await send(repairKey(source), `${change(row)}\n`)).toMatchObject({
      state: 'rejected',
      reason: expect.stringContaining(says),
    });
    expect(await send(repairKey(source), `\n${row}\n\n`)).toMatchObject({ state: 'accepted' });
  });
});

test('a row that holds several records, or what could not be shown, stays out', async () => {
  setManifest('.jsonl');
  const source = await published('data/plays/a.jsonl', landed);
  const raw = '"_raw":"{\\"id\\":3,"';
  const repaired = rowsOf(source).replace('"id":"2"', '"id":2');
  for (const [told, says] of [
    ['"_raw":"{\\"id\\":3}\\n{\\"id\\":9}"', 'more than one record'],
    ['"_raw":"{\\"id\\":3,\\"name\\":\\"\uFFFD\\"}"', 'holds U+FFFD'],
    ['"_raw":"PAR1"', 'is no JSON'],
  ] as const) {
    const file = await send(repairKey(source), repaired.replace(raw, told));
    expect(file).toMatchObject({ state: 'accepted', quarantined_rows: 2 });
    expect(text(file.clean_key)).toBe('{"id":2,"items":[ {"price": 2.50} ]}\n');
    expect(rowsOf(file)).toContain(says);
    expect(rowsOf(file)).toContain(told);
  }
});

test('any record comes back as it was told, blanks around it apart', () => {
  const json = fc.json({ maxDepth: 3 });
  const odd = fc.constantFrom(
    '{"a":1',
    '\0',
    '{"a":"\\u0000"}',
    '{"a":"\\ud800"}',
    '{"a":1,"a":2}',
    '',
    '1e400',
    ' {} ',
    '{}\r',
  );
  const record = fc.oneof(
    json,
    odd,
    fc.string({ unit: 'binary' }),
    json.map((all) => all.slice(1)),
  );
  fc.assert(
    fc.property(fc.array(record), (told) => {
      const sent = told
        .map((one, at) =>
          rowsJsonLines.row({ line: at + 2, record: one, raw: one, errors: 'é"\n' }, 0, 's@v'),
        )
        .join('');
      const rows: SentRow[] = [];
      const violations = new ViolationLog();
      const reader = new JsonRowsReader(2 ** 20, violations, (row) => rows.push(row));
      for (const byte of Buffer.from(sent)) reader.write(Uint8Array.of(byte));
      reader.end();
      expect(violations.kept).toEqual([]);
      expect(rows.map(({ record: one, raw }) => one ?? raw)).toEqual(
        told.map((one, at) => (rows[at]?.record === undefined ? one.replaceAll('\0', '\uFFFD') : one.trim())),
      );
      expect(rows.map(({ line, source }) => [line, source])).toEqual(
        told.map((_, at) => [String(at + 2), 's@v']),
      );
    }),
    { numRuns: 200 },
  );
});
