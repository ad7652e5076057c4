import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeRows } from '../../../cli/check/rows.ts';
import { validateFile } from '../../../functions/validation/validate-file.ts';
import { manifestOf, pieces } from '../../functions/validation/fixture.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rows '));
});
afterEach(() => rm(folder, { recursive: true }));

const fields = { id: { type: 'int', required: true }, amount: { type: 'decimal(18,2)' } };

const schemaOf = (extension: string) => ({
  fields,
  validation: { on_error: 'quarantine_rows' },
  extension,
  name_pattern: '.*',
  unknown_fields: 'ignore',
});

const fileOf = (name: string, bytes: Buffer, piece = 2 ** 16) => {
  const manifest = manifestOf(schemaOf(name.replace(/^[^.]*|\.gz$/g, '')));
  const range = async (start: number, end: number) => bytes.subarray(start, end);
  return { key: `data/streams/${name}`, size: bytes.length, manifest, content: pieces(bytes, piece), range };
};

/** What is written of a file, and what the manifest of another one says of its accepted rows. */
const split = async (name: string, bytes: Buffer, piece?: number) => {
  const validation = await validateFile(fileOf(name, bytes));
  if (validation.verdict !== 'accepted' || !validation.quarantined)
    throw new Error(JSON.stringify(validation));
  const written = await writeRows(folder, fileOf(name, bytes, piece), validation);
  const good = await readFile(written.accepted);
  return {
    written,
    good,
    again: await validateFile(fileOf(written.accepted.slice(folder.length + 1), good)),
  };
};

describe('accepted rows', () => {
  const lines = ['{"id":9007199254740993,"amount":1.10}', '{"id":1,"amount":12.345}', '{"id":2}'];

  it.each([
    ['CSV', 'a.csv', Buffer.from('id,amount\n1,2.50\nx,1\n2,\n')],
    ['CSV as gzip', 'a.csv.gz', gzipSync('id,amount\n1,2.50\nx,1\n2,\n')],
    ['JSON lines', 'a.jsonl', Buffer.from(lines.join('\n'))],
    ['a JSON array', 'a.json', Buffer.from(`[${lines.join(',\n ')}]`)],
    ['a JSON array as gzip', 'a.json.gz', gzipSync(`[${lines.join(',')}]`)],
  ])('have the name of their file and are accepted like it: %s', async (_, name, bytes) => {
    const { written, again } = await split(name, bytes);
    expect(written).toEqual({
      accepted: join(folder, name),
      quarantined: expect.stringContaining(`${name}.rows.`),
    });
    expect(again).toMatchObject({ verdict: 'accepted', facts: { records: 2 } });
    expect(again).not.toHaveProperty('quarantined');
  });

  it('of Parquet are JSON lines, under a name and with a note that say so', async () => {
    const columnData = [
      { name: 'id', data: [1n, null], type: 'INT64' as const },
      { name: 'amount', data: [1.5, 2.5], type: 'DOUBLE' as const },
    ];
    const file = fileOf('a.parquet', Buffer.from(parquetWriteBuffer({ columnData })));
    const { amount: _, ...only } = fields;
    const manifest = manifestOf({ ...schemaOf('.parquet'), fields: only });
    const validation = await validateFile({ ...file, manifest });
    if (validation.verdict !== 'accepted') throw new Error(JSON.stringify(validation));
    const again = fileOf('a.parquet', Buffer.from(parquetWriteBuffer({ columnData })));
    const written = await writeRows(folder, { ...again, manifest }, validation);
    expect(written).toEqual({
      accepted: join(folder, 'a.parquet.jsonl'),
      quarantined: join(folder, 'a.parquet.jsonl.rows.jsonl'),
      note: expect.stringContaining('"extension": ".jsonl"'),
    });
    expect(await readFile(written.accepted, 'utf8')).toBe('{"id":1}\n');
  });

  it('of an array are an array of them, however it is cut', async () => {
    const record = fc.oneof(fc.constant({ id: 'x' }), fc.record({ id: fc.integer() }));
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 9 }), fc.nat(40), async (records, cut) => {
        const good = records.filter(({ id }) => typeof id === 'number');
        fc.pre(good.length > 0 && good.length < records.length);
        const { written, good: bytes } = await split('a.json', Buffer.from(JSON.stringify(records)), cut + 1);
        expect(JSON.parse(bytes.toString())).toEqual(good);
        await rm(written.accepted);
        await rm(written.quarantined);
      }),
      { numRuns: 30 },
    );
  });

  it('keep their bytes as gzip', async () => {
    const { good } = await split('a.csv.gz', gzipSync('id,amount\n1,2.50\nx,1\n'));
    expect(gunzipSync(good).toString()).toBe('id,amount\n1,2.50\n');
  });
});
