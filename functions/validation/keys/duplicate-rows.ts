import { shownColumn } from '../fields/source.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Duplicate } from '../verdict.ts';
import type { ViolationLog } from '../violations.ts';

/**
 * Adds the violation of a record that is quarantined because of its key; the message names only the line, because the key may
 * be personal.
 */
export const addDuplicate = (
  { line, other }: Duplicate,
  manifest: Manifest,
  violations: ViolationLog,
): void => {
  const { key = [], on_duplicate } = manifest;
  const first = manifest.fields.find(({ name }) => name === key[0]);
  const names = key.length === 1 ? '' : ` (${key.join(', ')})`;
  const kept = on_duplicate === 'reject' ? '' : `, which is kept as the ${on_duplicate} one`;
  const place =
    other > 0 ? `as the record on line ${other}${kept}` : 'as a record of its file that is published';
  const says = `has the same key${names} ${place}`;
  violations.add('duplicate', key[0], () => ({
    line,
    ...(first && { place: shownColumn(first) }),
    subject: 'the record',
    says,
  }));
};

/** Follows the duplicates of a file while its records are read again. */
export class DuplicateCursor {
  private next: Duplicate | undefined;
  private readonly duplicates: Iterator<Duplicate>;
  private readonly manifest: Manifest;
  private readonly violations: ViolationLog;

  constructor(duplicates: Iterable<Duplicate>, manifest: Manifest, violations: ViolationLog) {
    this.duplicates = duplicates[Symbol.iterator]();
    this.manifest = manifest;
    this.violations = violations;
    this.advance();
  }

  /** Ordinal of the next one; Infinity when none is left. */
  get ordinal(): number {
    return this.next?.ordinal ?? Infinity;
  }

  /** Adds the violation of the next one and moves on. */
  tell(): void {
    if (this.next) addDuplicate(this.next, this.manifest, this.violations);
    this.advance();
  }

  private advance(): void {
    const { done, value } = this.duplicates.next();
    this.next = done ? undefined : value;
  }
}
