import type { FindingLog } from './judge-findings.ts';

/** What is wrong with one record, apart from its line. */
export type RecordFault = {
  readonly rule: string;
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
  private readonly findings: FindingLog;

  constructor(findings: FindingLog) {
    this.findings = findings;
  }

  /** Of a value about which all is said, nothing more is. */
  add(fault: RecordFault): void {
    const isSaid = ({ column, element }: RecordFault): boolean =>
      column === fault.column && element === fault.element;
    if (!this.known.some(isSaid)) this.faults.push(fault);
  }

  /** Begins with a record of which some faults may be known before it is read. */
  begin(known: readonly RecordFault[]): void {
    this.known = known;
    if (this.faults.length > 0 || known.length > 0) this.faults = [...known];
  }

  /** Adds a finding for each; answers whether there were any. */
  tell(line: number): boolean {
    if (this.faults.length === 0) return false;
    for (const { rule, column, element, value, subject, says } of this.faults) {
      const place = element < 0 ? undefined : column?.replace('[]', `[${element}]`);
      this.findings.add(rule, column, () => ({
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
