import type { Field } from '../fields/field.ts';
import { shownColumn } from '../fields/source.ts';
import type { ViolationLog } from '../violations.ts';

/** What is wrong with one record, without its line. */
export type RecordViolation = {
  readonly rule: string;
  readonly field?: Field | undefined;
  /** Path in the record of something that is not a value of a field. */
  readonly column?: string | undefined;
  /** Which one of an array, from 0; -1 outside of arrays. */
  readonly element: number;
  readonly value?: string | undefined;
  readonly subject?: string;
  readonly says: string;
};

/**
 * Violations of one record. They go to the log once the whole record was read, because a record that is not JSON has only that
 * one violation.
 */
export class RecordViolations {
  private violations: RecordViolation[] = [];
  private known: readonly RecordViolation[] = [];
  private readonly log: ViolationLog;

  constructor(log: ViolationLog) {
    this.log = log;
  }

  /** Ignored for a value whose violation is already known. */
  add(violation: RecordViolation): void {
    const isSaid = (said: RecordViolation): boolean =>
      pathOf(said) === pathOf(violation) && said.element === violation.element;
    if (!this.known.some(isSaid)) this.violations.push(violation);
  }

  /** Begins with a record of which some violations may be known before it is read. */
  begin(known: readonly RecordViolation[]): void {
    this.known = known;
    if (this.violations.length > 0 || known.length > 0) this.violations = [...known];
  }

  /** Adds them all to the log; false if there are none. */
  report(line: number): boolean {
    if (this.violations.length === 0) return false;
    for (const { rule, field, column, element, value, subject, says } of this.violations) {
      const source = field ?? (column === undefined ? undefined : { name: column, from: column });
      const place = source && shownColumn(source, element);
      this.log.add(rule, source?.name, () => ({
        line,
        ...(place !== undefined && { place }),
        ...(subject !== undefined && { subject }),
        value,
        says,
      }));
    }
    this.violations = [];
    return true;
  }
}

const pathOf = ({ field, column }: RecordViolation): string | undefined => field?.from ?? column;
