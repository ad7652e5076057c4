/**
 * Validation: reads a landed file against its manifest and returns a verdict with all violations, their lines and columns. Also
 * reads and writes the rows files in which quarantined rows are corrected. Pure: it takes bytes and returns values; it uses no
 * bucket, no ledger and no clock. It does not check rules over whole files (that is `quality/`). Start with `validate-file.ts`,
 * then the parser of one format, `csv/parser.ts`; `fast/` does the same for most CSV, only faster.
 */

export { type LandedContent, readContent } from './content.ts';
export { CsvReader } from './csv/reader.ts';
export type { CsvRecord } from './csv/record.ts';
export { CsvScanner } from './csv/scanner.ts';
export { FileFacts } from './facts.ts';
export { type FieldValidator, validateField } from './fields/check.ts';
export type { Field } from './fields/field.ts';
export { floatViolation, intViolation } from './fields/number.ts';
export { fieldPath, type PathStep, pathProblem, topOf } from './fields/path.ts';
export { unnamedColumn } from './fields/source.ts';
export { timeViolation } from './fields/time.ts';
export { utcText, zonedViolation } from './fields/zoned.ts';
export { gunzip } from './gzip/gunzip.ts';
export { ArrayCutter } from './json/array.ts';
export { LineCutter } from './json/lines.ts';
export { JsonReader, type JsonRecord } from './json/reader.ts';
export { type Duplicates, type KeyRoom, validateKeys } from './keys/key-index.ts';
export type { Scratch } from './keys/partitions.ts';
export { fileKind } from './kind.ts';
export { readManifestJson } from './manifest/json.ts';
export { type Manifest, manifestOfFile, parseManifest, parseWithoutPatterns } from './manifest/manifest.ts';
export { jsonPlaces, placedProblems, problemPlaces } from './manifest/places.ts';
export { issueProblem, issueWords } from './manifest/problems.ts';
export { ManifestText } from './manifest/schema.ts';
export { leadingOut, leadsOut, markerReason } from './names.ts';
export { ParquetDamage, type ReadRange } from './parquet/damage.ts';
export { readFooter } from './parquet/file.ts';
export type { Footer, SchemaElement } from './parquet/footer.ts';
export { parquetKind, parquetTypeName } from './parquet/kind.ts';
export { onlyNamed } from './parquet/nodes.ts';
export { readRows } from './parquet/rows.ts';
export {
  innermost,
  leavesOfNodes,
  type ParquetColumn,
  type ParquetNode,
  parquetColumns,
  parquetTree,
  pathOfNode,
} from './parquet/schema.ts';
export { textsOf } from './parquet/texts.ts';
export { takesKind, validateDuplicateColumns } from './parquet/validate-columns.ts';
export { openParser } from './parser.ts';
export { readLanded } from './reading.ts';
export type { InvalidRecord, RecordListener } from './records.ts';
export { type LineMap, QuarantinedLines } from './repair/lines.ts';
export {
  allViolations,
  longestRow,
  type RepairedKeys,
  RepairReader,
  type RepairSource,
} from './repair/reader.ts';
export { type ReportOf, renderReport } from './report.ts';
export { openRows } from './rows-file/formats.ts';
export {
  type QuarantinedRow,
  quarantinedRow,
  type RowsFormat,
  type RowsWriter,
  rowsFormat,
  rowsWriter,
} from './rows-file/writer.ts';
export { readBytes } from './unreadable.ts';
export { type LandedFile, validateFile } from './validate-file.ts';
export type { Duplicate, Report, Validation, Violations } from './verdict.ts';
export { ViolationLog } from './violations.ts';
