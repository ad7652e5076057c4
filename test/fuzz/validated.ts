import { parse } from 'csv-parse/sync';
import type { SpecFile } from '../../functions/pipeline/spec.ts';
import { splitFile } from '../../functions/pipeline/steps/split/records.ts';
import { type Manifest, parseManifest } from '../../functions/validation/manifest/manifest.ts';
import { rowsWriter } from '../../functions/validation/rows-file/writer.ts';
import { validateFile } from '../../functions/validation/validate-file.ts';
import { memoryStore } from '../functions/pipeline/steps/split/fixture.ts';
import { pieces } from '../functions/validation/fixture.ts';
import type { Format, FuzzedFile } from './fuzzed-files.ts';

export const columns = ['id', 'name', 'moment'];

const manifestOf = (format: Format): Manifest => {
  const parsed = parseManifest(
    JSON.stringify({
      version: '1',
      directory: 'data/fuzz/',
      schema: {
        extension: `.${format}`,
        fields_required: false,
        fields: { id: { type: 'int' }, name: { type: 'string' }, moment: { type: 'timestamp' } },
        validation: { on_error: 'quarantine_rows' },
      },
    }),
  );
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.manifest;
};

const manifests = new Map(
  (['csv', 'jsonl', 'json', 'parquet'] as const).map((format) => [format, manifestOf(format)] as const),
);

type Text = string | null;

/** An accepted file as a spec has it, and the rows that were validated, every value a text, what is empty null. */
export type ValidatedFile = FuzzedFile & {
  readonly facts: SpecFile['facts'];
  /** What engines read in place of the file, where there is such a copy. */
  readonly clean?: Buffer;
  readonly rows: readonly (readonly Text[])[];
};

/** Validates a file as the product does; `rejected` where no row of it is to be published. It must not throw. */
export const validated = async (fuzzed: FuzzedFile): Promise<ValidatedFile | 'rejected' | 'ignored'> => {
  const { format, key, bytes } = fuzzed;
  const manifest = manifests.get(format);
  if (!manifest) throw new Error(format);
  const range = async (start: number, end: number) => bytes.subarray(start, end);
  const file = () => ({ key, size: bytes.length, manifest, content: pieces(bytes, 777), range });
  const validation = await validateFile(file());
  if (validation.verdict !== 'accepted') return validation.verdict;
  const { files, stored } = memoryStore();
  const target = { clean_key: 'clean', source: `${key}@v1`, rows: rowsWriter(validation.facts.format) };
  const facts = await splitFile(files, file(), validation, target);
  const clean = stored.get('clean') ?? Buffer.alloc(0);
  const rows = facts.format === 'csv' ? csvRows(clean, facts.header) : jsonRows(clean);
  const isCopied = validation.isRewritten || validation.quarantined !== undefined;
  const own = isCopied ? facts : validation.facts;
  return { ...fuzzed, facts: own, rows, ...(isCopied && { clean }) };
};

const csvRows = (clean: Buffer, header: readonly string[]): Text[][] => {
  const [, ...records]: string[][] = parse(clean, {
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
  });
  const places = columns.map((name) => header.indexOf(name));
  return records.map((record) => places.map((place) => record[place] || null));
};

/** Numbers are the texts that they are written with. */
const jsonRows = (clean: Buffer): Text[][] =>
  clean
    .toString()
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const texts = line.replace(/"(?:[^"\\]|\\.)*"|-?\d[0-9.eE+-]*/g, (token) =>
        token.startsWith('"') ? token : `"${token}"`,
      );
      const record: Record<string, string | null> = JSON.parse(texts);
      return columns.map((name) => record[name] || null);
    });
