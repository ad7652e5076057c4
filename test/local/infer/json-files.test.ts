import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InferredDataset, inferDataset } from '../../../local/infer/infer-dataset.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'infer-json-'));
});
afterAll(() => rm(folder, { recursive: true }));

const infer = async (name: string, text: string | Buffer): Promise<InferredDataset> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return inferDataset({ dataset: 'shop', paths: [path] }, () => undefined);
};
const fieldsOf = ({ texts }: InferredDataset) =>
  JSON.parse(texts['rules/shop/manifest.json'] ?? '').schema.fields;

const session = (at: number): string =>
  `{"session_id": "3f2504e0-4f89-41d3-9a0c-${String(at).padStart(12, '0')}", "user": {"mail": "u${at}@x.org", "age": ${at}},` +
  ` "started": "2020-01-01T10:00:0${at % 10}.123456", "tags": ["a", "b"], "zip": "0${at}", "big": 1234567890123456789012,` +
  ` "items": [{"price": 0.${at + 10}, "liked": true, "since": null}, {"price": 1, "liked": false, "since": "2020-01-01"}]}`;
const records = Array.from({ length: 40 }, (_, at) => session(at));
const types = {
  session_id: { type: 'string', required: true, pattern: expect.any(String) },
  'user_value.mail': { from: 'user.mail', type: 'string', required: true, pii: true },
  'user_value.age': { from: 'user.age', type: 'int', required: true, min: 0 },
  started: { type: 'timestamp', required: true, format: 'YYYY-MM-DDTHH:mm:ss[.ffffff]' },
  'tags[]': { type: 'string', required: true },
  zip: { type: 'string', required: true },
  big: { type: 'decimal(38,0)', required: true },
  'items[].price': { type: 'decimal(18,2)', required: true, min: 0 },
  'items[].liked': { type: 'bool', required: true },
  'items[].since': { type: 'date' },
};

describe('a file of JSON', () => {
  it.each([
    ['lines', 'shop.jsonl', `${records.join('\n')}\n`],
    ['lines with CRLF', 'shop.ndjson', records.join('\r\n')],
    ['an array', 'shop.json', `[${records.join(',\n')}]`],
    ['an array in gzip', 'shop2.json.gz', gzipSync(`[\n${records.join(',')}]`)],
  ])('has its paths and their types: %s', async (_, name, text) => {
    const inferred = await infer(name, text);
    expect(Object.keys(fieldsOf(inferred))).toEqual(Object.keys(types));
    expect(fieldsOf(inferred)).toMatchObject(types);
    expect(inferred.table.key).toEqual({ columns: ['session_id'], kind: 'found' });
    expect(inferred.samples[0]?.judgement).toMatchObject({ verdict: 'accepted', facts: { records: 40 } });
    expect(inferred.samples[0]?.judgement).not.toHaveProperty('quarantined');
  });

  it('may lack what is then not required, and may hold null for an object', async () => {
    const inferred = await infer(
      'shop.jsonl',
      '{"a": 1, "b": {"c": "x"}, "e": []}\n{"b": null}\n{"a": 2, "d": "", "e": [1]}\n',
    );
    expect(fieldsOf(inferred)).toMatchObject({
      a: { type: 'int' },
      'b.c': { type: 'string' },
      'e[]': { type: 'int' },
    });
    expect(inferred.table.columns.map(({ required }) => required)).toEqual([false, false, false, false]);
    expect(inferred.samples[0]?.judgement).toMatchObject({ verdict: 'accepted' });
    expect(inferred.samples[0]?.judgement).not.toHaveProperty('quarantined');
  });

  it('keeps numbers in quotes as the text that they are', async () => {
    const inferred = await infer('shop.jsonl', '{"id": "12", "price": "1.50"}\n');
    expect(inferred.table.columns.map(({ type }) => type.type)).toEqual(['string', 'string']);
    expect(inferred.table.columns[1]?.type.note).toMatch(/numbers in quotes/);
  });

  it('has records set aside that are not like the others', async () => {
    const inferred = await infer('shop.jsonl', `${records.join('\n')}\n{"session_id": 7}\n[1]\n`);
    expect(inferred.samples[0]?.judgement).toMatchObject({ verdict: 'accepted', quarantined: { rows: 2 } });
  });

  it.each([
    ['no object', 'shop.json', '[1, 2]', /: line 1: the record is a number, every record is an object/],
    [
      'lines that are called an array',
      'shop.json',
      '{"a": 1}\n',
      /holds JSON lines; its name has to end in .jsonl/,
    ],
    ['an array that is called lines', 'shop.jsonl', '[{"a": 1}]', /holds one JSON array; .* end in .json/],
    ['nothing', 'shop.jsonl', '', /is empty/],
    ['Parquet', 'shop.parquet', 'PAR1', /infer reads CSV and JSON/],
  ])('is refused: %s', async (_, name, text, message) => {
    await expect(infer(name, text)).rejects.toThrow(message);
  });
});
