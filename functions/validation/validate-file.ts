import { markerReason, readName } from '../pipeline/lake-keys.ts';
import { judgeNames } from './column-names.ts';
import { isGzip, judgeName } from './file-name.ts';
import { judgeKeys, type KeyRoom, keyIndex, type Repeats } from './keys/key-index.ts';
import type { Manifest } from './manifest/manifest.ts';
import { openParser } from './parser.ts';
import { type LandedBytes, readLanded } from './reading.ts';
import type { Parser } from './records.ts';
import type { Judgement } from './verdict.ts';
import { FindingLog } from './violations.ts';

/** A landed file: its key, its size in bytes and its bytes, which are read once; `seed` and `scratch` are for its keys. */
export type LandedFile = LandedBytes & KeyRoom & { readonly manifest: Manifest };

/**
 * Judges a file by its manifest: name, then every byte, in flat memory. Bad data is an answer; it throws only when the
 * bytes could not be read to the end.
 */
export const judgeFile = async (file: LandedFile): Promise<Judgement> => {
  const { key, manifest } = file;
  const findings = new FindingLog();
  const index = keyIndex(manifest, file);
  const parser = openParser(manifest, findings, {}, undefined, { index });
  judgeName(key, manifest, findings);
  judgeSize(file, findings);
  if (findings.total > 0) parser.stop();
  const { sha256, damage } = await readLanded(file, parser);
  if (readName(key).kind === 'marker') return { verdict: 'ignored', reason: markerReason(key), sha256 };
  if (damage) findings.add(damage.rule, undefined, () => ({ subject: 'the file', says: damage.says }));
  const repeats = index && !parser.isStopped ? judgeKeys(index, manifest, findings) : undefined;
  return conclude(file, parser, findings, sha256, repeats);
};

const conclude = (
  { key, manifest }: LandedFile,
  parser: Parser,
  findings: FindingLog,
  sha256: string,
  repeats: Repeats | undefined,
): Judgement => {
  const { isEmpty, records } = parser;
  if (findings.total === 0 && isEmpty && manifest.on_empty === 'ignore') {
    return { verdict: 'ignored', reason: 'empty file', sha256 };
  }
  if (findings.total === 0 && records === 0 && manifest.on_empty === 'reject') {
    findings.add('empty', undefined, () => ({ subject: 'the file', says: 'holds no record' }));
  }
  const facts = parser.facts();
  if (findings.ofFile === 0) judgeNames(facts.header, findings);
  const discarded = repeats?.count ?? 0;
  const bad = parser.badRecords + (manifest.on_duplicate === 'reject' ? discarded : 0);
  judgeShare(records, bad, manifest, findings);
  const isRefused = findings.ofFile > 0 || (bad > 0 && manifest.on_error === 'quarantine');
  if (isRefused) return { verdict: 'rejected', sha256, records, ...findings.findings };
  const compression = isGzip(key) ? 'gzip' : 'none';
  return {
    verdict: 'accepted',
    facts: { ...facts, compression, sha256 },
    drift: parser.drift,
    isRewritten: parser.isRewritten,
    ...quarantined(parser.badRecords + discarded, findings, repeats),
  };
};

const quarantined = (rows: number, { findings }: FindingLog, repeats: Repeats | undefined) =>
  rows > 0 && { quarantined: { rows, ...findings, ...(repeats && { discards: repeats }) } };

/** Beyond a limit, or with nothing else, bad records take the file with them. */
const judgeShare = (records: number, badRecords: number, manifest: Manifest, findings: FindingLog): void => {
  const { on_error, max_bad_rows = Infinity, max_bad_share = 1 } = manifest;
  if (on_error === 'quarantine' || badRecords === 0) return;
  const add = (rule: string, allows: string): void =>
    findings.add(rule, undefined, () => ({
      subject: 'the file',
      says: `has ${badRecords} bad ${badRecords === 1 ? 'record' : 'records'} of ${records}, ${allows}`,
    }));
  if (badRecords > max_bad_rows) add('max_bad_rows', `the manifest allows ${max_bad_rows}`);
  if (badRecords / records > max_bad_share)
    add('max_bad_share', `the manifest allows a share of ${max_bad_share}`);
  if (badRecords === records) add('no_good_record', 'so none can be kept');
};

/** A plain file says how large it is before it is read. */
const judgeSize = ({ key, size, manifest: { max_bytes } }: LandedFile, findings: FindingLog): void => {
  if (isGzip(key) || size <= max_bytes) return;
  findings.add('max_bytes', undefined, () => ({
    subject: 'the file',
    says: `has ${size} bytes, the manifest allows ${max_bytes}`,
  }));
};
