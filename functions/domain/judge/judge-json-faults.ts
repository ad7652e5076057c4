import type { FindingLog } from './judge-findings.ts';

/** What is wrong with one record, apart from its line. */
type RecordFault = {
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
  private readonly findings: FindingLog;

  constructor(findings: FindingLog) {
    this.findings = findings;
  }

  add(fault: RecordFault): void {
    this.faults.push(fault);
  }

  forget(): void {
    if (this.faults.length > 0) this.faults = [];
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
