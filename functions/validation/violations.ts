import type { Violation, Violations } from './verdict.ts';

/** One violation as its finder says it. */
export type Detail = {
  readonly line?: number;
  /** The column as it is shown, if that names one element of an array. */
  readonly place?: string;
  /** The wrong text; left out if it may be personal. */
  readonly value?: string | undefined;
  /** The subject of the sentence, if it is not the value. */
  readonly subject?: string;
  /** Words that follow the subject, such as `is not an int`. */
  readonly says: string;
};

/** Most violations of a file that is still read; blank lines compress well, so a small file can have very many. */
const mostViolations = 10_000_000;
const mostBlankLines = 1_000_000;
const mostKept = 100;
const longestValue = 100;

/** Counts every violation and keeps the first hundred, worded; who listens gets every one. */
export class ViolationLog {
  total = 0;
  /** Violations of one record that do not affect the others. */
  inRecords = 0;
  readonly kept: Violation[] = [];
  /** How messages call the place of a record; a format without lines has rows. */
  unit: 'line' | 'row' = 'line';
  private readonly byRule = new Map<string, number>();
  private listener: ((violation: Violation) => void) | undefined;

  /** Reports every violation from now on, including those that are not kept. */
  listen(listener: (violation: Violation) => void): void {
    this.listener = listener;
  }

  /** Adds a violation of a rule, of one column if there is one; `detail` is called only for violations that are kept. */
  add(rule: string, column: string | undefined, detail: () => Detail): void {
    const key = column === undefined ? rule : `${rule}:${column}`;
    this.byRule.set(key, (this.byRule.get(key) ?? 0) + 1);
    this.total++;
    const isKept = this.kept.length < mostKept;
    if (!isKept && !this.listener) return;
    const violation = worded(rule, column, detail(), this.unit);
    if (isKept) this.kept.push(violation);
    this.listener?.(violation);
  }

  /** Says that there are too many violations, before all others; what follows is not read then. */
  get areTooMany(): boolean {
    const isBlank = this.byRule.get('blank_line') === mostBlankLines;
    if (!isBlank && this.total < mostViolations) return false;
    const what = isBlank ? `${mostBlankLines} blank lines` : `${mostViolations} violations`;
    const detail = { subject: 'the file', says: `has ${what}; what follows was not read` };
    this.add('violations', undefined, () => detail);
    this.kept.pop();
    this.kept.unshift(worded('violations', undefined, detail, this.unit));
    return true;
  }

  /** Violations for which nothing of the file can be used. */
  get ofFile(): number {
    return this.total - this.inRecords;
  }

  /** All of it. */
  get violations(): Violations {
    return { total: this.total, counts: this.counts, violations: this.kept };
  }

  /** Number of violations for each `rule` or `rule:column`. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.byRule);
  }
}

const worded = (
  rule: string,
  column: string | undefined,
  { line, place = column, value, subject, says }: Detail,
  unit: ViolationLog['unit'],
): Violation => {
  const shown = value === undefined ? undefined : cut(value);
  const where = [line && `${unit} ${line}`, place !== undefined && `column ${place}`]
    .filter(Boolean)
    .join(', ');
  const about = subject ?? (shown === undefined ? 'the value' : JSON.stringify(shown));
  return {
    rule,
    message: `${where ? `${where}: ` : ''}${about} ${says}`,
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
    ...(shown !== undefined && { value: shown }),
  };
};

/** The first hundred characters, never half of one. */
const cut = (value: string): string =>
  value.length <= longestValue ? value : value.slice(0, longestValue).replace(/[\uD800-\uDBFF]$/, '');
