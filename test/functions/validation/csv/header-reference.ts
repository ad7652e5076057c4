import type { Manifest } from '../../../../functions/validation/manifest/manifest.ts';
import { type BareViolation, brokenFields, decoded, shown } from '../record-reference.ts';
import type { ReferenceRecord } from './reference.ts';

/** What the first record says; without columns nothing behind it can be understood. */
export type ReferenceHeader = {
  readonly columns?: readonly string[];
  readonly violations: readonly BareViolation[];
  readonly drift: readonly string[];
};

const line = 1;
/** How files of other kinds begin. */
const magics = [
  ...['\x1f\x8b', '\x28\xb5\x2f\xfd', 'BZh', '\xfd7zXZ', 'PK\x03\x04', 'PAR1'],
  ...['\xff\xfe', '\xfe\xff', '\x00\x00\xfe\xff'],
];

/** NULs at every other place are UTF-16, three of four are UTF-32. */
const isWide = (head: string): boolean =>
  ['#.', '.#', '#.#.', '.#.#', '#...', '...#'].includes(
    [...head].map((byte) => (byte === '\0' ? '.' : '#')).join(''),
  );

/** Holds the first record against the manifest. */
export const headerOf = (record: ReferenceRecord, manifest: Manifest): ReferenceHeader => {
  const rejected = (...violations: BareViolation[]): ReferenceHeader => ({ violations, drift: [] });
  const { raw } = record;
  if (raw === '') return rejected({ rule: 'blank_line', line });
  const broken = brokenFields(record, [], manifest);
  const isText = !broken.some(({ rule }) => rule === 'nul' || rule === 'encoding');
  if (!isText && (magics.some((magic) => raw.startsWith(magic)) || isWide(raw.slice(0, 4))))
    return rejected({ rule: 'binary', line });
  if (raw.length > 2 ** 18) return rejected({ rule: 'header', line });
  if (broken.length > 0) return rejected(...broken);
  const cells = record.fields.map(({ text }) => decoded(text));
  const columns = cells.map((cell, at) => cell || `column ${at + 1}`);
  if (cells[0]?.startsWith('\uFEFF')) return rejected({ rule: 'encoding', line });
  const hides = manifest.fields.some(({ pii }) => pii);
  const found = (rule: string, value: string | undefined): BareViolation => ({
    rule,
    line,
    ...(value !== undefined && !hides && { value: shown(Buffer.from(value).toString('latin1')) }),
  });
  const names = manifest.fields.map(({ from }) => from);
  if (!columns.some((name) => names.includes(name))) {
    const joined = cells.join(manifest.delimiter);
    return rejected(found(hasOtherDelimiter(columns, manifest) ? 'delimiter' : 'header', joined));
  }
  const unknown = columns
    .filter((name) => !names.includes(name) && manifest.unknown_fields === 'reject')
    .map((name) => found('unknown_column', cells[columns.indexOf(name)] === '' ? undefined : name));
  const missing = manifest.fields
    .filter(({ from, required }) => !columns.includes(from) && (required || manifest.fields_required))
    .map(({ name }): BareViolation => ({ rule: 'missing_column', line, column: name }));
  const twins = columns
    .filter((name, at) => columns.slice(0, at).some((other) => isTwin(name, other)))
    .map((name) => found('duplicate_column', name));
  const violations = [...unknown, ...missing, ...twins];
  return twins.length > 0
    ? rejected(...violations)
    : { columns, violations, drift: driftOf(columns, manifest) };
};

const isTwin = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

const hasOtherDelimiter = ([only = '', ...more]: readonly string[], manifest: Manifest): boolean =>
  more.length === 0 &&
  [...',;\t|:^~ '].some(
    (other) =>
      other !== manifest.delimiter &&
      only.includes(other) &&
      only.split(other).some((part) => manifest.fields.some(({ from }) => from === part)),
  );

const driftOf = (columns: readonly string[], { fields, unknown_fields }: Manifest): string[] => {
  const names = fields.map(({ from }) => from);
  const quoted = (name: string): string => JSON.stringify(name.slice(0, 100));
  const kept = unknown_fields === 'text' ? 'kept as text' : 'ignored';
  const common = columns.filter((name) => names.includes(name));
  const isSorted = common.every(
    (name, at) => at === 0 || names.indexOf(common[at - 1] ?? '') < names.indexOf(name),
  );
  return [
    ...columns.filter((name) => !names.includes(name)).map((name) => `new column ${quoted(name)}, ${kept}`),
    ...names
      .filter((name) => !columns.includes(name))
      .map((name) => `column ${quoted(name)} is missing, taken as empty`),
    ...(isSorted ? [] : ['columns stand in another order']),
  ].slice(0, 20);
};
