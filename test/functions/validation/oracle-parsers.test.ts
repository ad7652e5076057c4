import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLanded, groupFiles } from '../../../functions/engine/landed.ts';
import { openSession } from '../../../functions/engine/session.ts';
import type { SpecFile } from '../../../functions/pipeline/spec.ts';
import { landedColumns } from '../../../functions/pipeline/steps/compose-batch.ts';
import { type Lake, land, openLake } from '../engine/fixtures.ts';
import { dirtyFile } from './dirty-arbitrary.ts';
import type { DirtyFile } from './dirty-files.ts';
import { type Cutting, readByParser } from './parser-reading.ts';
import { type ReferenceReading, readByReference } from './reference.ts';

/** What is left of a dirty file when its invalid records are quarantined, and what it says then. */
type CleanFile = DirtyFile & {
  readonly facts: ReferenceReading['facts'];
  readonly rows: readonly (readonly string[])[];
};

const cutting: Cutting = { sizes: [61, 7, 300], windowBytes: 500 };

const cleaned = ({ name, manifest, bytes }: DirtyFile): CleanFile[] => {
  const { isRejected, clean, facts: landed } = readByParser(bytes, manifest, cutting);
  const rows = readByReference(bytes, manifest).good.map(({ fields }) => fields);
  if (isRejected || rows.length === 0) return [];
  const kept = Buffer.from(landed?.bom ? `\xef\xbb\xbf${clean}` : clean, 'latin1');
  const { violations, facts } = readByParser(kept, manifest, cutting);
  expect(violations, `${name}: ${clean}`).toEqual([]);
  return facts ? [{ name, manifest, bytes: kept, facts, rows }] : [];
};

const seed = Date.now();
const files = fc.sample(dirtyFile(10), { numRuns: 1000, seed }).flatMap(cleaned);
const says = (at: number): string => `seed ${seed}, file ${at} of ${files[at]?.name}: ${files[at]?.bytes}`;

const asText = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row));

const pythonReader = `
import base64, csv, io, json, sys
csv.field_size_limit(2**30)
for file in json.load(sys.stdin):
    text = io.TextIOWrapper(io.BytesIO(base64.b64decode(file['bytes'])), encoding=file['encoding'], newline='')
    print(json.dumps(list(csv.reader(text, delimiter=file['delimiter'], quotechar=file['quote'], strict=True))))
`;

const readByPython = (): string[][] => {
  const input = files.map(({ bytes, facts, manifest: { delimiter, quote } }) => ({
    encoding: facts.bom ? 'utf-8-sig' : 'utf-8',
    bytes: bytes.toString('base64'),
    delimiter,
    quote,
  }));
  const { stdout, stderr } = spawnSync('python3', ['-c', pythonReader], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  expect(stderr).toBe('');
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
};

/** A column without a name is called by its place. */
const cellOf = (name: string, at: number): string => (name === `column ${at + 1}` ? '' : name);

/** The client drops a byte-order mark from the start of a text, so no text starts with its own first character. */
const marked = (name: string): string => `'=' || "${name}" as "${name}"`;
const markedText = (text = ''): string | null => (text === '' ? null : `=${text}`);

const isPythonHere = spawnSync('python3', ['--version']).status === 0;

describe('other readers of what the validator lets through', () => {
  let lake: Lake;
  beforeAll(async () => {
    lake = await openLake();
  });
  afterAll(() => lake.close());

  it('has files of many kinds for them', () => {
    expect(files.length).toBeGreaterThan(300);
    expect(files.some(({ facts }) => facts.multiline && facts.line_end === 'mixed')).toBe(true);
    expect(files.some(({ facts }) => facts.bom)).toBe(true);
    expect(new Set(files.map(({ name }) => name)).size).toBeGreaterThan(15);
  });

  it('include csv of Python, which reads the same rows', (context) => {
    if (!isPythonHere && process.env.CI !== 'true') context.skip('there is no python3');
    const read = readByPython();
    for (const [at, { rows, facts }] of files.entries())
      expect(asText(read[at] ?? []), says(at)).toEqual(asText([facts.header.map(cellOf), ...rows]));
  });

  it('include DuckDB, which reads the same rows', async () => {
    const connection = await lake.run('run').connect();
    const session = openSession(connection);
    for (const manifest of new Set(files.map((file) => file.manifest))) {
      const columns = manifest.fields.map(({ name }) => name);
      const landed: SpecFile[] = [];
      for (const [at, { bytes, facts, manifest: own }] of files.entries()) {
        const { delimiter, quote } = own;
        if (own === manifest)
          landed.push(await land(lake, String(at), bytes, { ...facts, delimiter, quote }));
      }
      await createLanded(
        session,
        { batch: 'b', dataset: 'd', ...landedColumns(manifest.fields) },
        await groupFiles(lake.store, landed, lake.run('run').scratch),
      );
      const read = await session.rows(`select landed_file, ${columns.map(marked).join(', ')} from landed_d`);
      for (const { key } of landed) {
        const { facts, rows } = files[Number(key)] ?? { facts: { header: [''] }, rows: [] };
        const expected = rows.map((row) =>
          manifest.fields.map(({ from }) => markedText(row[facts.header.indexOf(from)])),
        );
        const own = read.filter(({ landed_file }) => landed_file === key);
        const actual = own.map((row) => columns.map((name) => row[name]));
        expect(asText(actual).sort(), says(Number(key))).toEqual(asText(expected).sort());
      }
    }
    connection.closeSync();
  });
});
