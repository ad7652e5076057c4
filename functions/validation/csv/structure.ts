import { isUtf8 } from 'node:buffer';
import { type Source, shownColumn } from '../fields/source.ts';
import type { ViolationLog } from '../violations.ts';
import type { CsvRecord, CsvViolation } from './record.ts';

const rules: Readonly<Record<CsvViolation['kind'], readonly [rule: string, says: string]>> = {
  quote_inside: [
    'quote',
    'holds a quote but does not start with one; quote the field and double the quotes in it',
  ],
  text_after_quote: ['quote', 'goes on after its closing quote; quotes inside a quoted field are doubled'],
  open_quote: ['quote', 'opens a quote that is never closed'],
  lone_cr: ['line_end', 'holds a carriage return that no line feed follows; lines end with LF or CRLF'],
};

/** Bytes of a field that are decoded to be shown. */
const mostShown = 400;

/**
 * Finds what RFC 4180 and UTF-8 forbid in a record, whatever its columns are; false if nothing is wrong. `columns` are those of
 * the file in order, if known; `hides` keeps the text of fields out of the violations.
 */
export const validateStructure = (
  record: CsvRecord,
  columns: readonly Source[] | undefined,
  hides: boolean,
  violations: ViolationLog,
): boolean => {
  const add = (rule: string, field: number, says: string): void => {
    const column = columns?.[field];
    violations.add(rule, column?.name, () => ({
      line: record.lineOf(field),
      ...(column && { place: shownColumn(column) }),
      value: hides ? undefined : record.text(field, mostShown),
      says,
    }));
  };
  for (const { kind, field } of record.violations) add(rules[kind][0], field, rules[kind][1]);
  const isBroken = record.isSuspect && validateBytes(record, add);
  return isBroken || record.violations.length > 0;
};

const validateBytes = (
  record: CsvRecord,
  add: (rule: string, field: number, says: string) => void,
): boolean => {
  let isBroken = false;
  for (let field = 0; field < record.count; field++) {
    const bytes = record.bytes.subarray(record.startOf(field), record.endOf(field));
    const hasNul = bytes.includes(0);
    const isText = isUtf8(bytes);
    if (hasNul) add('nul', field, 'holds a NUL byte');
    if (!isText) add('encoding', field, 'is not UTF-8');
    isBroken ||= hasNul || !isText;
  }
  return isBroken;
};
