import { CsvParser } from './csv/parser.ts';
import { JsonParser } from './json/parser.ts';
import type { KeyCheck } from './keys/key-index.ts';
import type { Manifest } from './manifest/manifest.ts';
import { ParquetParser } from './parquet/parser.ts';
import type { Parser, RecordListener } from './records.ts';
import type { ViolationLog } from './violations.ts';

const formats = { csv: CsvParser, jsonl: JsonParser, json: JsonParser, parquet: ParquetParser } as const;

/** The parser of a manifest's files; `readLanded` feeds it. */
export const openParser = (
  manifest: Manifest,
  violations: ViolationLog,
  listener?: RecordListener,
  windowBytes?: number,
  keys?: KeyCheck,
): Parser => {
  const Format = formats[manifest.format];
  return new Format(manifest, violations, listener, windowBytes, keys);
};
