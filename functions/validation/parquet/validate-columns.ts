import { mostKept } from '../column-names.ts';
import type { Field } from '../fields/field.ts';
import { shownColumn } from '../fields/source.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { ViolationLog } from '../violations.ts';
import { otherShape } from './field-shape.ts';
import { type ParquetKind, parquetKind, parquetTypeName } from './kind.ts';
import { nestedNodes } from './nodes.ts';
import { innermost, type ParquetColumn, type ParquetNode, parquetColumns } from './schema.ts';

const mostDrift = 20;

/** Kinds of Parquet columns whose values a field of a type can have; a column with only nulls may be any of them. */
const kindsFor: Readonly<Record<Field['type']['kind'], readonly ParquetKind['kind'][]>> = {
  int: ['int', 'unsigned'],
  decimal: ['decimal', 'int', 'unsigned'],
  float: ['float', 'half', 'decimal'],
  bool: ['bool'],
  string: ['string', 'uuid', 'time'],
  date: ['date'],
  timestamp: ['timestamp', 'int96'],
  timestamptz: ['string'],
};

/** Whether a field of a type accepts columns whose values are of a kind. */
export const takesKind = (type: Field['type']['kind'], kind: ParquetKind['kind']): boolean =>
  kind === 'nothing' || kindsFor[type].includes(kind);

/**
 * Compares the columns of a Parquet file with the manifest's, by name; returns how they differ in ways that the manifest
 * allows.
 */
export const validateParquetSchema = (
  nodes: readonly ParquetNode[],
  manifest: Manifest,
  violations: ViolationLog,
): readonly string[] => {
  const columns = parquetColumns(nodes);
  const found = new Map(columns.map((column) => [column.path, column]));
  const known = new Set(manifest.fields.map(({ from }) => from));
  const added = columns.map(({ path }) => path).filter((path) => !known.has(path));
  validateDuplicateColumns(nodes, violations);
  if (added.length === columns.length) addOfFile(violations, 'header', 'has no column of the manifest');
  if (manifest.unknown_fields === 'reject')
    for (const path of added) unknownColumn(path, manifest, violations);
  if (manifest.unknown_fields === 'text') validateKept(added, violations);
  const absent = manifest.fields.filter(({ from }) => !found.has(from));
  validateAbsent(nestedNodes(nodes, known), absent, manifest, violations);
  for (const field of manifest.fields) validateType(field, found.get(field.from), violations);
  const kept = manifest.unknown_fields === 'text' ? 'kept as text' : 'ignored';
  return [
    ...added.map((path) => `new column ${shortened(path)}, ${kept}`),
    ...absent.map(({ from }) => `column ${shortened(from)} is missing, taken as empty`),
  ].slice(0, mostDrift);
};

const shortened = (path: string): string => JSON.stringify(path.slice(0, 100));

const addOfFile = (violations: ViolationLog, rule: string, says: string): void =>
  violations.add(rule, undefined, () => ({ subject: 'the file', says }));

/** Engines do not tell `ID` from `id`, and a manifest not a column `a.b` from a column b inside of a. */
export const validateDuplicateColumns = (nodes: readonly ParquetNode[], violations: ViolationLog): void => {
  const total = violations.total;
  duplicateColumnsIn(nodes, violations);
  if (violations.total > total) return;
  const seen = new Map<string, string>();
  for (const { path } of parquetColumns(nodes)) {
    const before = seen.get(path.toLowerCase());
    if (before !== undefined) {
      const says = `names ${shortened(path)} twice, as a column and inside of another one; rename one of them`;
      addOfFile(violations, 'duplicate_column', says);
    }
    seen.set(path.toLowerCase(), path);
  }
};

const duplicateColumnsIn = (nodes: readonly ParquetNode[], violations: ViolationLog): void => {
  const seen = new Map<string, string>();
  for (const node of nodes) {
    const before = seen.get(node.name.toLowerCase());
    if (before !== undefined) {
      const says = `names one column twice: ${shortened(before)} and ${shortened(node.name)}`;
      addOfFile(violations, 'duplicate_column', says);
    }
    seen.set(node.name.toLowerCase(), node.name);
    const inner = innermost(node);
    if (inner.kind === 'struct') duplicateColumnsIn(inner.children, violations);
  }
};

const unknownColumn = (path: string, { fields }: Manifest, violations: ViolationLog): void => {
  const hides = fields.some(({ pii }) => pii);
  const says = 'is a column that the manifest does not name';
  violations.add('unknown_column', undefined, () =>
    hides ? { subject: 'a column', says } : { value: path, says },
  );
};

const validateKept = (added: readonly string[], violations: ViolationLog): void => {
  const isNamed = (path: string): boolean => path.split('.').every((step) => step !== '""');
  if (added.length > mostKept)
    addOfFile(
      violations,
      'unknown_column',
      `has more than ${mostKept} columns that the manifest does not name`,
    );
  if (!added.every(isNamed)) addOfFile(violations, 'unknown_column', 'has a column without a name');
};

/** If there is an array or an object where the field has none, the column is not missing. */
const validateAbsent = (
  nodes: readonly ParquetNode[],
  absent: readonly Field[],
  manifest: Manifest,
  violations: ViolationLog,
): void => {
  const told = new Set<string>();
  for (const field of absent) {
    const other = otherShape(nodes, field);
    if (!other) missingColumn(field, manifest, violations);
    else if (!told.has(other.place)) {
      const { place, is, asked } = other;
      const says = `is ${is} in Parquet, the manifest asks for ${asked}`;
      violations.add('type', field.name, () => ({ place, subject: 'the column', says }));
      told.add(place);
    }
  }
};

const missingColumn = (field: Field, manifest: Manifest, violations: ViolationLog): void => {
  if (!field.required && !manifest.fields_required) return;
  violations.add('missing_column', field.name, () => ({
    place: shownColumn(field),
    subject: 'the file',
    says: 'lacks it',
  }));
};

const validateType = (field: Field, column: ParquetColumn | undefined, violations: ViolationLog): void => {
  if (!column) return;
  const { kind } = parquetKind(column.element);
  if (takesKind(field.type.kind, kind)) return;
  const why = kind === 'bytes' || kind === 'interval' ? ', which no field takes' : '';
  const isUtc = field.type.kind === 'timestamptz' && kind === 'timestamp';
  const advice = isUtc ? '; Parquet keeps timestamps in UTC, so declare it as timestamp' : '';
  const says = `is ${parquetTypeName(column.element)} in Parquet${why}, the manifest asks for ${field.type_name}${advice}`;
  violations.add('type', field.name, () => ({ place: shownColumn(field), subject: 'the column', says }));
};
