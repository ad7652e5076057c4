import type { Manifest } from '../manifest/manifest.ts';
import { CsvParser } from './judge-csv.ts';
import type { FindingLog } from './judge-findings.ts';
import { JsonParser } from './judge-json.ts';
import type { KeyCheck } from './judge-keys.ts';
import { ParquetParser } from './judge-parquet.ts';
import type { Parser, RecordListener } from './judge-records.ts';

const formats = { csv: CsvParser, jsonl: JsonParser, json: JsonParser, parquet: ParquetParser } as const;

/** The parser of a manifest's files; `readLanded` feeds it. */
export const openParser = (
  manifest: Manifest,
  findings: FindingLog,
  listener?: RecordListener,
  windowBytes?: number,
  keys?: KeyCheck,
): Parser => {
  const Format = formats[manifest.format];
  return new Format(manifest, findings, listener, windowBytes, keys);
};
