import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvReader } from '../../../../functions/validation/csv/reader.ts';
import type { CsvRecord } from '../../../../functions/validation/csv/record.ts';
import { CsvScanner } from '../../../../functions/validation/csv/scanner.ts';
import { referenceRecords } from './reference.ts';

type Seen = {
  readonly line: number;
  readonly fields: readonly string[];
  readonly violations: readonly string[];
  readonly lineEnd: string;
  readonly raw: string;
  readonly isSuspect: boolean;
};
type Read = { readonly records: readonly Seen[]; readonly tooLong: readonly number[]; readonly bom: boolean };

const see = (record: CsvRecord): Seen => ({
  line: record.line,
  fields: Array.from({ length: record.count }, (_, field) => record.text(field)),
  violations: record.violations.map(({ kind }) => kind).sort(),
  lineEnd: record.lineEnd,
  raw: record.bytes.toString('utf8', record.start, record.end),
  isSuspect: record.isSuspect,
});

const read = (chunks: readonly Uint8Array[], windowBytes: number, longest = 2 ** 20): Read => {
  const [records, tooLong]: [Seen[], number[]] = [[], []];
  const listener = {
    onRecord: (record: CsvRecord) => records.push(see(record)),
    onTooLong: (record: CsvRecord) => tooLong.push(record.line),
  };
  const reader = new CsvReader(new CsvScanner(',', '"'), '"', longest, listener, windowBytes);
  for (const chunk of chunks) reader.write(chunk);
  reader.drain(true);
  return { records, tooLong, bom: reader.hasByteOrderMark };
};

const expected = (text: string): readonly Seen[] =>
  referenceRecords(text).map(({ line, fields, lineEnd, raw }) => ({
    line,
    fields: fields.map((field) => field.text),
    violations: fields.flatMap((field) => field.violations).sort(),
    lineEnd: lineEnd === '' ? 'none' : lineEnd === '\n' ? 'lf' : 'crlf',
    raw,
    isSuspect: raw.includes('\0'),
  }));

const cutInto = (bytes: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] => {
  const chunks: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
};

const token = fc.constantFrom('a', '1', '"', '""', ',', '\n', '\r', '\r\n', '"x"', 'é', '☃', '😀', ' ', '\0');
const text = fc.array(token, { maxLength: 60 }).map((tokens) => tokens.join(''));
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
const windowBytes = fc.integer({ min: 1, max: 20 });

const gnarly = '\ufeffa,"b",c\r\n"1,""2""","x\r\ny",é\n,"",\n"☃",😀,"\r"\r\n\n"open\r\n';

describe('CsvReader', () => {
  it('reads what the reference parser reads, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(text, sizes, windowBytes, (content, cuts, window) => {
        const seen = read(cutInto(Buffer.from(content), cuts), window);
        expect(seen).toEqual({ records: expected(content), tooLong: [], bom: false });
      }),
      { numRuns: 5000 },
    );
  });

  it('reads the same when a file is cut in two at any byte', () => {
    const bytes = Buffer.from(gnarly);
    const whole = { records: expected(gnarly.slice(1)), tooLong: [], bom: true };
    for (let cut = 0; cut <= bytes.length; cut++) {
      for (const window of [1, 4, 7, 64]) {
        expect(read([bytes.subarray(0, cut), bytes.subarray(cut)], window)).toEqual(whole);
      }
    }
  });

  it('stops at the first record that is too long, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(
        text,
        sizes,
        windowBytes,
        fc.integer({ min: 1, max: 12 }),
        (content, cuts, window, longest) => {
          const all = referenceRecords(content);
          const at = all.findIndex(({ raw }) => Buffer.byteLength(raw) > longest);
          const seen = read(cutInto(Buffer.from(content), cuts), window, longest);
          expect(seen.records).toEqual(at < 0 ? expected(content) : expected(content).slice(0, at));
          expect(seen.tooLong).toEqual(at < 0 ? [] : [all[at]?.line]);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('knows a line break in quotes', () => {
    const seen: boolean[] = [];
    const listener = {
      onRecord: (record: CsvRecord) => seen.push(record.isMultiline),
      onTooLong: () => undefined,
    };
    const reader = new CsvReader(new CsvScanner(',', '"'), '"', 100, listener);
    reader.write(Buffer.from('a,b\n"x\ny",2\n"x",2\n"x\ry",3\n'));
    reader.drain(true);
    expect(seen).toEqual([false, true, false, true]);
  });

  it('suspects records of broken UTF-8 and no others', () => {
    const bytes = Buffer.concat([Buffer.from('a\né\n'), Buffer.from([0xe9, 0x0a]), Buffer.from('☃\n')]);
    for (const size of [1, 2, 3, 100]) {
      const { records } = read(cutInto(bytes, [size]), 4);
      expect(records.map(({ isSuspect }) => isSuspect)).toEqual([false, false, true, false]);
    }
  });

  it('reads a record of more fields than it has room for', () => {
    const { records } = read([Buffer.from(`${','.repeat(1000)}x`)], 16);
    expect(records[0]?.fields.length).toBe(1001);
    expect(records[0]?.fields.at(-1)).toBe('x');
  });
});
