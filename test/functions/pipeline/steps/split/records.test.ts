import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SplitMismatch, splitFile } from '../../../../../functions/pipeline/steps/split/records.ts';
import { validateFile } from '../../../../../functions/validation/validate-file.ts';
import { manifestOf } from '../../../validation/fixture.ts';
import { fileOf, memoryStore, split, target } from './fixture.ts';

const validation = { on_error: 'quarantine_rows' };
const manifest = manifestOf({ validation });
const header = 'user_id,track_id,listen_time\n';
const good = '1,t1,2024-06-25 17:43:13\n';
const bytes = Buffer.from;

const rowsOf = (rows: Uint8Array | undefined): Record<string, string>[] =>
  parse(Buffer.from(rows ?? []), { columns: true });

describe('a file with invalid records', () => {
  it('is split into a clean copy and a rows file', async () => {
    const parts = await split(bytes(`${header}${good}x,t2,2024-06-25 17:43:13\n1,t3\n${good}`), manifest);
    expect(parts?.clean?.toString()).toBe(header + good + good);
    expect(parts?.rows?.toString()).toBe(
      [
        'user_id,track_id,listen_time,_source,_line,_errors,_raw\n',
        'x,t2,2024-06-25 17:43:13,data/streams/streams1.csv@v1,3,',
        '"line 3, column user_id: ""x"" is not an int (digits only, no fraction)",\n',
        ',,,data/streams/streams1.csv@v1,4,"line 4: the record has 2 columns, the header has 3","1,t3"\n',
      ].join(''),
    );
  });

  it('has a clean copy without byte-order mark and compression, with facts of its own', async () => {
    const text = `\uFEFF${header}${good}x,,\n`;
    const parts = await split(gzipSync(text), manifest, 'data/streams/streams1.csv.gz');
    expect(parts?.clean?.toString()).toBe(header + good);
    expect(parts?.facts).toEqual({
      ...parts?.validation.facts,
      bom: false,
      compression: 'none',
      records: 1,
      bytes: header.length + good.length,
    });
    expect(parts?.validation.facts).toMatchObject({ bom: true, compression: 'gzip', records: 2 });
  });

  it('keeps its line ends, and a last line without one', async () => {
    const parts = await split(
      bytes(`${header}x,,\r\n1,a,2024-06-25 17:43:13\r\n1,b,2024-06-25 17:43:13`),
      manifest,
    );
    expect(parts?.clean?.toString()).toBe(`${header}1,a,2024-06-25 17:43:13\r\n1,b,2024-06-25 17:43:13`);
  });

  it('has its columns in the order of the file, in one dialect, formulas escaped', async () => {
    const piped = manifestOf({ validation, delimiter: '|', quote: "'", unknown_fields: 'ignore' });
    const text = "=x|track_id|listen_time|user_id\n+1+1|'a,\"b'|2024-06-25 17:43:13|1\n-5|@me|never|1\n";
    const parts = await split(bytes(text), piped);
    expect(parts?.clean?.toString()).toBe(text.slice(0, text.indexOf('-5')));
    expect(parts?.rows?.toString()).toMatch(
      /^'=x,track_id,listen_time,user_id,_source,_line,_errors,_raw\n-5,'@me,never,1,/,
    );
  });

  it('has its columns by the names that they have in the file', async () => {
    const fields = { row: { type: 'int', from: 'column 1' }, order_id: { type: 'int', from: 'Order ID' } };
    const text = ',Order ID\n1,2\nx,y\n';
    const parts = await split(bytes(text), manifestOf({ validation, fields }));
    expect(parts?.clean?.toString()).toBe(',Order ID\n1,2\n');
    expect(parts?.rows?.toString()).toMatch(/^column 1,Order ID,_source,_line,_errors,_raw\nx,y,/);
    expect(rowsOf(parts?.rows)[0]?._errors).toMatch(
      /^line 3, column 1 \(row\): .*; line 3, column "Order ID" \(order_id\): /,
    );
  });

  it('shows what is no UTF-8 as far as it can be shown', async () => {
    const bad = Buffer.concat([bytes('2,caf'), Buffer.of(0xe9), bytes(',2024-06-25 17:43:13\n')]);
    const parts = await split(Buffer.concat([bytes(header + good), bad]), manifest);
    expect(rowsOf(parts?.rows)).toMatchObject([
      { user_id: '', track_id: '', _line: '3', _raw: '2,caf\uFFFD,2024-06-25 17:43:13' },
    ]);
  });

  it('says no personal value in the reasons', async () => {
    const fields = { mail: { type: 'string', pii: true, max_length: 5 }, n: { type: 'int', required: true } };
    const text = 'mail,n\na@b.c,1\nsomeone@example.org,1\nsecret,1,2\nother"quote,1\n';
    const parts = await split(bytes(text), manifestOf({ validation, fields }));
    const errors = rowsOf(parts?.rows).map(({ _errors }) => _errors);
    expect(errors).toHaveLength(3);
    expect(errors.join()).not.toMatch(/someone|secret|other/);
  });

  it('quarantines what repeats a key', async () => {
    const keyed = manifestOf({ key: ['user_id'], on_duplicate: 'last' });
    const parts = await split(bytes(`${header}${good}2,t,2024-06-25 17:43:13\n${good}`), keyed);
    expect(parts?.clean?.toString()).toBe(`${header}2,t,2024-06-25 17:43:13\n${good}`);
    expect(rowsOf(parts?.rows)).toMatchObject([
      { user_id: '1', _line: '2', _errors: expect.stringContaining('same key') },
    ]);
  });
});

describe('target', () => {
  const content = bytes(`${header}${good}x,,\n`);
  const validated = async () => {
    const validation = await validateFile(fileOf(content, manifest));
    if (validation.verdict !== 'accepted') throw new Error('the file is rejected');
    return validation;
  };

  it('stores nothing of a file that changed since it was validated', async () => {
    const { files, stored, rejected } = memoryStore();
    const other = fileOf(bytes(`${header}${good}y,,\n`), manifest);
    await expect(splitFile(files, other, await validated(), target)).rejects.toThrow(SplitMismatch);
    expect([...stored.keys()]).toEqual([]);
    expect(rejected.sort()).toEqual(['clean', 'clean.rows.csv']);
  });

  it('stores nothing when the counts of the two readings differ', async () => {
    const { files, stored } = memoryStore();
    const validation = await validated();
    const facts = { ...validation.facts, records: 3 };
    const split = splitFile(files, fileOf(content, manifest), { ...validation, facts }, target);
    await expect(split).rejects.toThrow(SplitMismatch);
    expect([...stored.keys()]).toEqual([]);
  });

  it.each(['clean', 'clean.rows.csv'])('throws what storing %s threw', async (broken) => {
    const { files } = memoryStore();
    const writeStream: typeof files.writeStream = (key, body) =>
      key === broken ? Promise.reject(new Error('no room')) : files.writeStream(key, body);
    const split = splitFile({ writeStream }, fileOf(content, manifest), await validated(), target);
    await expect(split).rejects.toThrow('no room');
  });

  it('holds little of a large file, whatever is slow', async () => {
    const block = bytes(`${good.repeat(2000)}${'x,t,2024-06-25 17:43:13\n'.repeat(500)}`);
    const blocks = 300;
    const size = header.length + blocks * block.length;
    let [given, taken] = [0, 0];
    let most = 0;
    async function* content_() {
      yield bytes(header);
      for (let at = 0; at < blocks; at++) {
        given += block.length;
        yield block;
      }
    }
    const file = () => ({ key: 'data/streams/streams1.csv', size, manifest, content: content_() });
    const validation = await validateFile(file());
    if (validation.verdict !== 'accepted') throw new Error('the file is rejected');
    given = 0;
    const slow = async (key: string, body: AsyncIterable<Uint8Array>): Promise<void> => {
      for await (const chunk of body) {
        if (key === 'clean') taken += chunk.length;
        await new Promise(setImmediate);
        most = Math.max(most, given * 0.8 - taken);
      }
    };
    await splitFile({ writeStream: slow }, file(), validation, target);
    expect(taken).toBe(header.length + blocks * good.length * 2000);
    expect(most).toBeLessThan(4 * 2 ** 20);
  });
});

describe('any file', () => {
  const field = fc.constantFrom(
    ...[
      '1',
      '-7',
      '0012',
      'x',
      '',
      't1',
      '2024-06-25 17:43:13',
      '=1+1',
      '"a,b"',
      '"a""b"',
      '"a\nb"',
      'a"b',
      '"a"b',
    ],
    ...['\u00e9', '\uFFFD', '"\r\n"', 'a\rb', '\0'],
  );
  const lineEnd = fc.constantFrom('\n', '\n', '\r\n');
  const bad = fc.tuple(fc.array(field, { minLength: 1, maxLength: 4 }), lineEnd);
  const right = fc.constant(['1', 't1', '2024-06-25 17:43:13']);
  const line = fc.oneof(bad, fc.tuple(right, lineEnd)).map(([fields, end]) => bytes(fields.join(',') + end));
  const latin = fc.constant(Buffer.of(0x31, 0x2c, 0xe9, 0x0a));
  const file = fc.array(fc.oneof({ weight: 9, arbitrary: line }, latin), { maxLength: 30 });

  it('is split into all of its records, valid ones as they stand and invalid ones once each', async () => {
    await fc.assert(
      fc.asyncProperty(file, async (lines) => {
        const content = Buffer.concat([bytes(header), ...lines]);
        const parts = await split(content, manifest);
        if (!parts) return;
        const rows = rowsOf(parts.rows);
        const bad = new Set(rows.map(({ _line }) => Number(_line)));
        let at = 2;
        const rest = lines.filter((one) => {
          const isBad = bad.has(at);
          at += one.toString('latin1').split('\n').length - 1;
          return !isBad;
        });
        expect(parts.clean?.toString('latin1')).toBe(header + Buffer.concat(rest).toString('latin1'));
        expect([bad.size, rows.length]).toEqual([lines.length - rest.length, bad.size]);
        expect(parts.facts.records).toBe(rest.length);
        const again = await validateFile(fileOf(parts.clean ?? Buffer.alloc(0), manifest));
        expect(again).toMatchObject({ verdict: 'accepted', facts: { records: rest.length } });
        expect(again).not.toHaveProperty('quarantined');
      }),
      { numRuns: 300 },
    );
  });
});
