import type { Field } from '../field/field.ts';
import type { Manifest } from '../manifest/manifest.ts';
import {
  type ParquetColumn,
  type ParquetKind,
  parquetKind,
  parquetTypeName,
} from '../parquet/parquet-schema.ts';
import type { FindingLog } from './judge-findings.ts';

const mostDrift = 20;

/** Kinds of Parquet columns whose values a field of a type may have. */
const kindsFor: Readonly<Record<Field['type']['kind'], readonly ParquetKind['kind'][]>> = {
  int: ['int', 'unsigned'],
  decimal: ['decimal', 'int', 'unsigned'],
  float: ['float', 'decimal'],
  bool: ['bool'],
  string: ['string'],
  date: ['date'],
  timestamp: ['timestamp', 'int96'],
};

/** Holds the columns of a Parquet file against the manifest's, by name; answers how they differ in what it allows. */
export const judgeParquetSchema = (
  columns: readonly ParquetColumn[],
  manifest: Manifest,
  findings: FindingLog,
): readonly string[] => {
  const found = new Map(columns.map((column) => [column.path, column]));
  const known = new Set(manifest.fields.map(({ name }) => name));
  const added = columns.map(({ path }) => path).filter((path) => !known.has(path));
  if (found.size < columns.length) addOfFile(findings, 'duplicate_column', 'names one column twice');
  if (added.length === columns.length) addOfFile(findings, 'header', 'has no column of the manifest');
  if (manifest.unknown_fields === 'reject') for (const path of added) unknownColumn(path, manifest, findings);
  const absent = manifest.fields.filter(({ name }) => !found.has(name));
  for (const field of absent) missingColumn(field, manifest, findings);
  for (const field of manifest.fields) judgeType(field, found.get(field.name), findings);
  const kept = manifest.unknown_fields === 'text' ? 'kept as text' : 'ignored';
  return [
    ...added.map((path) => `new column ${shortened(path)}, ${kept}`),
    ...absent.map(({ name }) => `column ${shortened(name)} is missing, taken as empty`),
  ].slice(0, mostDrift);
};

const shortened = (path: string): string => JSON.stringify(path.slice(0, 100));

const addOfFile = (findings: FindingLog, rule: string, says: string): void =>
  findings.add(rule, undefined, () => ({ subject: 'the file', says }));

const unknownColumn = (path: string, { fields }: Manifest, findings: FindingLog): void => {
  const hides = fields.some(({ pii }) => pii);
  const says = 'is a column that the manifest does not name';
  findings.add('unknown_column', undefined, () =>
    hides ? { subject: 'a column', says } : { value: path, says },
  );
};

const missingColumn = (field: Field, manifest: Manifest, findings: FindingLog): void => {
  if (!field.required && !manifest.fields_required) return;
  findings.add('missing_column', field.name, () => ({ subject: 'the file', says: 'lacks it' }));
};

const judgeType = (field: Field, column: ParquetColumn | undefined, findings: FindingLog): void => {
  if (!column || kindsFor[field.type.kind].includes(parquetKind(column.element).kind)) return;
  const says = `is ${parquetTypeName(column.element)} in Parquet, the manifest asks for ${field.type_name}`;
  findings.add('type', field.name, () => ({ subject: 'the column', says }));
};
