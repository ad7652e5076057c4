import type { Field } from '../fields/field.ts';
import { shownColumn } from '../fields/source.ts';
import type { ViolationLog } from '../violations.ts';

/** What is wrong with one record, without its line. */
export type RecordFault = {
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

/** Faults of one record, told once the whole record was read: of one that is no JSON nothing else is to be said. */
export class RecordFaults {
  private faults: RecordFault[] = [];
  private known: readonly RecordFault[] = [];
  private readonly violations: ViolationLog;

  constructor(violations: ViolationLog) {
    this.violations = violations;
  }

  /** Of a value about which all is said, nothing more is. */
  add(fault: RecordFault): void {
    const isSaid = (said: RecordFault): boolean =>
      pathOf(said) === pathOf(fault) && said.element === fault.element;
    if (!this.known.some(isSaid)) this.faults.push(fault);
  }

  /** Begins with a record of which some faults may be known before it is read. */
  begin(known: readonly RecordFault[]): void {
    this.known = known;
    if (this.faults.length > 0 || known.length > 0) this.faults = [...known];
  }

  /** Adds a violation for each; answers whether there were any. */
  tell(line: number): boolean {
    if (this.faults.length === 0) return false;
    for (const { rule, field, column, element, value, subject, says } of this.faults) {
      const source = field ?? (column === undefined ? undefined : { name: column, from: column });
      const place = source && shownColumn(source, element);
      this.violations.add(rule, source?.name, () => ({
        line,
        ...(place !== undefined && { place }),
        ...(subject !== undefined && { subject }),
        value,
        says,
      }));
    }
    this.faults = [];
    return true;
  }
}

const pathOf = ({ field, column }: RecordFault): string | undefined => field?.from ?? column;
