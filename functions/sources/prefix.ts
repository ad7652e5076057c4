import { createHash } from 'node:crypto';

/** The records of a page that were handed on, so that another try of the page can go on behind them. */
export class Prefix {
  private count = 0;
  private readonly hash = createHash('sha256');

  add(records: readonly string[]): void {
    if (records.length > 0) this.hash.update(`${records.join('\n')}\n`);
    this.count += records.length;
  }

  /** Compares a page that is read again with them. */
  compare(): PrefixComparison {
    return new PrefixComparison(this.count, this.hash.copy().digest('hex'));
  }
}

class PrefixComparison {
  private readonly hash = createHash('sha256');

  constructor(
    private left: number,
    private readonly expected: string,
  ) {}

  /** Records that were handed on are left. */
  get isInside(): boolean {
    return this.left > 0;
  }

  /** Takes the next of these records; `changed` if they were other ones before. */
  take(record: string): 'same' | 'changed' {
    this.hash.update(`${record}\n`);
    this.left--;
    return this.left > 0 || this.hash.copy().digest('hex') === this.expected ? 'same' : 'changed';
  }
}
