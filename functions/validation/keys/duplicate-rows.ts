import { shownColumn } from '../fields/source.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Repeat } from '../verdict.ts';
import type { FindingLog } from '../violations.ts';

/** Adds the finding of a record that is set aside because of its key; its values may be personal, and stand on the line that is named. */
export const addDuplicate = ({ line, other }: Repeat, manifest: Manifest, findings: FindingLog): void => {
  const { key = [], on_duplicate } = manifest;
  const first = manifest.fields.find(({ name }) => name === key[0]);
  const names = key.length === 1 ? '' : ` (${key.join(', ')})`;
  const kept = on_duplicate === 'reject' ? '' : `, which is kept as the ${on_duplicate} one`;
  const twin =
    other > 0 ? `as the record on line ${other}${kept}` : 'as a record of its file that is published';
  const says = `has the same key${names} ${twin}`;
  findings.add('duplicate', key[0], () => ({
    line,
    ...(first && { place: shownColumn(first) }),
    subject: 'the record',
    says,
  }));
};

/** Goes through the discards of a file while its records are read again. */
export class Discards {
  private next: Repeat | undefined;
  private readonly repeats: Iterator<Repeat>;
  private readonly manifest: Manifest;
  private readonly findings: FindingLog;

  constructor(repeats: Iterable<Repeat>, manifest: Manifest, findings: FindingLog) {
    this.repeats = repeats[Symbol.iterator]();
    this.manifest = manifest;
    this.findings = findings;
    this.advance();
  }

  /** Ordinal of the next one; Infinity when none is left. */
  get ordinal(): number {
    return this.next?.ordinal ?? Infinity;
  }

  /** Adds the finding of the next one and goes on. */
  tell(): void {
    if (this.next) addDuplicate(this.next, this.manifest, this.findings);
    this.advance();
  }

  private advance(): void {
    const { done, value } = this.repeats.next();
    this.next = done ? undefined : value;
  }
}
