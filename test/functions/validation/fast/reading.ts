import { CsvParser } from '../../../../functions/validation/csv/parser.ts';
import { openScanner } from '../../../../functions/validation/fast/reader.ts';
import { keyIndex } from '../../../../functions/validation/keys/key-index.ts';
import type { Manifest } from '../../../../functions/validation/manifest/manifest.ts';
import type { Duplicate } from '../../../../functions/validation/verdict.ts';
import { ViolationLog } from '../../../../functions/validation/violations.ts';

/** How a file comes: cut into pieces of these sizes, over and over, into a window of so many bytes. */
export type Cut = { readonly sizes: readonly number[]; readonly windowBytes: number };

const noScanner = (): undefined => undefined;

const piecesOf = (bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] => {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += pieces.at(-1)?.length ?? 0) {
    pieces.push(bytes.slice(at, at + (sizes[pieces.length % sizes.length] ?? 1)));
  }
  return pieces;
};

/** All that a parser says of a file, with the records that it tells joined, and how many of them the scanner took. */
const read = (
  bytes: Uint8Array,
  manifest: Manifest,
  { sizes, windowBytes }: Cut,
  open: typeof openScanner,
  known?: readonly Duplicate[],
) => {
  const log = new ViolationLog();
  const told: string[] = [];
  const listener = {
    onHeader: (part: Uint8Array) => told.push(`header ${latin1(part)}`),
    onValid: (part: Uint8Array) => {
      const before = told.at(-1)?.startsWith('good ') ? told.pop() : 'good ';
      told.push(`${before}${latin1(part)}`);
    },
    onInvalid: (record: object) => told.push(JSON.stringify(record)),
  };
  const index = known ? undefined : keyIndex(manifest, {});
  const parser = new CsvParser(manifest, log, listener, windowBytes, { index, duplicates: known }, open);
  for (const piece of piecesOf(bytes, sizes)) if (!parser.isStopped) parser.write(piece);
  parser.end();
  const { records, invalidRecords, drift, isStopped } = parser;
  const duplicates = [...(index?.duplicates(manifest.on_duplicate) ?? [])];
  const facts = log.ofFile > 0 ? undefined : parser.facts();
  return {
    records,
    invalidRecords,
    drift,
    isStopped,
    facts,
    told,
    duplicates,
    keyed: index?.records,
    ...log.violations,
  };
};

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** Reads with the scanner, and answers how many records it took, too. */
export const readFast = (
  bytes: Uint8Array,
  manifest: Manifest,
  cut: Cut,
  duplicates?: readonly Duplicate[],
) => {
  let taken = 0;
  const reading = read(
    bytes,
    manifest,
    cut,
    (...parts) => {
      const scanner = openScanner(...parts);
      if (!scanner) throw new Error('there is no scanner');
      const skip = scanner.skip.bind(scanner);
      scanner.skip = (...place) => {
        const to = skip(...place);
        taken += scanner.records;
        return to;
      };
      return scanner;
    },
    duplicates,
  );
  return { reading, taken };
};

/** Reads every record the careful way. */
export const readCarefully = (bytes: Uint8Array, manifest: Manifest, cut: Cut) =>
  read(bytes, manifest, cut, noScanner);
