import type { FieldJudge } from '../fields/check.ts';
import type { Field } from '../fields/field.ts';
import { shownColumn, sourcesOf } from '../fields/source.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { FindingLog } from '../violations.ts';
import type { Header } from './header.ts';
import type { CsvRecord } from './record.ts';
import { judgeFaults } from './structure.ts';

/** The judge of data records, one by one; those that the scanner takes for right never come here. */
export const judgeRow = (
  header: Header,
  manifest: Manifest,
  findings: FindingLog,
): ((record: CsvRecord) => void) => {
  const { columns, judges } = header;
  const hides = manifest.fields.some(({ pii }) => pii);
  const sources = sourcesOf(columns, manifest.fields);

  const judgeValue = (record: CsvRecord, at: number, judge: FieldJudge): void => {
    const { field } = judge;
    if (record.startOf(at) === record.endOf(at)) {
      if (field.required) missing(record, at, field);
      return;
    }
    if (!record.isDoubled(at) && judge.quick(record.bytes, record.startOf(at), record.endOf(at))) return;
    const text = record.text(at);
    const fault = judge.fault(text);
    if (!fault) return;
    const value = field.pii ? undefined : text;
    findings.add(fault.rule, field.name, () => ({
      line: record.lineOf(at),
      place: shownColumn(field),
      value,
      says: fault.says,
    }));
  };

  const missing = (record: CsvRecord, at: number, field: Field): void =>
    findings.add('required', field.name, () => ({
      line: record.lineOf(at),
      place: shownColumn(field),
      says: 'is missing, every record needs one',
    }));

  const judgeWidth = ({ line, count, isBlank }: CsvRecord): void => {
    const rule = isBlank ? 'blank_line' : 'columns';
    const width = `has ${count} ${count === 1 ? 'column' : 'columns'}, the header has ${columns.length}`;
    findings.add(rule, undefined, () => ({
      line,
      subject: isBlank ? 'the line' : 'the record',
      says: isBlank ? 'is blank' : width,
    }));
  };

  return (record) => {
    const isBroken =
      (record.isSuspect || record.faults.length > 0) && judgeFaults(record, sources, hides, findings);
    if (isBroken) return;
    if (record.count !== columns.length || record.isBlank) return judgeWidth(record);
    for (let at = 0; at < judges.length; at++) {
      const judge = judges[at];
      if (judge) judgeValue(record, at, judge);
    }
  };
};
