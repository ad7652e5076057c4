import { CsvParser, type Parser } from './judge-csv.ts';
import type { FindingLog } from './judge-findings.ts';
import { JsonParser } from './judge-json.ts';
import type { KeyCheck } from './judge-keys.ts';
import type { RecordListener } from './judge-records.ts';
import type { Manifest } from './manifest.ts';

/** The parser of a manifest's files; of Parquet it takes the records as JSON lines. */
export const openParser = (
  manifest: Manifest,
  findings: FindingLog,
  listener?: RecordListener,
  windowBytes?: number,
  keys?: KeyCheck,
): Parser => {
  const Format = manifest.format === 'csv' ? CsvParser : JsonParser;
  return new Format(manifest, findings, listener, windowBytes, keys);
};
