import type { FieldValidator } from '../fields/check.ts';
import type { Field } from '../fields/field.ts';
import { shownColumn, sourcesOf } from '../fields/source.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { ViolationLog } from '../violations.ts';
import type { Header } from './header.ts';
import type { CsvRecord } from './record.ts';
import { validateStructure } from './structure.ts';

/** The validator of single data records; records that the scanner confirmed as valid never come here. */
export const validateRow = (
  header: Header,
  manifest: Manifest,
  violations: ViolationLog,
): ((record: CsvRecord) => void) => {
  const { columns, validates } = header;
  const hides = manifest.fields.some(({ pii }) => pii);
  const sources = sourcesOf(columns, manifest.fields);

  const validateValue = (record: CsvRecord, at: number, validate: FieldValidator): void => {
    const { field } = validate;
    if (record.startOf(at) === record.endOf(at)) {
      if (field.required) missing(record, at, field);
      return;
    }
    if (!record.isDoubled(at) && validate.quick(record.bytes, record.startOf(at), record.endOf(at))) return;
    const text = record.text(at);
    const violation = validate.violation(text);
    if (!violation) return;
    const value = field.pii ? undefined : text;
    violations.add(violation.rule, field.name, () => ({
      line: record.lineOf(at),
      place: shownColumn(field),
      value,
      says: violation.says,
    }));
  };

  const missing = (record: CsvRecord, at: number, field: Field): void =>
    violations.add('required', field.name, () => ({
      line: record.lineOf(at),
      place: shownColumn(field),
      says: 'is missing, every record needs one',
    }));

  const validateWidth = ({ line, count, isBlank }: CsvRecord): void => {
    const rule = isBlank ? 'blank_line' : 'columns';
    const width = `has ${count} ${count === 1 ? 'column' : 'columns'}, the header has ${columns.length}`;
    violations.add(rule, undefined, () => ({
      line,
      subject: isBlank ? 'the line' : 'the record',
      says: isBlank ? 'is blank' : width,
    }));
  };

  return (record) => {
    const isBroken =
      (record.isSuspect || record.violations.length > 0) &&
      validateStructure(record, sources, hides, violations);
    if (isBroken) return;
    if (record.count !== columns.length || record.isBlank) return validateWidth(record);
    for (let at = 0; at < validates.length; at++) {
      const validate = validates[at];
      if (validate) validateValue(record, at, validate);
    }
  };
};
