import { mostKept } from '../column-names.ts';
import { type FieldValidator, validateField } from '../fields/check.ts';
import { shownColumn, unnamedColumn } from '../fields/source.ts';
import { fileKind } from '../kind.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { ViolationLog } from '../violations.ts';
import { likelyColumns, takes } from './likely-header.ts';
import type { CsvRecord } from './record.ts';
import { validateStructure } from './structure.ts';

/** What the first record says about all others. */
export type Header = {
  /** Names in file order; a column without one is called by its place. */
  readonly columns: readonly string[];
  /** One for each column; undefined for those that the manifest does not name. */
  readonly validates: readonly (FieldValidator | undefined)[];
  /** How it differs from the manifest in ways that the manifest allows. */
  readonly drift: readonly string[];
};

const line = 1;
const mostBytes = 2 ** 18;

/** Compares the first record with the manifest; undefined if no later record can be understood. */
export const validateHeader = (
  record: CsvRecord,
  manifest: Manifest,
  violations: ViolationLog,
): Header | undefined => {
  if (!isReadable(record, manifest, violations)) return undefined;
  const cells = Array.from({ length: record.count }, (_, at) => record.text(at));
  const columns = cells.map((cell, at) => cell || unnamedColumn(at + 1));
  const known = new Map(manifest.fields.map((field) => [field.from, field]));
  if (!columns.some((name) => known.has(name))) {
    nothingKnown(cells, manifest, violations);
    return undefined;
  }
  validateUnknown(cells, manifest, violations);
  validateMissing(columns, manifest, violations);
  if (hasDuplicateColumns(columns, manifest, violations)) return undefined;
  const validates = columns.map((name) => {
    const field = known.get(name);
    return field && validateField(field);
  });
  return { columns, validates, drift: driftOf(columns, manifest) };
};

/** Names of new columns are shown even if values are personal: otherwise nobody could find the column. */
const driftOf = (columns: readonly string[], { fields, unknown_fields }: Manifest): string[] => {
  const names = fields.map(({ from }) => from);
  const present = new Set(columns);
  const known = new Set(names);
  const added = columns.filter((name) => !known.has(name));
  const absent = names.filter((name) => !present.has(name));
  const order = columns.filter((name) => known.has(name));
  const isReordered = order.join('\n') !== names.filter((name) => present.has(name)).join('\n');
  return [
    ...added.map(
      (name) => `new column ${shortened(name)}, ${unknown_fields === 'text' ? 'kept as text' : 'ignored'}`,
    ),
    ...absent.map((name) => `column ${shortened(name)} is missing, taken as empty`),
    ...(isReordered ? ['columns stand in another order'] : []),
  ].slice(0, mostDrift);
};

const mostDrift = 20;
const shortened = (name: string): string => JSON.stringify(name.slice(0, 100));

const isReadable = (record: CsvRecord, manifest: Manifest, violations: ViolationLog): boolean => {
  const add = (rule: string, subject: string, says: string): false => {
    violations.add(rule, undefined, () => ({ line, subject, says }));
    return false;
  };
  if (record.isBlank) return add('blank_line', 'the first line', 'is blank; the header belongs there');
  const kind = record.isSuspect && fileKind(record.bytes.subarray(record.start, record.end));
  if (kind) return add('binary', 'the file', `is ${kind}, not CSV in UTF-8`);
  if (record.end - record.start > mostBytes)
    return add('header', 'the header', `is longer than ${mostBytes} bytes`);
  if (validateStructure(record, undefined, hides(manifest), violations)) return false;
  const isMarkedTwice = record.text(0).startsWith('\uFEFF');
  return !isMarkedTwice || add('encoding', 'the header', 'begins with a second byte-order mark');
};

/** Whether text that belongs to no known column may be personal anyway. */
const hides = ({ fields }: Manifest): boolean => fields.some(({ pii }) => pii);

const nothingKnown = (columns: readonly string[], manifest: Manifest, violations: ViolationLog): void => {
  const { delimiter, fields } = manifest;
  const text = columns.join(delimiter);
  const value = hides(manifest) ? undefined : text;
  const other = columns.length === 1 ? guessDelimiter(text, manifest) : undefined;
  if (other === undefined) {
    const names = fields.slice(0, 5).map(({ from }) => from);
    const [likely] = likelyColumns(columns, fields);
    const hint = likely ? `but has ${JSON.stringify(likely[1])}; ${takes(...likely)}` : 'is it a header?';
    const says = `names no column of the manifest (${names.join(', ')}${fields.length > 5 ? ', …' : ''})${likely ? ',' : ';'} ${hint}`;
    violations.add('header', undefined, () => ({ line, value, subject: 'the first line', says }));
  } else {
    const subject = `the header is one column${value === undefined ? '' : ` ${JSON.stringify(value.slice(0, 100))}`};`;
    const says = `is the delimiter ${JSON.stringify(other)}? The manifest says ${JSON.stringify(delimiter)}`;
    violations.add('delimiter', undefined, () => ({ line, value, subject, says }));
  }
};

const guessDelimiter = (text: string, { delimiter, fields }: Manifest): string | undefined => {
  const names = new Set(fields.map(({ from }) => from));
  return [',', ';', '\t', '|', ':', '^', '~', ' '].find(
    (other) =>
      other !== delimiter && text.includes(other) && text.split(other).some((name) => names.has(name)),
  );
};

const validateUnknown = (cells: readonly string[], manifest: Manifest, violations: ViolationLog): void => {
  const names = new Set(manifest.fields.map(({ from }) => from));
  if (manifest.unknown_fields === 'text') validateKept(cells, names, violations);
  if (manifest.unknown_fields !== 'reject') return;
  const likely = new Map([...likelyColumns(cells, manifest.fields)].map(([field, cell]) => [cell, field]));
  for (const [at, cell] of cells.entries()) {
    const name = cell || unnamedColumn(at + 1);
    if (names.has(name)) continue;
    const isUnnamed = cell === '';
    const value = hides(manifest) || isUnnamed ? undefined : name;
    const field = likely.get(name);
    const says = isUnnamed
      ? `has no name for column ${at + 1}; write "from": "${name}" in a field to take it, or "unknown_fields": "ignore"`
      : `has column ${at + 1}, which the manifest does not name${field ? `; ${takes(field, name)}` : ''}`;
    violations.add('unknown_column', undefined, () => ({ line, value, subject: subjectOf(value), says }));
  }
};

const validateKept = (
  cells: readonly string[],
  names: ReadonlySet<string>,
  violations: ViolationLog,
): void => {
  const kept = cells.filter((cell, at) => !names.has(cell || unnamedColumn(at + 1)));
  if (kept.length <= mostKept) return;
  const says = `has more than ${mostKept} columns that the manifest does not name`;
  violations.add('unknown_column', undefined, () => ({ line, subject: 'the header', says }));
};

const subjectOf = (value: string | undefined): string =>
  value === undefined ? 'the header' : `the header, with ${JSON.stringify(value.slice(0, 100))},`;

const validateMissing = (columns: readonly string[], manifest: Manifest, violations: ViolationLog): void => {
  const present = new Set(columns);
  const likely = likelyColumns(columns, manifest.fields);
  for (const field of manifest.fields) {
    const { name, from, required } = field;
    if (present.has(from) || !(required || manifest.fields_required)) continue;
    const column = likely.get(field);
    const hint = column === undefined ? '' : `, but has ${JSON.stringify(column)}; ${takes(field, column)}`;
    violations.add('missing_column', name, () => ({
      line,
      place: shownColumn(field),
      subject: 'the header',
      says: `lacks the column ${from === name ? name : JSON.stringify(from)}${hint}`,
    }));
  }
};

/** Engines do not tell `ID` from `id`. */
const hasDuplicateColumns = (
  columns: readonly string[],
  manifest: Manifest,
  violations: ViolationLog,
): boolean => {
  const first = new Map<string, number>();
  let hasOne = false;
  for (const [at, name] of columns.entries()) {
    const before = first.get(name.toLowerCase());
    if (before === undefined) first.set(name.toLowerCase(), at);
    else {
      hasOne = true;
      const value = hides(manifest) ? undefined : name;
      const says = `names one column twice: columns ${before + 1} and ${at + 1}`;
      violations.add('duplicate_column', undefined, () => ({ line, value, subject: 'the header', says }));
    }
  }
  return hasOne;
};
