import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { CsvParser } from '../../../functions/validation/csv/parser.ts';
import type { Manifest } from '../../../functions/validation/manifest/manifest.ts';
import type { Violation } from '../../../functions/validation/verdict.ts';
import { ViolationLog } from '../../../functions/validation/violations.ts';
import type { BareViolation } from './record-reference.ts';
import { type ReferenceReading, readByReference } from './reference.ts';

/** How the bytes of a file come: in pieces of these sizes, over and over, into a window of so many bytes. */
export type Cutting = { readonly sizes: readonly number[]; readonly windowBytes?: number };

/** Cuts bytes into pieces of these sizes, over and over. */
export const cutInto = (bytes: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] => {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = sizes[chunks.length % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
};

/** What a parser says of a file; facts only of one that may be used. */
type ParserReading = Omit<ReferenceReading, 'good' | 'duplicates' | 'facts'> & {
  readonly facts?: ReferenceReading['facts'];
};

const mostKept = 100;

/** Holds the parser against the reference, with a listener and without one, however the bytes come. */
export const expectAgreement = (
  bytes: Uint8Array,
  manifest: Manifest,
  cuttings: readonly Cutting[],
  name?: string,
): void => {
  const { good: _, duplicates: _duplicates, facts, ...reading } = readByReference(bytes, manifest);
  const violations = reading.violations.slice(0, mostKept);
  const expected = { ...reading, violations, ...(!reading.isRejected && { facts }) };
  const { bad, clean: _clean, ...skimmed } = expected;
  for (const cutting of cuttings) {
    const says = `${name ?? ''} ${JSON.stringify(cutting)}`;
    expectSame(readByParser(bytes, manifest, cutting), expected, says);
    expectSame(skimByParser(bytes, manifest, cutting), { ...skimmed, invalidRecords: bad.length }, says);
  }
};

/** Thousands of readings are compared, so the matcher with its fine words is kept for those that differ. */
const expectSame = (actual: unknown, expected: unknown, says: string): void => {
  if (!isDeepStrictEqual(actual, expected)) expect(actual, says).toEqual(expected);
};

/** Reads a file with the parser and listens to every record; `duplicates` are left out for their keys. */
export const readByParser = (
  bytes: Uint8Array,
  manifest: Manifest,
  cutting: Cutting,
  duplicates: ReferenceReading['duplicates'] = [],
): ParserReading => {
  const log = new ViolationLog();
  const clean: string[] = [];
  const bad: ReferenceReading['bad'][number][] = [];
  const latin1 = (part: Uint8Array): string => Buffer.from(part).toString('latin1');
  const listener = {
    onHeader: (part: Uint8Array) => clean.push(latin1(part)),
    onValid: (part: Uint8Array) => clean.push(latin1(part)),
    onInvalid: ({ bytes: raw, violations, ...record }: Told) =>
      bad.push({ ...record, raw: latin1(raw), violations: violations.map(bare) }),
  };
  const parser = new CsvParser(manifest, log, listener, cutting.windowBytes, { duplicates });
  feed(parser, bytes, cutting);
  return readingOf(parser, log, { bad, clean: clean.join('') });
};

type Told = {
  readonly line: number;
  readonly bytes: Uint8Array;
  readonly fields?: readonly string[];
  readonly violations: readonly Violation[];
};

/** Listens to nothing. */
const skimByParser = (
  bytes: Uint8Array,
  manifest: Manifest,
  cutting: Cutting,
): Omit<ParserReading, 'bad' | 'clean'> & { readonly invalidRecords: number } => {
  const log = new ViolationLog();
  const parser = new CsvParser(manifest, log, undefined, cutting.windowBytes);
  feed(parser, bytes, cutting);
  return { ...readingOf(parser, log, {}), invalidRecords: parser.invalidRecords };
};

/** A piece is lent for the call, so it is wiped after it. */
const feed = (parser: CsvParser, bytes: Uint8Array, { sizes }: Cutting): void => {
  for (const chunk of cutInto(bytes, sizes)) {
    if (parser.isStopped) break;
    const lent = Uint8Array.from(chunk);
    parser.write(lent);
    lent.fill(0x3f);
  }
  parser.end();
};

const readingOf = <Told extends object>(parser: CsvParser, log: ViolationLog, told: Told) => {
  const { records, drift } = parser;
  const { bom, header, line_end, multiline, bytes, records: counted } = parser.facts();
  const facts = { bom, header, line_end, multiline, records: counted, bytes };
  const isRejected = log.ofFile > 0;
  return {
    violations: log.kept.map(bare),
    records,
    isRejected,
    drift,
    ...(!isRejected && { facts }),
    ...told,
  };
};

const bare = ({ message: _, ...violation }: Violation): BareViolation => violation;
